"""Instructions that fit what an agent can do, for the forms of tasks and schedules.

What stands in such a form counts as its person's words, so an address names an example by a key and never holds words.
"""

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from agents.connectors import connectors
from agents.grants.models import Grant
from agents.registry.models import Agent
from agents.registry.ready import ready_made
from portal.people.models import Person

EXAMPLES = 4


def examples(agent: Agent, person: Person) -> list[tuple[str, str]]:
    """Instructions for which the agent has every grant, each with the key of the link that writes it into the form.

    What asks for most of what the agent can do for this person comes first; that of a ready-made agent before, whether
    or not it has all it needs by now. A key is good for this person only.
    """
    live = Grant.objects.filter(agent=agent).live().for_tasks_of(person.pk)
    held = set(live.values_list("capability", flat=True))
    every = [example for connector in connectors().values() for example in connector.examples]
    fitting = sorted(
        (example for example in every if example.needs <= held), key=lambda example: -len(example.needs)
    )
    ready = ready_made(agent.ready_made)
    own = [ready.example] if ready and ready.example else []
    texts = list(dict.fromkeys([*own, *(example.text for example in fitting)]))
    return [(text, _key(text, agent, person)) for text in texts[:EXAMPLES]]


def own_example(agent: Agent, person: Person) -> str:
    """The key of the first example; empty where there is none."""
    return next((key for _, key in examples(agent, person)), "")


def _key(text: str, agent: Agent, person: Person) -> str:
    return Signer(salt=f"example.{agent.pk}.{person.pk}").signature(text)


def chosen(agent: Agent, person: Person, key: str) -> str:
    """The words of the example with this key; empty where there is none."""
    choices = examples(agent, person) if key else []
    return next((text for text, known in choices if constant_time_compare(known, key)), "")
