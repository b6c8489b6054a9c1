"""Verbs on tasks that also look at stops and asks: claim, park, finish, fail, cancel."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents.approvals.models import Approval
from agents.approvals.waiting import open_questions
from agents.authority import LEFT, barred
from agents.events import Event
from agents.lifecycle import halting
from agents.queue import claims, places, task_facts
from agents.queue.actions import take_over
from agents.queue.models import Call, Task
from agents.queue.moves import Lost, fenced, move
from agents.queue.states import TaskState
from agents.queue.task_querysets import TaskQuerySet
from agents.stops.holding import free_to_take, stops, while_stopping
from agents.stops.models import Stop
from agents.storable import storable
from portal.audit.record import PORTAL, action, detail
from portal.people.models import Person
from portal.reasons import Stored, because, public


def claim_task(task_id: int, worker: str, *, asks_model: bool = False) -> Task | None:
    """Take a task that is queued, or whose worker is gone; None when it is not to be had (ended, stopped, another's).

    First the lock of the new claim, then the row: whoever sees the claim sees that its worker lives. Between two steps
    (``handed``) the trail has no entry. ``asks_model``: what this worker does with it is to await its model.
    """
    task = Task.objects.filter(pk=task_id).select_related("agent__owner", "agent__team", "person").first()
    if task is None or not _left_behind(task):
        return None
    if task.shape > claims.SHAPE:
        # Newer code has worked on it, while a deploy is under way, and goes on with it: the clock sends it again.
        return None
    if not claims.hold(task.pk, task.claim + 1):
        return None
    changes = claims.numbered(task, worker, asks_model=asks_model)
    try:
        return _take(task, changes) if task.handed else _start(PORTAL, task, changes=changes)
    except Lost:
        task.claim += 1
        claims.let_go(task)
        return None


@action(Event.TASK_CLAIMED)
def _start(actor: str, task: Task, *, changes: dict[str, object]) -> Task:
    places.one_by_one(task)
    return _take(task, changes)


def _take(task: Task, changes: dict[str, object]) -> Task:
    """One UPDATE, if nobody else has taken it and nothing holds it back. Raises Lost."""
    changes = {"state": TaskState.RUNNING, "started_at": task.started_at or timezone.now(), **changes}
    rows = Task.objects.filter(pk=task.pk, claim=task.claim, shape__lte=claims.SHAPE)
    if not free_to_take(rows).due().update(**changes, **claims.lease(), changed_at=timezone.now()):
        raise Lost(f"{task} is not to be had")
    for name, value in changes.items():
        setattr(task, name, value)
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
    """Let the task wait for answers, so that its worker is free; False when they have all come in meanwhile."""
    with transaction.atomic():
        # An answer takes this lock too: it either sees the task waiting, or is seen here.
        fenced(task)
        asks = open_questions(task)
        if asks:
            _park(PORTAL, task, asks=asks, counts=counts)
        return bool(asks)


@action(Event.TASK_WAITING)
def _park(actor: str, task: Task, *, asks: int, counts: dict[str, int]) -> Task:
    move(task, TaskState.WAITING, worker="", lease_until=None, counts=counts)
    places.left(task)
    detail(**counts, asks=asks)
    return task


@action(Event.TASK_FINISHED)
def finish_task(actor: str, task: Task, *, result: str, counts: dict[str, int]) -> Task:
    detail(**counts, asks=0)
    return _end(task, TaskState.SUCCEEDED, result=result, counts=counts)


@action(Event.TASK_FAILED)
def fail_task(actor: str, task: Task, *, reason: Stored, counts: dict[str, int]) -> Task:
    """``reason``: what stopped it, and who can change that. The trail keeps the part that everybody may read."""
    detail(**counts, reason=public(reason))
    return _end(task, TaskState.FAILED, reason=storable(reason), counts=counts)


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
    places.left(task)
    halting.begin(actor, Stop(scope="task", task=task, why=why[:200], cause=cause or {}))
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
    _not_later(task)
    places.left(task)
    asks = Approval.objects.filter(call__task=task, state=Approval.State.OPEN)
    asks.update(state=Approval.State.CANCELLED, why_dead=because("task_ended"))
    task_facts.ended(task)
    return task


def _not_later(task: Task) -> None:
    """A call that was to be tried again did not happen, and now never will."""
    rows = Call.objects.filter(task=task, state=Call.State.LATER)
    rows.update(state=Call.State.FAILED, finished_at=timezone.now())
