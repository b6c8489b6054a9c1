"""The calls of watching: begin to watch, look, take back."""

from collections.abc import Mapping
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError
from agents.connectors.deploy import following
from agents.connectors.deploy.backend import Backend, Wanted
from agents.connectors.deploy.watching import looking, restoring
from agents.connectors.deploy.watching.capabilities import RESTORE, WATCH
from agents.connectors.deployments import Kind, Run
from agents.connectors.results import Awaited, Ended

NAMES = frozenset({WATCH.name, RESTORE.name})


def begin(connection: ConnectionContext, back: Backend, call: CallContext) -> Awaited:
    if call.capability == WATCH.name:
        return looking.watch(connection, back, call.arguments).begin(looking.now())
    run = _begun(back, call) or back.begin(restoring.wanted(back, call, looking.now()))
    return following.awaited(run)


def begun(back: Backend, call: CallContext) -> Awaited | None:
    if call.capability == WATCH.name:
        return None  # it only reads
    run = _begun(back, call)
    return following.awaited(run) if run else None


def look(
    connection: ConnectionContext, back: Backend, call: CallContext, cursor: Mapping[str, Any]
) -> Awaited | Ended:
    if call.capability == WATCH.name:
        return looking.watch(connection, back, call.arguments).look(cursor, looking.now())
    run = _begun(back, call)
    if run is None:
        raise ConnectorError("The run cannot be found any more.")
    return following.seen(run, {"deployed": 1})


def _begun(back: Backend, call: CallContext) -> Run | None:
    """The run of this call's key, which is all that it is found by."""
    service, environment = str(call.arguments["service"]), str(call.arguments["environment"])
    return back.begun(Wanted(Kind.ROLLBACK, service, environment, "", "", "", call.key))
