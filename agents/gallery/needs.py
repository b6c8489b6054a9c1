"""What a ready-made agent needs, by kind of connection, and on which of a person's connections that could be."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.connections.models import Connection
from agents.connectors import connectors, remembering, telling
from agents.connectors.base import Connector
from agents.connectors.plugins import ReadyMade
from agents.grants.models import Grant
from agents.policy.declarations import Capability
from agents.registry.models import Agent
from agents.registry.ready import ready_made
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Need:
    """``places``: where the person may request it, their own connections first. ``must``: without it there is no job;
    else it only does more (tell its person, keep notes).
    """

    connector: Connector
    capabilities: tuple[Capability, ...]
    places: tuple[Connection, ...]
    must: bool

    @property
    def kind(self) -> str:
        return self.connector.kind

    @property
    def lacks(self) -> bool:
        return self.must and not self.places


def needs(ready: ReadyMade, person: Person) -> list[Need]:
    """What its job needs first, then what it can do without."""
    places: dict[str, list[Connection]] = {}
    rows = Connection.objects.requestable_by(person).filter(broken_at__isnull=True).order_by("name", "pk")
    for place in sorted(rows, key=lambda place: place.person_id != person.pk):
        places.setdefault(place.kind, []).append(place)
    further = telling() | remembering()
    found = []
    for connector in connectors().values():
        parts = tuple(one for one in connector.capabilities if one.name in ready.envelope)
        if parts:
            must = any(one.name not in further for one in parts)
            found.append(Need(connector, parts, tuple(places.get(connector.kind, ())), must))
    return sorted(found, key=lambda need: not need.must)


@dataclass(frozen=True, slots=True)
class Lack:
    """What an agent would need on a kind of connection and has not. ``asked``: somebody has requested it already."""

    title: str
    words: tuple[str, ...]
    asked: bool


def lacking(agent: Agent, person: Person) -> list[Lack]:
    """Of a ready-made agent, for a task of this person: what its job needs, and no live grant of it covers."""
    ready = ready_made(agent.ready_made)
    if ready is None:
        return []
    held = set(agent.grants.live().for_tasks_of(person.pk).values_list("capability", flat=True))
    asked = set(agent.grants.filter(state=Grant.State.REQUESTED).values_list("capability", flat=True))
    return [
        Lack(need.connector.title, tuple(one.title for one in parts), all(one.name in asked for one in parts))
        for need in needs(ready, person)
        if need.must and (parts := _without(need.capabilities, held))
    ]


def _without(capabilities: Sequence[Capability], held: set[str]) -> list[Capability]:
    return [one for one in capabilities if one.name not in held]
