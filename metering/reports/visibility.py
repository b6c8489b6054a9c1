"""Who sees which usage: a Viewer in, a Scope out. Pure. No permission counts here, no superuser passes.

Every query of usage takes a Scope first, and a Scope is made nowhere else. What none of these functions
answers nobody sees: an admin sees nothing by virtue of the role, and nobody sees another person.
"""

from dataclasses import dataclass
from enum import Enum

FINANCE = "finance"
AUDITOR = "auditor"


class Kind(Enum):
    OWN = "own"
    AGENT = "agent"
    TEAM = "team"
    COST_CENTRES = "cost centres"
    LOOKS = "looks"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. ``roles``: names of staff roles; ``line``: ids of the teams in their reporting line;
    ``permitted``: ids of the teams for whose usage they hold a live permit."""

    person: int
    active: bool = True
    roles: frozenset[str] = frozenset()
    line: frozenset[int] = frozenset()
    permitted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be read for whom. A grouped scope is shown only as far as ``disclosure`` publishes it."""

    kind: Kind
    viewer: int
    team: int | None = None
    agent: int | None = None

    @property
    def tokens(self) -> bool:
        """Tokens are seen only by the person who used them, and in the totals of an agent by its owner."""
        return self.kind in {Kind.OWN, Kind.AGENT}

    @property
    def grouped(self) -> bool:
        return self.kind in {Kind.TEAM, Kind.COST_CENTRES}


def own(viewer: Viewer) -> Scope:
    return Scope(Kind.OWN, viewer.person)


def agent(viewer: Viewer, agent: int, owner: int) -> Scope | None:
    """The totals of one agent, whoever used it: for its owner. Nothing in them says who that was."""
    return Scope(Kind.AGENT, viewer.person, agent=agent) if viewer.active and viewer.person == owner else None


def team(viewer: Viewer, team: int) -> Scope | None:
    """The group figure of one team: with a live permit, as long as the team is in the viewer's line."""
    if viewer.active and team in viewer.permitted and team in viewer.line:
        return Scope(Kind.TEAM, viewer.person, team)
    return None


def cost_centres(viewer: Viewer) -> Scope | None:
    """Month, cost centre and model, without people: finance."""
    return Scope(Kind.COST_CENTRES, viewer.person) if viewer.active and FINANCE in viewer.roles else None


def looks(viewer: Viewer) -> Scope | None:
    """Who looked at what: the auditor."""
    return Scope(Kind.LOOKS, viewer.person) if viewer.active and AUDITOR in viewer.roles else None
