"""Which agents a person sees, manages or owns, for apps below that store rows about agents by number."""

from agents.registry.models import Agent, AgentQuerySet
from metering.plugins import How
from portal.people.models import Person


def reach(person: Person, how: How) -> AgentQuerySet:
    match how:
        case "see":
            return Agent.objects.visible_to(person)
        case "manage":
            return Agent.objects.managed_by(person).exclude(state=Agent.State.RETIRED)
        case "own":
            return Agent.objects.filter(owner=person)
