"""Moves a task to its next state, if the row is still in the state, and the claim, that the caller knows."""

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from agents.queue.models import Task
from agents.queue.states import TaskState
from portal.prepared import Prepared


class Lost(Exception):
    """The task is no longer this worker's: cancelled, taken over, or moved on."""


def move(task: Task, to: TaskState, **changes: object) -> None:
    """Raises Lost when the row is not where, or not whose, this object thinks it is."""
    changes = {"state": to, "changed_at": timezone.now(), **changes}
    rows = Task.objects.filter(pk=task.pk, state=task.state, claim=task.claim)
    if not rows.move(to, **changes):
        raise Lost(f"{task} is no longer {task.state}")
    for name, value in changes.items():
        if not isinstance(value, Combinable):
            setattr(task, name, value)
    if computed := [name for name, value in changes.items() if isinstance(value, Combinable)]:
        task.refresh_from_db(fields=computed)


def held(task: Task) -> bool:
    """Is it this claim's now? For who writes nothing in the task: another may take it over a moment later."""
    return bool(_HELD.rows(task=task.pk, claim=task.claim))


def _ours(task: int, claim: int) -> QuerySet[Task]:
    rows = Task.objects.filter(
        pk=task, claim=claim, state=TaskState.RUNNING, cancel_requested_at__isnull=True
    )
    return rows.order_by().values_list("pk")


_HELD = Prepared(_ours, task=int, claim=int)
_LOCKED = Prepared(lambda task, claim: _ours(task, claim).select_for_update(no_key=True), task=int, claim=int)


def fenced(task: Task, *, ended: bool = False) -> None:
    """In each transaction in which a worker writes for a task: its row is locked, and still this claim's.

    Until the transaction ends nobody takes the task over. After locks of grants and calls, in the order of those who
    end a grant and go on to its tasks. ``ended``: what is written is the outcome of something that had begun, which may
    outlive its task. Raises Lost where the claim is another's by now.
    """
    if ended:
        rows = Task.objects.filter(pk=task.pk, claim=task.claim).order_by()
        found = bool(rows.select_for_update(no_key=True).values_list("pk")[:1])
    else:
        found = bool(_LOCKED.rows(task=task.pk, claim=task.claim))
    if not found:
        raise Lost(f"{task} is no longer this worker's")
