"""The envelope of a task: the pairs of capability and connection that it may use.

It is fixed before the task reads anything, and only narrows what the agent's live grants allow.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst

from agents.grants.limits import sentence
from agents.grants.words import Meaning, meaning
from agents.planning.planner import plan
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.registry.ready import ready_made
from portal.people.models import Person

Pair = tuple[str, int]  # capability, connection


@dataclass(frozen=True, slots=True)
class Held:
    """One capability that the agent has on a connection, as a person chooses it for a task."""

    pair: Pair
    connection: str
    title: str
    limits: str
    means: Meaning

    @property
    def key(self) -> str:
        return f"{self.pair[0]}@{self.pair[1]}"


def held(agent: Agent, person: Person) -> list[Held]:
    """What a task of this person can be given: one line for each capability and connection under a live grant."""
    found: dict[Pair, Held] = {}
    grants = agent.grants.live().for_tasks_of(person.pk).select_related("connection")
    for grant in grants.order_by("connection__name", "connection_id", "id"):
        pair = (grant.capability, grant.connection_id)
        if (declared := grant.declared) is not None and pair not in found:
            limits = sentence(declared, grant.limits)
            means = meaning(declared, limited=bool(grant.limits))
            found[pair] = Held(pair, grant.connection.name, capfirst(declared.title), limits, means)
    return list(found.values())


def planned(agent: Agent, instruction: str, person: Person) -> frozenset[Pair]:
    """The envelope to begin with: a ready-made agent's own, else a plan made from the instruction's words alone."""
    live = [(grant.declared, grant.connection_id) for grant in agent.grants.live().for_tasks_of(person.pk)]
    declared = [(capability, place) for capability, place in live if capability is not None]
    ready = ready_made(agent.ready_made)
    names = (
        ready.envelope
        if ready
        else plan(instruction, {capability.name: capability for capability, _ in declared}.values())
    )
    return frozenset((capability.name, place) for capability, place in declared if capability.name in names)


def edited(plan: frozenset[Pair], before: frozenset[Pair], ticked: frozenset[Pair]) -> frozenset[Pair]:
    """A plan for new words, with what the person ticked or took away by hand after the plan ``before``."""
    return (plan | (ticked - before)) - (before - ticked)


def made_for(instruction: str) -> str:
    """Names the words that a plan was made for, so that ticks for other words are looked at again."""
    return hashlib.sha256(" ".join(instruction.split()).encode()).hexdigest()[:16]


def of(task: Task) -> list[Held]:
    """What a task was given, of what its agent still has."""
    chosen = {(name, place) for name, place in task.envelope or []}
    return [choice for choice in held(task.agent, task.person) if choice.pair in chosen]


def read(keys: Iterable[str]) -> frozenset[Pair]:
    """``room.verb@3`` as (capability, connection); what cannot be read is none."""
    pairs = (key.rpartition("@") for key in keys)
    return frozenset((name, int(place)) for name, _, place in pairs if name and place.isdecimal())
