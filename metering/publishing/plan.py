"""Decides what is published of one four-week period, from everybody's usage in it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from metering.privacy.disclosure import REST, Known, Rule, concealed, givers
from metering.publishing.cohorts import COMPANY, Cohort, Place, Seating, seat
from metering.publishing.suppression import Block, agents, publishable, slices

LATE = -1  # stands for an agent, where a correction of an earlier period is counted
CENTRE = 1  # the depth of cost centres, whose figures are shown by model


@dataclass(frozen=True, slots=True)
class Use:
    """What one person used of one agent (0: none of the portal's) and model. Micros of what is priced."""

    person: int
    agent: int
    model: str
    micros: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Year:
    """What the year's earlier periods have fixed."""

    cohorts: tuple[Cohort, ...] = ()
    of_agents: Mapping[int, tuple[Cohort, ...]] = field(default_factory=dict)
    slices: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Period:
    """``places``: everybody who is there. ``items``: distinct verified work items; ``items_of``: the same by agent.

    ``late``, ``late_items``: of earlier periods, what is not in what was published of them.
    """

    places: Mapping[int, Place]
    uses: Sequence[Use]
    items: Mapping[int, int] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    late_items: Mapping[int, int] = field(default_factory=dict)
    items_of: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sum:
    """One published sum. ``micros`` None: nothing in it has a price. ``items`` None: withheld.

    ``parts``: the groups of people whose usage can be worked out from all that is published, as far as they are in no
    figure below this one. ``least``: the smallest of these in this figure and those below.
    """

    people: frozenset[int]
    parts: tuple[frozenset[int], ...]
    least: int
    micros: int | None
    items: int | None = None
    tokens: int | None = None
    slices: tuple[tuple[str, int], ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """``late``, ``late_items``: what is counted of them now. The rest waits."""

    places: dict[Place, Sum]
    agents: dict[int, Sum]
    year: Year
    late: dict[int, int]
    late_items: dict[int, int]


def plan(year: Year, period: Period, known: Known, rule: Rule) -> Plan:
    """What is published of ``period``, and what the year has fixed after it."""
    seating = seat(year.cohorts, period.places, known, rule)
    period = replace(
        period,
        late=_counted(seating.open, period.late, known, rule),
        late_items=_counted(seating.open, period.late_items, known, rule),
    )
    costs, items = Counter(period.late), Counter(period.late_items)
    for use in period.uses:
        costs[use.person] += use.micros
    items.update(period.items)
    rests = publishable(seating.open, costs, known, rule)
    counted = publishable(seating.open, items, known, rule, rests.__contains__)
    named = _slices(year, period, rests, known, rule)
    blocks = _blocks(period, rests, named)
    of_agents, totals = _agents(
        year, period, [block for some in blocks.values() for block in some], known, rule
    )
    totals = _with_items(period, totals, counted, known, rule)
    parts = {place: _parts(blocks.get(place, []), items, counted.get(place, frozenset())) for place in rests}
    sums = {
        place: Sum(
            people=(people := _people(place, seating)),
            parts=parts[place],
            least=_least(place, seating, parts),
            micros=sum(costs[person] for person in people),
            items=sum(items[person] for person in people) if place in counted else None,
            slices=_by_label(period, people, named.get(place, ())),
            late=any(person in period.late or person in period.late_items for person in people),
        )
        for place in rests
    }
    fixed = {**year.slices, **{place: labels for place, labels in named.items() if labels}}
    return Plan(
        sums, totals, Year(seating.cohorts, of_agents, fixed), dict(period.late), dict(period.late_items)
    )


def _counted(cohorts: Iterable[Cohort], late: Mapping[int, int], known: Known, rule: Rule) -> dict[int, int]:
    """Corrections of a whole cohort, where enough of it have some: one person's would be what two periods differ by."""
    found: dict[int, int] = {}
    for cohort in cohorts:
        own = {person: late[person] for person in cohort.people if late.get(person)}
        if concealed(own, known, rule):
            found |= own
    return found


def below(place: Place, others: Iterable[Place]) -> list[Place]:
    """``others`` that are ``place`` or in it."""
    return [other for other in others if other[: len(place)] == place]


def _people(place: Place, seating: Seating) -> frozenset[int]:
    inside = [cohort.people for cohort in seating.open if cohort.place[: len(place)] == place]
    return frozenset().union(*inside)


def _parts(blocks: list[Block], items: Mapping[int, int], rest: frozenset[int]) -> tuple[frozenset[int], ...]:
    found = [frozenset(person for person, _ in block.left) for block in blocks]
    found.append(frozenset(givers({person: items.get(person, 0) for person in rest})))
    return tuple(part for part in found if part)


def _least(place: Place, seating: Seating, parts: Mapping[Place, tuple[frozenset[int], ...]]) -> int:
    cohorts = [cohort.people for cohort in seating.open if cohort.place[: len(place)] == place]
    return min(
        len(part) for part in [*cohorts, *(part for inner in below(place, parts) for part in parts[inner])]
    )


def _by_label(period: Period, people: frozenset[int], labels: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    if not labels:
        return ()
    sums = dict.fromkeys((*labels, REST), 0)
    for use in period.uses:
        if use.person in people:
            sums[use.model if use.model in labels else REST] += use.micros
    return tuple((label, micros) for label, micros in sums.items() if micros)


def _slices(
    year: Year, period: Period, rests: Mapping[Place, frozenset[int]], known: Known, rule: Rule
) -> dict[Place, tuple[str, ...]]:
    """By published cost centre; none where a correction is in the total, since the slices would show it."""
    cells: dict[str, Counter[int]] = {}
    for use in period.uses:
        cells.setdefault(use.model, Counter())[use.person] += use.micros
    found = {}
    for centre in (place for place in rests if len(place) == CENTRE):
        inside = [rests[where] for where in below(centre, rests)]
        if not any(period.late.get(person) for rest in inside for person in rest):
            own = {
                label: {person: cell[person] for rest in inside for person in rest if person in cell}
                for label, cell in cells.items()
            }
            found[centre] = slices(inside, own, known, rule, year.slices.get(centre, ()))
    return found


def _blocks(
    period: Period, rests: Mapping[Place, frozenset[int]], named: Mapping[Place, tuple[str, ...]]
) -> dict[Place, list[Block]]:
    """Each rest, by the labels that its cost centre is shown by."""
    home = {person: place for place, rest in rests.items() for person in rest}
    left: dict[tuple[Place, str], Counter[tuple[int, int]]] = {}
    late = [Use(person, LATE, "", micros, 0) for person, micros in period.late.items()]
    for use in (*period.uses, *late):
        place = home.get(use.person)
        if place is None or not use.micros:
            continue
        labels = named.get(place[:CENTRE], ())
        label = use.model if use.model in labels else REST
        left.setdefault((place, label), Counter())[use.person, use.agent] += abs(use.micros)
    blocks: dict[Place, list[Block]] = {}
    for (place, _), cells in left.items():
        blocks.setdefault(place, []).append(Block(rests[place], cells))
    return blocks


def _agents(
    year: Year, period: Period, blocks: list[Block], known: Known, rule: Rule
) -> tuple[dict[int, tuple[Cohort, ...]], dict[int, Sum]]:
    """Agents that were published before come first, so that a new one does not close them."""
    costs: dict[int, Counter[int]] = {agent: Counter() for agent in year.of_agents}
    tokens: dict[int, Counter[int]] = {agent: Counter() for agent in year.of_agents}
    for use in period.uses:
        if use.agent and use.person in period.places:
            costs.setdefault(use.agent, Counter())[use.person] += use.micros
            tokens.setdefault(use.agent, Counter())[use.person] += use.tokens
    seatings = {
        agent: seat(cohorts, _present(cohorts, period, costs[agent]), known, rule)
        for agent in sorted(costs, key=lambda used: (used not in year.of_agents, used))
        if (cohorts := year.of_agents.get(agent, ())) or len(costs[agent]) >= rule.k
    }
    users = {
        agent: frozenset(person for cohort in seating.open for person in cohort.people)
        for agent, seating in seatings.items()
    }
    # Where nothing an agent uses has a price, its tokens are all that there is to conceal.
    amounts = {
        agent: (costs[agent], tokens[agent]) if givers(costs[agent]) else (tokens[agent],) for agent in users
    }
    chosen = agents(users, amounts, blocks, known, rule)
    totals = {
        agent: _total(users[agent], seatings[agent].open, costs[agent], tokens[agent]) for agent in chosen
    }
    kept = {agent: seating.cohorts for agent, seating in seatings.items() if seating.cohorts}
    return {**year.of_agents, **kept}, totals


def _with_items(
    period: Period,
    totals: dict[int, Sum],
    counted: Mapping[Place, frozenset[int]],
    known: Known,
    rule: Rule,
) -> dict[int, Sum]:
    """Agents' totals with their items, where those are concealed too and leave the items of every rest concealed."""
    home = {person: place for place, rest in counted.items() for person in rest}
    left: dict[Place, Counter[tuple[int, int]]] = {}
    unnamed = Counter(period.items)
    of_agents = [
        (agent, person, number) for agent, own in period.items_of.items() for person, number in own.items()
    ]
    for _, person, number in of_agents:
        unnamed[person] -= number
    others = [(0, *pair) for pair in unnamed.items()] + [(LATE, *pair) for pair in period.late_items.items()]
    for agent, person, number in (*of_agents, *others):
        if number and person in home:
            left.setdefault(home[person], Counter())[person, agent] += abs(number)
    blocks = [Block(counted[place], cells) for place, cells in left.items()]
    users = {agent: total.people for agent, total in totals.items() if agent in period.items_of}
    amounts = {agent: (period.items_of[agent],) for agent in users}
    found = dict(totals)
    for agent in agents(users, amounts, blocks, known, rule):
        own = {person: period.items_of[agent].get(person, 0) for person in users[agent]}
        part, each = frozenset(givers(own)), totals[agent]
        found[agent] = replace(
            each, items=sum(own.values()), parts=(*each.parts, part), least=min(each.least, len(part))
        )
    return found


def _present(cohorts: Iterable[Cohort], period: Period, used: Mapping[int, int]) -> dict[int, Place]:
    """Who of an agent's users is there: of the new ones those who used it."""
    seated = {person for cohort in cohorts for person in cohort.people}
    return {person: COMPANY for person in seated | used.keys() if person in period.places}


def _total(
    people: frozenset[int], cohorts: Iterable[Cohort], costs: Mapping[int, int], tokens: Mapping[int, int]
) -> Sum:
    own = {person: costs.get(person, 0) for person in people}
    used = {person: tokens.get(person, 0) for person in people}
    parts = tuple(frozenset(part) for part in (givers(own), givers(used)) if part)
    return Sum(
        people=people,
        parts=parts,
        least=min(len(part) for part in (*parts, *(cohort.people for cohort in cohorts))),
        micros=sum(own.values()) if givers(own) else None,
        tokens=sum(used.values()),
    )
