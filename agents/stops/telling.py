"""Who is told of a stop: the people whose agents, tasks or connections it holds up."""

from typing import Any

from django.db.models import Q, QuerySet

from agents.grants.models import Grant
from agents.permissions import ConnectionPermission
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.notices.telling import settle, tell
from portal.people.models import Person

EVERYTHING = "everything"


def tell_stop(actor: Person | str, stop: Stop) -> None:
    """Of a task's stop its person hears with the task."""
    if stop.scope != Stop.Scope.TASK:
        told: dict[str, Any] = {"who": stop.who, "what": _what(stop), "why": stop.reason}
        tell(_touched(stop, actor), "stop.set", stop, stop.link, **told)


def tell_lifted(actor: Person, stop: Stop) -> None:
    """Nobody needs to hear of the stop any more; those whom it held up hear that they may go on."""
    settle(stop)
    if stop.scope != Stop.Scope.TASK:
        told = {"who": str(actor), "what": _what(stop)}
        tell(_touched(stop, actor), "stop.lifted", stop, stop.link, **told)


def _touched(stop: Stop, actor: Person | str) -> QuerySet[Person]:
    """Without who does it. Of the company's it is everybody, so that no row of theirs is read."""
    others: QuerySet[Person] = Person.objects.exclude(pk=actor.pk if isinstance(actor, Person) else 0)
    if stop.scope == Stop.Scope.EVERYTHING:
        return others.filter(pk__in=Person.objects.joined().values("pk"))
    if stop.agent_id is not None:
        agents = Agent.objects.filter(pk=stop.agent_id)
    else:
        held = Q(connection=stop.connection_id) if stop.connection_id else Q(capability=stop.capability)
        agents = Agent.objects.filter(pk__in=Grant.objects.live().filter(held).values("agent"))
    agents = agents.exclude(state=Agent.State.RETIRED)
    tasks = Task.objects.filter(agent__in=agents.values("pk")).under_way()
    touched = Q(pk__in=agents.values("owner")) | Q(pk__in=tasks.values("person"))
    if stop.connection is not None:
        touched |= Q(pk__in=stop.connection.holders(ConnectionPermission.MANAGE).values("pk"))
    return others.filter(touched, is_active=True)


def _what(stop: Stop) -> str:
    match stop.scope:
        case Stop.Scope.CONNECTION:
            return f"the connection {stop.connection}"
        case Stop.Scope.CAPABILITY:
            return f"{stop.capability}, everywhere"
        case Stop.Scope.AGENT:
            return f"the agent {stop.agent}"
    return EVERYTHING
