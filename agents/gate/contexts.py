"""What a connector gets to know about a call."""

from dataclasses import replace

from agents.connectors.base import CallContext, ConnectionContext, Connector
from agents.gate.provenance_cache import provenance_of
from agents.policy.asking import holds_others
from agents.policy.facts import Request
from agents.queue.models import Call


def call_context(row: Call) -> CallContext:
    task = row.task
    return CallContext(
        row.capability, row.arguments, str(row.key), task.agent_id, str(task.agent), task.pk, task.person_id
    )


def performing_context(row: Call, connector: Connector) -> CallContext:
    """With what its grant sets and, for a connector that keeps count of that, whose words it holds."""
    context = replace(call_context(row), person_name=str(row.task.person))
    declared = connector.capability(row.capability)
    if declared is None:
        return context
    limits = row.grant.limits if row.grant else {}
    bounds = {argument.name: limits[argument.name]["max" if argument.counted else "only"]
              for argument in declared.arguments if argument.bound and argument.name in limits}  # fmt: skip
    if not connector.keeps_origins:
        return replace(context, bounds=bounds)
    known = provenance_of(row.task)
    request = Request(row.capability, row.connection_id or 0, row.arguments, declared)
    return replace(context, bounds=bounds, from_others=holds_others(request, known), sources=known.sources())


def connection_error(connector: Connector, context: ConnectionContext) -> str:
    """Why the whole connection does not work now; empty where it does, and only one call of it failed."""
    try:
        connector.check(context)
    except Exception as error:
        return str(error)
    return ""
