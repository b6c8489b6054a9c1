"""How much a budget's page says of what is used, and to whom. Pure.

Everything but “spent” is a figure about the people whom the budget counts: it comes in four steps, and for a group
only if the group is large enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TOO_FEW = "How much is used is shown only for groups large enough. You always see whether it is used up."


@dataclass(frozen=True, slots=True)
class Step:
    """``level`` of four, for the gauge; ``kind`` is the gauge's colour."""

    level: int
    words: str
    kind: str = ""


UNDER_HALF = Step(1, "Under half is used")
OVER_HALF = Step(2, "Over half is used")
NEARLY = Step(3, "Over 80 % is used", "near")
SPENT = Step(4, "Spent", "over")
PASSED = Step(4, "Passed", "near")


def step(used: int, limit: int, *, reached: bool, hard: bool) -> Step:
    """Which of the four. ``limit`` is the budget's own, without raises: else each raise would measure what is used."""
    if reached:
        return SPENT if hard else PASSED
    if 10 * used >= 8 * limit:
        return NEARLY
    return OVER_HALF if 2 * used >= limit else UNDER_HALF


def enough(costs: Mapping[int, int], *, viewer: int, least: int) -> bool:
    """May ``viewer`` see a group's step? At least ``least`` others used it, none of them more than the rest."""
    others = [micros for person, micros in costs.items() if person != viewer and micros > 0]
    return len(others) >= least and 2 * max(others) <= sum(others)


def alone(costs: Mapping[int, int], *, viewer: int) -> bool:
    """Is all of it what ``viewer`` used?"""
    return not any(micros > 0 for person, micros in costs.items() if person != viewer)
