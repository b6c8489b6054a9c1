"""Who sees which usage: a Viewer in, a Scope out. Pure. No permission counts here, no superuser passes.

Every query of usage takes a Scope first, and a Scope is made nowhere else. What none of these functions
answers nobody sees: an admin sees nothing by virtue of the role, and nobody sees another person without a
permit for that person.
"""

from dataclasses import dataclass
from enum import Enum

FINANCE = "finance"
AUDITOR = "auditor"


class Kind(Enum):
    OWN = "own"
    PERSON = "person"
    AGENT = "agent"
    TEAM = "team"
    COST_CENTRES = "cost centres"
    ORGANISATION = "organisation"
    LOOKS = "looks"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: names of their ``roles``, ids of their ``teams``, of teams and people in their reporting line
    (``line_people``: those at least whom a permit names), of teams and people whom their live permits name."""

    person: int
    active: bool = True
    roles: frozenset[str] = frozenset()
    teams: frozenset[int] = frozenset()
    line: frozenset[int] = frozenset()
    permitted: frozenset[int] = frozenset()
    line_people: frozenset[int] = frozenset()
    permitted_people: frozenset[int] = frozenset()

    def works_in(self, team: int) -> bool:
        """Is it a team of theirs that they see without a permit, as its members do? Leads and managers need one."""
        return team in self.teams and team not in self.line


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be read for whom. A grouped scope is shown only as far as ``disclosure`` publishes it."""

    kind: Kind
    viewer: int
    team: int | None = None
    agent: int | None = None
    person: int | None = None

    @property
    def tokens(self) -> bool:
        """Tokens are seen only by the person who used them, and in the totals of an agent by its owner."""
        return self.kind in {Kind.OWN, Kind.AGENT}

    @property
    def grouped(self) -> bool:
        """An agent's totals are its users': where one other person used it, they are that person's."""
        return self.kind in {Kind.TEAM, Kind.AGENT, Kind.COST_CENTRES, Kind.ORGANISATION}


def own(viewer: Viewer) -> Scope:
    return Scope(Kind.OWN, viewer.person)


def person(viewer: Viewer, person: int) -> Scope | None:
    """Four weeks of one person of the viewer's line, with a live permit: cost and verified items, no more."""
    permitted = person in viewer.permitted_people and person in viewer.line_people
    if viewer.active and permitted and person != viewer.person:
        return Scope(Kind.PERSON, viewer.person, person=person)
    return None


def agent(viewer: Viewer, agent: int, owner: int) -> Scope | None:
    """The totals of one agent, whoever used it: for its owner. Nothing in them says who that was."""
    return Scope(Kind.AGENT, viewer.person, agent=agent) if viewer.active and viewer.person == owner else None


def team(viewer: Viewer, team: int) -> Scope | None:
    """The group figure of one team: with a live permit, as long as it is in the viewer's line; or one's own."""
    permitted = team in viewer.permitted and team in viewer.line
    if viewer.active and (permitted or viewer.works_in(team)):
        return Scope(Kind.TEAM, viewer.person, team)
    return None


def cost_centres(viewer: Viewer) -> Scope | None:
    """Four weeks, cost centre and model, without people: finance."""
    return Scope(Kind.COST_CENTRES, viewer.person) if viewer.active and FINANCE in viewer.roles else None


def organisation(viewer: Viewer) -> Scope | None:
    """The whole company's four weeks: finance."""
    return Scope(Kind.ORGANISATION, viewer.person) if viewer.active and FINANCE in viewer.roles else None


def looks(viewer: Viewer) -> Scope | None:
    """Who looked at what, and whether what is shown hides everyone: the auditor."""
    return Scope(Kind.LOOKS, viewer.person) if viewer.active and AUDITOR in viewer.roles else None


# Everybody's usage, for the worker that makes group figures of it. Nobody looks through it.
PUBLISHING = Scope(Kind.PUBLISHING, 0)
