"""The input of the rules: one person's tasks with their calls, and that person's own past. Pure."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

MINIMUM = 4  # fewer of a kind in one window are chance
TIMES = 10  # so many times what the own past explains is no chance, and nine in ten of it are the new thing
CHANCE = 0.001  # and chance alone would bring so many no more often than this
# Without any past, one task in four may be of a kind without anybody asking; that weighs as much as four tasks.
PRIOR, WEIGHT = 0.25, 4


@dataclass(frozen=True, slots=True)
class Call:
    """One model call. ``read`` counts tokens, cached ones included."""

    key: str
    turn: int
    read: int
    failed: bool = False
    retried: bool = False
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a person: what it did, and whether anybody has looked at it."""

    ref: str
    at: datetime
    agent: int
    calls: tuple[Call, ...] = ()
    scheduled: bool = False
    sketch: bytes = b""
    opened: bool = False
    opened_by_other: bool = False
    effects: int = 0
    verified: bool = False
    useful: bool = False
    item: bool = False  # it is for a work item of another system, verified or not

    @property
    def without_effect(self) -> bool:
        """It changed nothing and nothing came of it, and its person has not said that it was useful."""
        return not (self.effects or self.verified or self.useful or any(call.changes for call in self.calls))

    @property
    def idle(self) -> bool:
        """Nobody opened it and it had no effect."""
        return self.without_effect and not (self.opened or self.opened_by_other)


def share(past: Sequence[Task], of_kind: Callable[[Task], bool]) -> float:
    """The share of a person's past tasks that were of a kind; near PRIOR where there is little past."""
    return (sum(map(of_kind, past)) + PRIOR * WEIGHT) / (len(past) + WEIGHT)


def beyond(number: int, others: int, usual: float) -> bool:
    """Are ``number`` tasks of a kind, beside ``others`` that are not, far more than a ``usual`` share explains?"""
    if number < MINIMUM or number * (1 - usual) < TIMES * usual * others:
        return False
    return _at_least(number, number + others, usual) < CHANCE


def _at_least(number: int, of: int, usual: float) -> float:
    """How probable so many, or more, are where each is of the kind with the probability ``usual``."""
    odds = math.log(usual) - math.log1p(-usual)
    first = math.lgamma(of + 1) + of * math.log1p(-usual)
    return math.fsum(
        math.exp(first - math.lgamma(n + 1) - math.lgamma(of - n + 1) + n * odds)
        for n in range(number, of + 1)
    )


@dataclass(frozen=True, slots=True)
class Window:
    """A span of a person's time: its tasks, and those ``before`` it."""

    start: datetime
    tasks: list[Task]
    before: list[Task]


def windows(tasks: Iterable[Task], length: timedelta) -> list[Window]:
    """Spans of ``length``, each beginning in the middle of the one before, counted from a fixed day for everybody."""
    step = length.total_seconds() / 2
    listed = sorted(tasks, key=lambda task: (task.at, task.ref))
    steps = [int(task.at.timestamp() // step) for task in listed]
    found = []
    for number in sorted({place - back for place in steps for back in (0, 1)}):
        first, end = bisect_left(steps, number), bisect_left(steps, number + 2)
        start = datetime.fromtimestamp(number * step, UTC)
        found.append(Window(start, listed[first:end], listed[:first]))
    return found


def middle(values: Iterable[float], otherwise: float) -> float:
    listed = list(values)
    return median(listed) if listed else otherwise
