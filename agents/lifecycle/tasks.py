"""Verbs on tasks that also look at stops and asks: claim, park, finish, fail, cancel."""

from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.approvals.models import Approval
from agents.approvals.waiting import open_questions
from agents.authority import LEFT, barred
from agents.events import Event
from agents.lifecycle import halting
from agents.queue import claims, places, task_facts, wakes
from agents.queue.actions import take_over
from agents.queue.models import Call, Task
from agents.queue.moves import Lost, fenced, move
from agents.queue.states import TaskState, sources
from agents.queue.task_querysets import TaskQuerySet
from agents.queue.wakes import Wake
from agents.stops.holding import free, stops, while_stopping
from agents.stops.models import Stop
from agents.storable import storable
from portal.audit.record import PORTAL, action, detail
from portal.notices.people import others, who
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.prepared import Prepared, PreparedUpdate
from portal.reasons import Stored, because, public

_WITH_PEOPLE = Prepared(
    lambda task: (
        Task.objects.filter(pk=task).order_by().select_related("agent__owner", "agent__team", "person")
    ),
    task=int,
)

_STATES = Prepared(
    lambda task: Call.objects.filter(task=task).order_by().values_list("state").distinct(), task=int
)

_SUCCEEDS = PreparedUpdate(
    lambda task, claim, result, counts, now: (
        Task.objects.filter(pk=task, claim=claim, state__in=sources(TaskState.SUCCEEDED)),
        {
            "state": TaskState.SUCCEEDED,
            "result": result,
            "counts": counts,
            "worker": "",
            "lease_until": None,
            "finished_at": now,
            "changed_at": now,
        },
    ),
    task=int,
    claim=int,
    result=str,
    counts=dict,
    now=datetime,
)


def _takes(*, asks_model: bool) -> PreparedUpdate:
    """One UPDATE, if nobody else has taken it and nothing holds it back."""

    def build(task: int, claim: int, worker: str, now: datetime) -> tuple[TaskQuerySet, dict[str, object]]:
        rows = Task.objects.filter(pk=task, claim=claim, shape__lte=claims.SHAPE)
        changes = claims.numbered(worker, asks_model=asks_model) | claims.lease()
        begun = {"state": TaskState.RUNNING, "started_at": Coalesce("started_at", now), "changed_at": now}
        return free(rows, now).due(), changes | begun | {"claim": F("claim") + 1}

    told = "started_at, steps_done, tokens, cost_micros"
    return PreparedUpdate(build, told, task=int, claim=int, worker=str, now=datetime)


_TAKES = {asks_model: _takes(asks_model=asks_model) for asks_model in (False, True)}


def claim_task(task_id: int, worker: str, *, asks_model: bool = False) -> Task | None:
    """Take a task that is queued, or whose worker is gone; None when it is not to be had (ended, stopped, another's).

    First the lock of the new claim, then the row: whoever sees the claim sees that its worker lives. Between two steps
    (``handed``) the trail has no entry. ``asks_model``: what this worker does with it is to await its model.
    """
    task = next(iter(_WITH_PEOPLE.objects(task=task_id)), None)
    if task is None or not _left_behind(task):
        return None
    if task.shape > claims.SHAPE:
        # Newer code has worked on it, while a deploy is under way, and goes on with it: the clock sends it again.
        return None
    if not claims.hold(task.pk, task.claim + 1):
        return None
    try:
        if task.handed:
            return _take(task, worker, asks_model=asks_model)
        return _start(PORTAL, task, worker=worker, asks_model=asks_model)
    except Lost:
        task.claim += 1
        claims.let_go(task)
        return None


@action(Event.TASK_CLAIMED)
def _start(actor: str, task: Task, *, worker: str, asks_model: bool) -> Task:
    places.one_by_one(task)
    return _take(task, worker, asks_model=asks_model)


def _take(task: Task, worker: str, *, asks_model: bool) -> Task:
    """Raises Lost."""
    given = {"task": task.pk, "claim": task.claim, "worker": worker, "now": timezone.now()}
    found = _TAKES[asks_model].rows(**given)
    if not found:
        raise Lost(f"{task} is not to be had")
    for name, value in claims.numbered(worker, asks_model=asks_model).items():
        setattr(task, name, value)
    task.state, task.claim = TaskState.RUNNING, task.claim + 1
    task.started_at, task.steps_done, task.tokens, task.cost_micros = found[0]
    for name in ("lease_until", "changed_at"):  # read again where somebody wants to know
        task.__dict__.pop(name, None)
    return task


def _left_behind(task: Task) -> bool:
    """Is it in the queue? One whose worker is gone is put back there first."""
    if not claims.gone(task):
        return task.state == TaskState.QUEUED
    try:
        take_over(PORTAL, task, why=because("worker_gone"))
    except Lost:  # another was quicker
        return False
    task.refresh_from_db(fields=["due_at", "waits", "tries", "seconds_waited", "seconds_worked", "shape"])
    return True


def park_task(task: Task, *, counts: dict[str, int]) -> bool:
    """Let the task wait for answers, or for what is under way elsewhere, so that its worker is free.

    False when all of that has come in meanwhile.
    """
    with transaction.atomic():
        # An answer takes this lock too: it either sees the task waiting, or is seen here.
        fenced(task)
        asks, wake = open_questions(task), wakes.first_open(task)
        if asks or wake:
            _park(PORTAL, task, asks=asks, wake=wake, counts=counts)
        return bool(asks or wake)


@action(Event.TASK_WAITING)
def _park(actor: str, task: Task, *, asks: int, wake: Wake | None, counts: dict[str, int]) -> Task:
    waits = wake.reason if wake and not asks else {}
    move(task, TaskState.WAITING, worker="", lease_until=None, counts=counts, waits=waits)
    places.left(task)
    detail(**counts, asks=asks)
    return task


@action(Event.TASK_FINISHED)
def finish_task(
    actor: str, task: Task, *, result: str | AbstractContextManager[str], counts: dict[str, int]
) -> Task:
    """``result``: what the agent said at last; or what stores that in this transaction, and returns it."""
    detail(**counts, asks=0)
    with nullcontext(result) if isinstance(result, str) else result as said:
        now = timezone.now()
        if not _SUCCEEDS.count(task=task.pk, claim=task.claim, result=said, counts=counts, now=now):
            raise Lost(f"{task} is no longer {task.state}")
        task.state, task.result, task.counts = TaskState.SUCCEEDED, said, counts
        task.worker, task.lease_until, task.finished_at, task.changed_at = "", None, now, now
        _ended(task)
        tell([task.person], "task.ended", task, task.get_absolute_url(), agent=str(task.agent), task=task.pk)
        return task


@action(Event.TASK_FAILED)
def fail_task(actor: str, task: Task, *, reason: Stored, counts: dict[str, int]) -> Task:
    """``reason``: what stopped it, and who can change that. The trail keeps the part that everybody may read."""
    detail(**counts, reason=public(reason))
    ended = _end(task, TaskState.FAILED, reason=storable(reason), counts=counts)
    told: dict[str, Any] = {"agent": str(task.agent), "task": task.pk, "why": storable(reason)}
    tell([task.person], "task.failed", task, task.get_absolute_url(), **told)
    return ended


@stops
@action(Event.TASK_CANCELLED)
def cancel_task(actor: Person | str, task: Task, *, why: str = "", cause: Stored | None = None) -> Task:
    """Stop a task at once: no further call starts, its asks are cancelled. Raises ValidationError if it has ended."""
    while_stopping()
    by = actor if isinstance(actor, Person) else None
    now = timezone.now()
    if not Task.objects.filter(pk=task.pk).move(
        TaskState.CANCELLED, finished_at=now, cancel_requested_at=now, cancel_requested_by=by
    ):
        raise ValidationError("This task has ended already.")
    task.refresh_from_db()
    _not_later(task)
    _not_awaited(task)
    places.left(task)
    halting.begin(actor, Stop(scope="task", task=task, why=why[:200], cause=cause or {}))
    told: dict[str, Any] = {
        "who": who(actor),
        "agent": str(task.agent),
        "task": task.pk,
        "why": cause or why[:200],
    }
    tell(others([task.person], actor), "task.stopped", task, task.get_absolute_url(), **told)
    if why or cause:
        detail(why=public(cause) if cause else why[:200])
    return task


@stops
def cancel_barred(tasks: TaskQuerySet) -> int:
    """Cancel those of these tasks whose person may not use the agent any more; how many.

    Inside the verb that took the right away, so that neither happens without the other. Also run by the sweep.
    """
    while_stopping()
    cancelled = 0
    for task in tasks.barred().select_related("person", "agent").order_by("pk"):
        with suppress(ValidationError):  # it ended by itself meanwhile
            cancel_task(PORTAL, task, cause=_why_barred(task))
            cancelled += 1
    return cancelled


def _why_barred(task: Task) -> Stored:
    if barred(task.person_id, task.agent_id) == LEFT:
        return because("who_left", who=str(task.person))
    return because("who_unshared", who=str(task.person), agent=str(task.agent))


def _end(task: Task, state: TaskState, **changes: object) -> Task:
    move(task, state, finished_at=timezone.now(), worker="", lease_until=None, **changes)
    return _ended(task)


def _ended(task: Task) -> Task:
    states = {state for (state,) in _STATES.rows(task=task.pk)}
    if Call.State.LATER in states:
        _not_later(task)
    if Call.State.AWAITED in states:
        _not_awaited(task)
    places.left(task)
    if states:
        asks = Approval.objects.filter(call__task=task, state=Approval.State.OPEN)
        if open_ones := list(asks):
            asks.update(state=Approval.State.CANCELLED, why_dead=because("task_ended"))
            settle(open_ones)
    task_facts.ended(task, changed=bool(states & {Call.State.DONE, Call.State.WOULD}))
    return task


def _not_later(task: Task) -> None:
    """A call that was to be tried again did not happen, and now never will."""
    rows = Call.objects.filter(task=task, state=Call.State.LATER)
    rows.update(state=Call.State.FAILED, finished_at=timezone.now())


def _not_awaited(task: Task) -> None:
    """What goes on elsewhere goes on there, and nobody looks at it for this task any more."""
    rows = Call.objects.filter(task=task, state=Call.State.AWAITED)
    rows.update(state=Call.State.FAILED, finished_at=timezone.now(), ending=because("wake_left"))
    wakes.end(task)
