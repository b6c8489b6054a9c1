"""Records that a person lets an agent act for real on one connection. A part of going live, or of a grant."""

from agents.connections.models import Connection
from agents.events import Event
from agents.registry.models import Agent, LiveYes
from portal.audit.record import also
from portal.people.models import Person


def locked(agent: Agent) -> Agent:
    """The agent as it is now, and until the transaction ends."""
    return Agent.objects.select_for_update(of=("self",), no_key=True).get(pk=agent.pk)


def say_yes(actor: Person, agent: Agent, connection: Connection) -> None:
    """Of a live agent. Its row is locked: a yes never outlives the moment at which it was put into shadow."""
    now = locked(agent)
    if now.mode != Agent.Mode.LIVE or connection.pk in now.lives_on():
        return
    LiveYes.objects.create(agent=agent, connection=connection, by=actor)
    also(Event.AGENT_LIVE_ON, agent, connection=str(connection))
