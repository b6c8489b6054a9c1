"""What stands behind a figure of a group, so that it tells of nobody in it. Pure.

Whom a figure is hidden from: up to ``COLLUDERS`` viewers who put together all that was ever shown to them.
Each knows their own usage, and that of everybody whose page they may open. What is left must still be the
usage of at least ``K`` people, and the largest share in it must stay uncertain by ``PERCENT`` of itself.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from heapq import nlargest

K = 5
COLLUDERS = 3
PERCENT = 10
WITHHELD = "Figures of a group are shown only if the group is large enough."
REST = "Other models"

# Who may open the page of one person, and of whom: what a viewer knows besides their own usage.
Known = Mapping[int, frozenset[int]]
NOBODY: Known = {}


@dataclass(frozen=True, slots=True)
class Rule:
    """``k`` people whom nobody knows behind each figure; ``percent`` of the largest share left uncertain."""

    k: int = K
    percent: int = PERCENT

    def __post_init__(self) -> None:
        if self.k < K or self.percent < PERCENT:
            raise ValueError(f"A rule is never looser than {K} people and {PERCENT} percent: {self}")


def minimum(asked: int) -> int:
    """The least number of people behind a figure: a setting can only make it stricter."""
    return max(K, asked)


def rule(k: int, percent: int) -> Rule:
    """The rule that settings ask for, or the stricter one that always holds."""
    return Rule(minimum(k), max(PERCENT, percent))


def known_in(people: Set[int], known: Known) -> int:
    """Of how many of ``people`` any ``COLLUDERS`` viewers know the usage at most, themselves included."""
    counts = [len((seen | {viewer}) & people) for viewer, seen in known.items()]
    return sum(nlargest(COLLUDERS, [*counts, *[1] * COLLUDERS]))


def enough(people: Set[int], known: Known, rule: Rule) -> bool:
    """Are there ``k`` among ``people`` whom nobody knows, whichever viewers put together what they know?"""
    return len(people) - known_in(people, known) >= rule.k


def givers(values: Mapping[int, int]) -> set[int]:
    return {person for person, value in values.items() if value}


def concealed(values: Mapping[int, int], known: Known, rule: Rule) -> bool:
    """May the sum of ``values`` (by person) be known, of which only those that are not 0 count?

    Enough people gave to it; and who knows all of the next largest shares that can be known still does not
    know the largest but with an uncertainty of ``percent``.
    """
    giving = givers(values)
    if not enough(giving, known, rule):
        return False
    shares = sorted((abs(values[person]) for person in giving), reverse=True)
    unknown = sum(shares[1 + known_in(giving, known) :])
    return unknown * 100 >= shares[0] * rule.percent


def shown(least: int, rule: Rule) -> bool:
    """May anybody see a figure whose smallest part has ``least`` people? Rules may be stricter by now."""
    return least - COLLUDERS >= rule.k


def may_see(viewer: int, known: Set[int], people: Set[int], least: int, rule: Rule) -> bool:
    """May ``viewer``, who knows these people, see a figure about ``people`` no part of which has fewer than ``least``?

    Asked when a page is made, so that later permits and stricter rules count.
    """
    return shown(least, rule) and least - len((known | {viewer}) & people) >= rule.k
