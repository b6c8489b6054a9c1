"""Which figures of one period are published, so that none of the others can be worked out. Pure.

The company is a tree of places. The *rest* of a published place is everybody whom no published place below counts.
Published sums are sums of rests, so each rest must be concealed (``disclosure.concealed``). Where one is not, a place
below is withheld, and its people join the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from metering.privacy.disclosure import Known, Rule, concealed, givers
from metering.publishing.cohorts import COMPANY, Cohort, Place

Values = Mapping[int, int]
Everything = Callable[[Place], bool]


@dataclass
class _Choice:
    """``rests`` of what is published; ``loose``: who is in none of it."""

    rests: dict[Place, frozenset[int]] = field(default_factory=dict)
    loose: frozenset[int] = frozenset()


def publishable(
    cohorts: Iterable[Cohort],
    values: Values,
    known: Known,
    rule: Rule,
    allowed: Everything = lambda place: True,
) -> dict[Place, frozenset[int]]:
    """The places whose sum of ``values`` is published, each with its rest (empty: all of it is published below)."""
    tree: dict[Place, set[int]] = {COMPANY: set()}
    for cohort in cohorts:
        tree.setdefault(cohort.place, set()).update(cohort.people)
        for depth in range(len(cohort.place)):
            tree.setdefault(cohort.place[:depth], set())

    def hidden(people: frozenset[int]) -> bool:
        return concealed(_part(values, people), known, rule)

    def size(place: Place, rests: Mapping[Place, frozenset[int]]) -> tuple[bool, int, Place]:
        """Smallest first, but what brings nobody into a rest last."""
        return not rests[place], len(givers(_part(values, rests[place]))), place

    def choose(place: Place) -> _Choice:
        below = [
            choose(under) for under in sorted(tree) if len(under) == len(place) + 1 and under[:-1] == place
        ]
        plain = _Choice(
            {where: rest for choice in below for where, rest in choice.rests.items()},
            frozenset(tree[place]).union(*(choice.loose for choice in below)),
        )
        if not allowed(place):
            return plain
        rests, loose = dict(plain.rests), plain.loose
        while loose and not hidden(loose) and rests:
            first = min(_highest(rests), key=lambda place: size(place, rests))
            loose |= rests.pop(first)
        if hidden(loose) if loose else rests:
            return _Choice(rests | {place: loose})
        return plain

    return choose(COMPANY).rests


def _part(values: Values, people: frozenset[int]) -> dict[int, int]:
    return {person: values[person] for person in values.keys() & people}


def _highest(rests: Mapping[Place, object]) -> list[Place]:
    """The published places that are in no other."""
    return [place for place in rests if not any(place[:depth] in rests for depth in range(len(place)))]


def slices(
    rests: Iterable[frozenset[int]],
    cells: Mapping[str, Values],
    known: Known,
    rule: Rule,
    fixed: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """The labels that are shown one by one for a place with these ``rests``; all others are shown together.

    Each label, and all others together, is concealed in every rest that used it. None where that cannot be.
    ``fixed``: the labels chosen earlier this year, all or none.
    """
    rests = [rest for rest in rests if rest]

    def fits(labels: Iterable[str]) -> bool:
        used = [cells[label] for label in labels if label in cells]
        sums = [_added(used, rest) for rest in rests]
        return all(not givers(values) or concealed(values, known, rule) for values in sums)

    if fixed:
        others = [label for label in cells if label not in fixed]
        return fixed if all(fits([label]) for label in fixed) and fits(others) else ()
    named = [label for label in sorted(cells) if givers(cells[label]) and fits([label])]
    while named and not fits(label for label in cells if label not in named):
        named.remove(min(named, key=lambda label: (len(givers(cells[label])), label)))
    return tuple(named)


def _added(cells: Iterable[Values], people: frozenset[int]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for cell in cells:
        for person, value in _part(cell, people).items():
            sums[person] += abs(value)
    return sums


@dataclass
class Block:
    """What people of one rest used of some labels, apart from published agents' figures. It must stay concealed."""

    people: frozenset[int]
    left: dict[tuple[int, int], int]  # by person and agent

    def without(self, people: frozenset[int], agent: int) -> dict[int, int]:
        sums: dict[int, int] = defaultdict(int)
        for (person, used), value in self.left.items():
            if used != agent or person not in people:
                sums[person] += abs(value)
        return sums

    def take(self, people: frozenset[int], agent: int) -> None:
        for person in people:
            self.left.pop((person, agent), None)


def agents(
    users: Mapping[int, frozenset[int]],
    amounts: Mapping[int, Iterable[Values]],
    blocks: Iterable[Block],
    known: Known,
    rule: Rule,
) -> list[int]:
    """The agents whose totals are published, in the order of ``users``: each and every block stays concealed."""
    blocks, chosen = list(blocks), []
    for agent, people in users.items():
        met = [block for block in blocks if any((person, agent) in block.left for person in people)]
        figures = [_part(amount, people) for amount in amounts[agent]]
        remains = [block.without(people, agent) for block in met]
        if all(concealed(values, known, rule) for values in (*figures, *remains)):
            chosen.append(agent)
            for block in met:
                block.take(people, agent)
    return chosen
