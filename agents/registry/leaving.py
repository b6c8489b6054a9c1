"""What ends with a person who leaves, in words for the page that asks before."""

from agents.grants.models import Grant
from agents.queue.models import Task
from agents.registry.models import Agent
from portal.people.models import Person


def consequences(person: Person) -> list[str]:
    agents = Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED).count()
    grants = Grant.objects.filter(agent__owner=person, state=Grant.State.ACTIVE).count()
    tasks = Task.objects.filter(agent__owner=person).under_way().count()
    said = []
    if agents:
        said.append(f"Agents that stop: {agents:,}. Each can be handed over to somebody else.")
    if grants:
        said.append(f"Grants of these agents that are suspended: {grants:,}.")
    if tasks:
        said.append(f"Tasks under way that end at their next step: {tasks:,}.")
    return said
