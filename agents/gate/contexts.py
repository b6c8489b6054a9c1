"""What a connector gets to know about a call."""

from agents.connectors.base import CallContext, ConnectionContext, Connector
from agents.queue.models import Call


def call_context(row: Call) -> CallContext:
    task = row.task
    return CallContext(
        row.capability, row.arguments, str(row.key), task.agent_id, str(task.agent), task.pk, task.person_id
    )


def connection_error(connector: Connector, context: ConnectionContext) -> str:
    """Why the whole connection does not work now; empty where it does, and only one call of it failed."""
    try:
        connector.check(context)
    except Exception as error:
        return str(error)
    return ""
