"""What a connector gets to know about a call."""

from agents.connectors.base import CallContext
from agents.queue.models import Call


def call_context(row: Call) -> CallContext:
    task = row.task
    return CallContext(
        row.capability, row.arguments, str(row.key), task.agent_id, str(task.agent), task.pk, task.person_id
    )
