"""A call's row as its connector gets to see it."""

from agents.connectors.base import Errand
from agents.queue.models import Call


def errand(row: Call) -> Errand:
    task = row.task
    return Errand(
        row.capability, row.arguments, str(row.key), task.agent_id, str(task.agent), task.pk, task.person_id
    )
