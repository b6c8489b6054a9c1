"""How well a service does, before and after something changed: figures, and plain rules that compare them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

FEWEST = 3  # looks after a change before anything is called worse: one that failed is no figure
LEAST_SECONDS = 0.05  # by which an answer must be slower to count, however fast it was before
MOST = 200  # looks that are kept of each side


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. ``errors``: the share that failed, 0 to 1; ``seconds``: how long an answer took; ``restarts``: how
    often it was started anew, counted on and on. None where nothing told it.
    """

    errors: float | None = None
    seconds: float | None = None
    restarts: float | None = None

    def stored(self) -> dict[str, float]:
        told = {"errors": self.errors, "seconds": self.seconds, "restarts": self.restarts}
        return {name: round(value, 6) for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse is too much: ``errors`` in points (0.02: from 1 % to 3 %), ``slower`` as a share of what it was
    (0.5: half as long again), ``restarts`` as a number.
    """

    errors: float = 0.02
    slower: float = 0.5
    restarts: float = 0.0


@dataclass(frozen=True, slots=True)
class Worse:
    """A figure that is worse than it may be. ``before`` is None where nothing was measured before."""

    figure: str
    before: float | None
    after: float

    def __str__(self) -> str:
        after, before = WORDS[self.figure](self.after), self.before
        return f"{NAMES[self.figure]} {after}" + (
            "" if before is None else f" (before: {WORDS[self.figure](before)})"
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Of several looks: the mean share of errors, the median of seconds, how often it was started anew meanwhile."""

    looks: int = 0
    errors: float | None = None
    seconds: float | None = None
    restarts: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What was seen before a change and since, the earliest first."""

    before: tuple[Sample, ...] = ()
    after: tuple[Sample, ...] = field(default=())

    def with_after(self, sample: Sample) -> "Series":
        return Series(self.before, (*self.after, sample)[-MOST:])

    def worse(self, limits: Limits) -> list[Worse]:
        return compare(figures(self.before), figures(self.after), limits)

    def stored(self) -> dict[str, Any]:
        return {side: [one.stored() for one in getattr(self, side)] for side in ("before", "after")}


def series(stored: Mapping[str, Sequence[Mapping[str, float]]]) -> Series:
    """What ``Series.stored`` gave."""
    return Series(*(tuple(Sample(**one) for one in stored.get(side, ())) for side in ("before", "after")))


def figures(samples: Sequence[Sample]) -> Figures:
    errors = [one.errors for one in samples if one.errors is not None]
    seconds = sorted(one.seconds for one in samples if one.seconds is not None)
    counted = [one.restarts for one in samples if one.restarts is not None]
    return Figures(
        len(samples),
        sum(errors) / len(errors) if errors else None,
        seconds[len(seconds) // 2] if seconds else None,
        _grown(counted) if counted else None,
    )


def compare(before: Figures, after: Figures, limits: Limits) -> list[Worse]:
    """What is worse than before by more than the limits allow. Nothing as long as there were too few looks.

    Without a figure of before, errors are compared with none at all, and seconds with nothing.
    """
    if after.looks < FEWEST:
        return []
    found = []
    if after.errors is not None and after.errors - (before.errors or 0.0) > limits.errors:
        found.append(Worse("errors", before.errors, after.errors))
    if after.seconds is not None and before.seconds is not None:
        most = max(before.seconds * (1 + limits.slower), before.seconds + LEAST_SECONDS)
        if after.seconds > most:
            found.append(Worse("seconds", before.seconds, after.seconds))
    if after.restarts is not None and after.restarts > limits.restarts:
        found.append(Worse("restarts", before.restarts, after.restarts))
    return found


def joined(samples: Sequence[Sample]) -> Sample:
    """What several sources saw at one moment: the worst of it."""
    told = {
        name: [value for one in samples if (value := getattr(one, name)) is not None]
        for name in ("errors", "seconds", "restarts")
    }
    return Sample(**{name: max(values) if values else None for name, values in told.items()})


def _grown(counted: Sequence[float]) -> float:
    """A counter begins anew where what counts is started anew: then all that it shows is new."""
    return sum(now - before if now >= before else now for before, now in pairwise(counted))


NAMES = {"errors": "errors", "seconds": "answers after", "restarts": "restarts"}
WORDS = {
    "errors": lambda value: f"{value * 100:.1f} %",
    "seconds": lambda value: f"{value:.2f} s",
    "restarts": lambda value: f"{value:.0f}",
}
