"""What importing an org chart would change; what the file does not name stays as it is. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.lookalikes import skeleton
from portal.org_chart.sheet import Bad, Row, Sheet
from portal.people.rings import closed, in_words

NO_MANAGER = "The manager {} is neither here nor in a row that can be imported."


@dataclass(frozen=True)
class Someone:
    """A person who is here. ``teams`` maps a team's key to the role in it."""

    email: str
    name: str
    manager: str = ""
    active: bool = True
    roles: frozenset[str] = frozenset()
    teams: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Here:
    """Who and what is here: people by e-mail, teams' (name, cost centre) by name, both in small letters."""

    people: Mapping[str, Someone] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    guarded: bool = False  # there are two admins: a further one is no matter of one file


class Kind(StrEnum):
    """What a change does, in the order in which changes are made."""

    TEAM = "New team"
    COST_CENTRE = "Cost centre"
    INVITE = "Invitation"
    NAME = "Name"
    MANAGER = "Manager"
    JOIN = "Membership"
    TEAM_ROLE = "Role in a team"
    ROLES = "Role"


@dataclass(frozen=True)
class Change:
    """What is done to ``subject``, a person's e-mail or a team's name; ``who`` is how that reads."""

    kind: Kind
    line: int
    subject: str
    who: str
    says: str


@dataclass(frozen=True)
class Plan:
    """Every change in the order in which it is made, the rows left out, and how many rows change nothing."""

    changes: tuple[Change, ...]
    rows: Mapping[str, Row]
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()
    alike: tuple[Bad, ...] = ()  # imported, but the name looks like somebody else's
    unchanged: int = 0

    @property
    def digest(self) -> str:
        """The same for two plans that do the same."""
        text = "\n".join(repr((change, self.rows.get(change.subject))) for change in self.changes)
        return hashlib.sha256(text.encode()).hexdigest()

    def of(self, *kinds: Kind) -> Iterator[Change]:
        return (change for change in self.changes if change.kind in kinds)


def key(name: str) -> str:
    """Teams are the same when their names differ only in letter case."""
    return name.lower()


def plan(sheet: Sheet, here: Here) -> Plan:
    rows, bad = _possible(sheet.rows, here)
    changes = [*_teams(rows, here)]
    for row in rows:
        changes += _person(row, here)
    order = list(Kind)
    changes.sort(key=lambda change: order.index(change.kind))
    touched = {change.line for change in changes}
    return Plan(
        changes=tuple(changes),
        rows={row.email: row for row in rows},
        bad=tuple(sorted([*sheet.bad, *bad], key=lambda one: one.line)),
        notes=(*sheet.notes, *_left_as_rings(rows, here)),
        alike=tuple(_alike(rows, here)),
        unchanged=sum(row.line not in touched for row in rows),
    )


def _possible(rows: Iterable[Row], here: Here) -> tuple[list[Row], list[Bad]]:
    """The rows that can be imported together. One left out may take others with it: until all are sound."""
    good, bad = list(rows), list[Bad]()
    while wrong := _impossible(good, here):
        wrong = _with_followers(wrong, good, here)
        bad += [Bad(row.line, row.email, wrong[row.email]) for row in good if row.email in wrong]
        good = [row for row in good if row.email not in wrong]
    return good, bad


def _with_followers(wrong: dict[str, str], rows: list[Row], here: Here) -> dict[str, str]:
    """And whoever would report, directly or through others, to somebody new who is left out: all at once."""
    under: dict[str, list[str]] = {}
    for row in rows:
        under.setdefault(row.manager, []).append(row.email)
    found, todo = dict(wrong), [email for email in wrong if email not in here.people]
    while todo:
        manager = todo.pop()
        for email in under.get(manager, ()):
            if email not in found:
                found[email] = NO_MANAGER.format(manager)
                todo += [] if email in here.people else [email]
    return found


def _impossible(rows: list[Row], here: Here) -> dict[str, str]:
    in_file = {row.email for row in rows}
    centres: dict[str, Row] = {}
    teams = {skeleton(name): name for name, _ in here.teams.values()}
    for row in rows:
        teams.setdefault(skeleton(row.team), row.team)
    wrong: dict[str, str] = {}
    for row in rows:
        known, manager = here.people.get(row.email), here.people.get(row.manager)
        first = centres.setdefault(key(row.team), row) if row.team and row.cost_centre else row
        if known and not known.active:
            wrong[row.email] = f"{known.name} has left. Reactivate them first."
        elif row.manager and manager and not manager.active:
            wrong[row.email] = f"The manager {row.manager} has left."
        elif row.manager and not manager and row.manager not in in_file:
            wrong[row.email] = NO_MANAGER.format(row.manager)
        elif here.guarded and "admin" in set(row.roles) - (known.roles if known else frozenset()):
            wrong[row.email] = "A second admin must confirm a new admin. Give the role on the person’s page."
        elif other := _imitated(row.team, teams):
            wrong[row.email] = (
                f"The team {row.team} looks like {other}. Choose a name that nobody takes for it."
            )
        elif first.cost_centre != row.cost_centre:
            wrong[row.email] = f"Line {first.line} gives {row.team} the cost centre {first.cost_centre}."
    return wrong or _rings(rows, here)


def _imitated(team: str, teams: Mapping[str, str]) -> str:
    """The team that ``team`` looks like and is not: what is here stands first in ``teams``, by skeleton."""
    other = teams.get(skeleton(team), team)
    return other if key(other) != key(team) else ""


def _alike(rows: Iterable[Row], here: Here) -> Iterator[Bad]:
    """New names that look like somebody's, here or in the file."""
    called = {email: someone.name for email, someone in here.people.items() if someone.active}
    called |= {row.email: row.name for row in rows}
    looks: dict[str, list[str]] = {}
    for email, name in called.items():
        looks.setdefault(skeleton(name), []).append(email)
    for row in rows:
        known = here.people.get(row.email)
        others = [email for email in looks[skeleton(row.name)] if email != row.email]
        if others and (known is None or known.name != row.name):
            said = ", ".join(f"{called[email]} ({email})" for email in others[:3])
            yield Bad(row.line, f"{row.name} ({row.email})", f"Looks like {said}.")


def _rings(rows: list[Row], here: Here) -> dict[str, str]:
    moved = {row.email: row.manager for row in rows if row.manager}
    wrong: dict[str, str] = {}
    for ring in closed(_line(rows, here), moved):
        said = f"The reporting line would be a ring: {in_words(ring)}."
        wrong |= {email: said for email in ring if email in moved}
    return wrong


def _left_as_rings(rows: list[Row], here: Here) -> Iterator[str]:
    """Rings that are here already and that these rows leave as they are."""
    line = _line(rows, here)
    for ring in closed(line, line):
        yield (
            f"These people report to each other in a ring: {in_words(ring)}. "
            "It is here already. Give one of them another manager, in the file or on their page."
        )


def _line(rows: Iterable[Row], here: Here) -> dict[str, str]:
    """Who reports to whom when the rows are imported: e-mail to the manager's."""
    line = {email: someone.manager for email, someone in here.people.items() if someone.manager}
    return line | {row.email: row.manager for row in rows if row.manager}


def _teams(rows: list[Row], here: Here) -> Iterator[Change]:
    new: dict[str, Row] = {}
    centres: dict[str, Row] = {}
    for row in rows:
        if row.team and key(row.team) not in here.teams:
            new.setdefault(key(row.team), row)
        if row.cost_centre:
            centres.setdefault(key(row.team), row)
    for team, row in new.items():
        centre = centres[team].cost_centre if team in centres else ""
        says = f"The team {row.team}" + (f" with the cost centre {centre}" if centre else "")
        yield Change(Kind.TEAM, row.line, row.team, row.team, says)
    for team, row in centres.items():
        name, before = here.teams.get(team, ("", row.cost_centre))
        if before != row.cost_centre:
            says = f"{before} → {row.cost_centre}" if before else row.cost_centre
            yield Change(Kind.COST_CENTRE, row.line, name, name, says)


def _person(row: Row, here: Here) -> Iterator[Change]:
    someone = here.people.get(row.email)

    def change(kind: Kind, says: str) -> Change:
        return Change(kind, row.line, row.email, row.name, says)

    if someone is None:
        under = f", reports to {row.manager}" if row.manager else ""
        yield change(Kind.INVITE, f"{row.email}{under}")
    else:
        if row.name != someone.name:
            yield change(Kind.NAME, f"{someone.name} → {row.name}")
        if row.manager and row.manager != someone.manager:
            yield change(Kind.MANAGER, f"{someone.manager or 'nobody'} → {row.manager}")
    if row.team:
        role = someone.teams.get(key(row.team), "") if someone else ""
        if not role:
            yield change(Kind.JOIN, f"joins {row.team}{' as lead' if row.team_role == 'lead' else ''}")
        elif row.team_role and row.team_role != role:
            yield change(Kind.TEAM_ROLE, f"{role} → {row.team_role} in {row.team}")
    if more := sorted(set(row.roles) - (someone.roles if someone else frozenset())):
        yield change(Kind.ROLES, f"gets the role {' and the role '.join(more)}")
