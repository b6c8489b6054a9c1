"""Verbs on stops: set one, lift one."""

from django.core.exceptions import ValidationError

from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.events import Event
from agents.lifecycle import halting
from agents.lifecycle.agents import pause_agent, resume_agent
from agents.lifecycle.tasks import cancel_task
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.stops.holding import stops
from agents.stops.models import Stop
from portal.audit.record import action, detail, on
from portal.people.models import Person


def set_stop(
    actor: Person,
    *,
    scope: Stop.Scope,
    connection: Connection | None = None,
    capability: str = "",
    agent: Agent | None = None,
    task: Task | None = None,
    why: str,
) -> Stop:
    """From now on every call in this scope is refused. Raises ValidationError: it is stopped already.

    Stopping an agent or a task is the verb of its own room, which leaves the stop.
    """
    if agent is not None:
        pause_agent(actor, agent, why=why)
        return Stop.objects.active().for_reading().get(agent=agent)
    if task is not None:
        cancel_task(actor, task, why=why)
        return Stop.objects.active().for_reading().get(task=task)
    return _set(actor, Stop(scope=scope, connection=connection, capability=capability, why=why))


@stops
@action(Event.STOP_SET)
def _set(actor: Person, stop: Stop) -> Stop:
    if stop.scope == Stop.Scope.CAPABILITY and stop.capability not in catalogue():
        raise ValidationError({"capability": f"No connector offers “{stop.capability}”."})
    return _describe(halting.begin(actor, stop))


def lift_stop(actor: Person, stop: Stop) -> Stop:
    """The end of a stop; calls that were refused are not repeated by it. Raises ValidationError saying who may.

    A stopped agent is let work again by the verb of its own room.
    """
    if stop.agent is not None and stop.lifted_at is None:
        resume_agent(actor, stop.agent)
        stop.refresh_from_db()
        return stop
    return _lift(actor, stop)


@action(Event.STOP_LIFTED)
def _lift(actor: Person, stop: Stop) -> Stop:
    return _describe(halting.end(actor, stop))


def _describe(stop: Stop) -> Stop:
    """The entry of a connection's stop belongs to the connection's own history."""
    if stop.connection is not None:
        on(stop.connection)
    detail(scope=stop.scope, why=stop.why)
    return stop
