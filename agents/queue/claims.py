"""Claims: a number for each worker that had a task, and a lock of its database session that shows that it lives.

The lock names task and number, so a successor has one of its own. It goes with the session, so that a worker that was
killed is known at once. A lease, by the database's clock, is the last resort: for a process that stands still with its
session open.
"""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import Error, connection
from django.db.models import Q
from django.db.models.functions import Now

from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.queue.states import AT_WORK, TaskState
from agents.queue.task_querysets import TaskQuerySet
from portal import locking, sessions

LEASE = timedelta(minutes=5)
# Of stored steps: raise it where older code could not go on with a task that this code has worked on.
SHAPE = 1
TASKS, CALLS = "agents_task", "agents_call"  # kinds of locks
SILENT = 6.0  # seconds after which a worker does not answer; it shows itself every BEATS seconds
BEATS = 2.0
ANSWERING = """
    SELECT application_name FROM pg_stat_activity
    WHERE application_name = ANY(%s) AND state_change > clock_timestamp() - make_interval(secs => %s)
"""
# Seconds after which another takes over from a worker that has its claim and shows itself no more.
STANDS_STILL = 10.0
SHOWN = """
    SELECT application_name FROM pg_stat_activity WHERE application_name = ANY(%s)
    GROUP BY application_name HAVING max(state_change) > clock_timestamp() - make_interval(secs => %s)
"""
AWAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
    WHERE application_name LIKE %s AND state_change > clock_timestamp() - make_interval(secs => %s))
"""
AWAITS_MODELS = "models"  # the kind of process that does
kind = "worker"  # of this process
LEAVE = f"RESET statement_timeout; SELECT pg_advisory_unlock{locking.KEY}"
STATEMENT = "60s"  # that one statement of a worker may take while it has a task


def lease() -> dict[str, object]:
    return {"lease_until": Now() + LEASE}


def hold(pk: int, number: int) -> bool:
    """Take the lock of this claim. False: another session has it."""
    return locking.take(TASKS, _name(pk, number))


def bound_statements() -> None:
    """Of this session, whatever it does from here on."""
    sessions.bound(STATEMENT)


@contextmanager
def kept(task: Task) -> Iterator[None]:
    """While a worker is at the task. Afterwards the lock is free, whatever became of the task."""
    bound_statements()
    try:
        yield
    finally:
        with (
            suppress(Error),
            connection.cursor() as cursor,
        ):  # a session that was lost has let go of it already
            cursor.execute(LEAVE, [TASKS, _name(task.pk, task.claim)])


def let_go(task: Task) -> None:
    locking.leave(TASKS, _name(task.pk, task.claim))


def keep(task: Task) -> None:
    """Take the lock again where the session was lost meanwhile. Raises Lost where the task is another's by now.

    While the database is away nothing happens: then the next statement finds it out.
    """
    if not sessions.alive() and sessions.back(within=0):
        hold_again(task)


def hold_again(task: Task) -> None:
    """In a new session. Raises Lost."""
    mine = Task.objects.filter(pk=task.pk, claim=task.claim, state=TaskState.RUNNING)
    if not hold(task.pk, task.claim) or not mine.update(**lease()):
        raise Lost(f"{task} was taken over while the database was away")


def orphans() -> TaskQuerySet:
    """Tasks whose worker is gone, for no session holds their claim, or whose worker's process stands still.

    A process that began just now, or whose other session was lost, may not have shown itself yet: it has as long from
    when it last renewed the claim.
    """
    running = list(Task.objects.at_work().values_list("pk", "claim", "worker"))
    held = locking.taken(TASKS, [_name(pk, number) for pk, number, _ in running])
    shown = _shown(SHOWN, {_process(worker) for _, _, worker in running}, STANDS_STILL)
    dead = [pk for pk, number, _ in running if _name(pk, number) not in held]
    still = [pk for pk, _, worker in running if _process(worker) not in shown]
    unrenewed = Q(pk__in=still, lease_until__lt=Now() + LEASE - timedelta(seconds=STANDS_STILL))
    return Task.objects.at_work().filter(Q(pk__in=dead) | unrenewed)


def end_standing(pks: Iterable[int]) -> None:
    """Of queued tasks that nobody takes: who stands still with the lock of the next claim, and had not written it down,
    loses its session, and so the lock."""
    rows = Task.objects.filter(pk__in=list(pks), state=TaskState.QUEUED).values_list("pk", "claim")
    if next_ones := [_name(pk, number + 1) for pk, number in rows]:
        locking.end_standing(TASKS, next_ones, STANDS_STILL)


def held(task: Task) -> bool:
    """Does some session hold its last claim? Also of a task that has ended: its worker may still be at a call."""
    return bool(locking.taken(TASKS, [_name(task.pk, task.claim)]))


def gone(task: Task) -> bool:
    """Is its worker gone, and nobody has it yet?"""
    return task.state in AT_WORK and not held(task)


def acting(task: Task) -> bool:
    """Is some process in the middle of a call of it? Then nobody else may tell what came of the call."""
    started = Call.objects.filter(task=task, state=Call.State.STARTED)
    return bool(locking.taken(CALLS, map(str, started.values_list("pk", flat=True))))


def process() -> str:
    """This process: what its claims, and the session in which it shows that it lives, are named after."""
    return f"{kind} {socket.gethostname()[:40]}:{os.getpid()}"


def models_are_awaited() -> bool:
    """Does a process that awaits models show itself?"""
    with connection.cursor() as cursor:
        cursor.execute(AWAITING, [f"{AWAITS_MODELS} %", SILENT])
        return bool(cursor.fetchone()[0])


def silent(workers: Iterable[str]) -> set[str]:
    """Those of the processes with these claims that do not answer: dead, or standing still."""
    named = {_process(worker) for worker in workers}
    return named - _shown(ANSWERING, named, SILENT)


def _shown(question: str, processes: Iterable[str], seconds: float) -> set[str]:
    """Which of these the sessions say it of, in which processes show themselves."""
    with connection.cursor() as cursor:
        cursor.execute(question, [list(processes), seconds])
        return {name for (name,) in cursor.fetchall()}


def _process(worker: str) -> str:
    return worker.rpartition(":")[0]


def numbered(worker: str, *, asks_model: bool = False) -> dict[str, object]:
    """What the next claim changes in the task's row, beside its number, its state and its lease."""
    return {
        "worker": worker,
        "due_at": None,
        "waits": {},
        "handed": False,
        "asks_model": asks_model,
    }


def _name(pk: int, number: int) -> str:
    return f"{pk}:{number}"
