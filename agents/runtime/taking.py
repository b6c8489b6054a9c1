"""A message says that there is work, not which: the worker takes the task whose turn it is."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from agents.queue import claims
from agents.queue.models import Task
from agents.queue.states import AT_WORK, TaskState
from agents.runtime import beside, loop
from agents.stops.holding import free
from portal.prepared import Prepared

LOOKS = 10  # tasks that other workers may be taking at the same moment
# The named one where a worker has it, and those that are next.
_FOUND = Prepared(
    lambda task, now: (
        Task.objects.at_work()
        .filter(pk=task)
        .order_by()
        .values_list("pk", "state", "claim", "turn")
        .union(
            free(Task.objects.due().for_hands(), now)
            .in_order()
            .values_list("pk", "state", "claim", "turn")[:LOOKS],
            all=True,
        )
    ),
    task=int,
    now=datetime,
)


def take(task_id: int, alone: bool = False) -> None:
    """Work on the task whose turn it is; first on this one where its worker is gone, for its message came again.

    ``alone``: nobody awaits models, so this process asks that of the task itself.
    """
    if alone and loop.run(task_id):
        return
    found = _FOUND.rows(task=task_id, now=timezone.now())
    for pk, state, claim, _ in found:
        if state in AT_WORK and claims.gone(Task(pk=pk, state=state, claim=claim)):
            loop.run(pk, hands_over=beside.there)
            return
    for pk in _in_turn(found):
        if loop.run(pk, hands_over=beside.there):
            return


def due() -> list[int]:
    """The first tasks that a process of a pool would take now."""
    return _in_turn(_FOUND.rows(task=0, now=timezone.now()))


def _in_turn(found: list[tuple[Any, ...]]) -> list[int]:
    return [pk for _, pk in sorted((turn, pk) for pk, state, _, turn in found if state == TaskState.QUEUED)]
