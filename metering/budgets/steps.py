"""How much of what is used a budget's page tells, and to whom. Pure.

A budget must say when it is spent, or it could not stop anything. Everything finer is a figure about the people
whom it counts, so it comes in four steps only, and of a group only where many stand behind it.
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
    """May ``viewer`` be told the step of a group? ``costs``: what each person used, in micros.

    ``least`` others must have cost something, and none of them more than all the other others together.
    """
    others = [micros for person, micros in costs.items() if person != viewer and micros > 0]
    return len(others) >= least and 2 * max(others) <= sum(others)


def alone(costs: Mapping[int, int], *, viewer: int) -> bool:
    """Is all of it what ``viewer`` used?"""
    return not any(micros > 0 for person, micros in costs.items() if person != viewer)
