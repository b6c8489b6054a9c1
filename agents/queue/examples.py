"""Instructions to begin with: those of the connectors' examples for which the agent holds every grant."""

from agents.connectors import CONNECTORS
from agents.grants.models import Grant
from agents.registry.models import Agent

AT_MOST = 4


def examples(agent: Agent) -> list[str]:
    """What asks for most of what the agent can do comes first."""
    held = set(Grant.objects.filter(agent=agent).live().values_list("capability", flat=True))
    found = [one for connector in CONNECTORS.values() for one in connector.examples if one.needs <= held]
    return [one.text for one in sorted(found, key=lambda one: -len(one.needs))][:AT_MOST]
