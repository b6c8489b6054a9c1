"""Which active stops touch a page or a person's own work, for the red bar above it."""

from dataclasses import dataclass

from django.db.models import Q

from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.queue.models import Task
from agents.registry.models import Agent, AgentQuerySet
from agents.stops.models import Stop, StopQuerySet
from portal.people.models import Person

# A task's stop is history once nothing of the task runs; an agent's, a connection's and wider ones last.
LASTING = [Stop.Scope.EVERYTHING, Stop.Scope.CONNECTION, Stop.Scope.CAPABILITY, Stop.Scope.AGENT]


@dataclass(frozen=True)
class Subject:
    """What a page is about: conditions on agents, connections and tasks, as far as it is about any."""

    agents: Q | None = None
    connections: Q | None = None
    tasks: Q | None = None


def active() -> StopQuerySet:
    """Every stop that may touch a page now. Few rows, by index, however many tasks were ever stopped."""
    return Stop.objects.active().filter(
        Q(scope__in=LASTING) | Q(scope=Stop.Scope.TASK, confirmed_at__isnull=True)
    )


def touching(person: Person, subject: Subject) -> StopQuerySet:
    """Those of the whole company, and those of what the page is about, as far as the person sees that."""
    found = Q(scope=Stop.Scope.EVERYTHING)
    if subject.tasks is not None:
        tasks = Task.objects.visible_to(person).filter(subject.tasks)
        found |= Q(task__in=tasks.values("pk"))
        found |= _of_agents(Agent.objects.filter(pk__in=tasks.values("agent")))
    if subject.agents is not None:
        found |= _of_agents(Agent.objects.visible_to(person).filter(subject.agents))
    if subject.connections is not None:
        places = Connection.objects.visible_to(person).filter(subject.connections).values("pk")
        granted = Grant.objects.live().filter(connection__in=places)
        found |= Q(connection__in=places) | Q(capability__in=granted.values("capability"))
    return active().filter(found).for_reading()


def touching_work_of(person: Person) -> StopQuerySet:
    """For the start page: what holds up the person's agents and tasks. A stop of their own is no news to them.

    An agent that was stopped for unusual spending has a part of its own there.
    """
    tasks = Task.objects.filter(person=person).under_way()
    agents = Agent.objects.filter(Q(owner=person) | Q(pk__in=tasks.values("agent")))
    agents = agents.exclude(state=Agent.State.RETIRED)
    found = active().filter(
        Q(scope=Stop.Scope.EVERYTHING)
        | ((_of_agents(agents) | Q(task__in=tasks.values("pk"))) & _by_others(person))
    )
    return found.exclude(runaway=True, agent__owner=person).for_reading()


def _of_agents(agents: AgentQuerySet) -> Q:
    pks = agents.values("pk")
    granted = Grant.objects.live().filter(agent__in=pks)
    return (
        Q(agent__in=pks)
        | Q(connection__in=granted.values("connection"))
        | Q(capability__in=granted.values("capability"))
    )


def _by_others(person: Person) -> Q:
    return Q(set_by__isnull=True) | ~Q(set_by=person)
