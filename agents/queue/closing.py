"""Tasks whose person may not use the agent any more: they end, and so do their asks."""

from contextlib import suppress

from django.core.exceptions import ValidationError

from agents.authority import LEFT, barred
from agents.queue import actions
from agents.queue.models import Task, TaskQuerySet
from agents.stops.holding import while_stopping
from portal.audit.record import PORTAL
from portal.reasons import Stored, because


def close_barred(tasks: TaskQuerySet) -> int:
    """End those of these tasks that nothing may be done for now; how many.

    Inside the verb that took the right away, so that neither happens without the other. Also run by the sweep.
    """
    while_stopping()
    closed = 0
    for task in tasks.barred().select_related("person", "agent").order_by("pk"):
        with suppress(ValidationError):  # it ended by itself meanwhile
            actions.cancel(PORTAL, task, cause=_why(task))
            closed += 1
    return closed


def _why(task: Task) -> Stored:
    if barred(task.person_id, task.agent_id) == LEFT:
        return because("who_left", who=str(task.person))
    return because("who_unshared", who=str(task.person), agent=str(task.agent))
