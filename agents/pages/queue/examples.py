"""Example instructions: those of the connectors' examples for which the agent holds every grant."""

from django.core.signing import Signer

from agents.connectors import connectors
from agents.grants.models import Grant
from agents.registry.models import Agent
from portal.people.models import Person

AT_MOST = 4


def examples(agent: Agent, person: Person) -> list[str]:
    """What asks for most of what the agent can do for this person comes first."""
    live = Grant.objects.filter(agent=agent).live().for_tasks_of(person.pk)
    held = set(live.values_list("capability", flat=True))
    found = [
        example
        for connector in connectors().values()
        for example in connector.examples
        if example.needs <= held
    ]
    return [example.text for example in sorted(found, key=lambda example: -len(example.needs))][:AT_MOST]


def signed(texts: list[str], agent: Agent, person: Person) -> list[tuple[str, str]]:
    """Each with the key of the link that writes it into this person's form only."""
    signer = Signer(salt=f"example.{agent.pk}.{person.pk}")
    return [(text, signer.signature(text)) for text in texts]
