"""Charts as data for a template that draws SVG; places are percentages, so that text keeps its size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metering.publications.years import PERIODS
from metering.rollups.periods import Period
from portal.words import money

HEIGHT = 150  # CSS pixels, also what browsers give an SVG without a viewBox
TOP, FLOOR = 16, 126  # where the highest bar may begin, and where bars stand
GUTTER = 13.0  # per cent at the left, for the amounts


@dataclass(frozen=True, slots=True)
class Bar:
    """``x`` and ``width`` in per cent, ``y`` and ``height`` in pixels."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text on an axis: ``at`` is pixels from the top on the amount's axis, per cent on the day's."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    grid: tuple[Mark, ...]
    days: tuple[Mark, ...]
    height: int = HEIGHT
    floor: int = FLOOR
    gutter: float = GUTTER


def by_day(costs: Sequence[tuple[date, int | None]]) -> Chart | None:
    """Bars of cost in micros for consecutive days; None where there is no cost to draw."""
    marks = [_short(day) if day.weekday() == 0 else "" for day, _ in costs]
    return _drawn([(_short(day), cost) for day, cost in costs], marks)


def by_period(costs: Sequence[tuple[Period, int | None]]) -> Chart | None:
    """Bars for the four-week periods of a year, with room for all of its thirteen; what is not shown has none."""
    empty = [("", None)] * (PERIODS - len(costs))
    marks = [_short(period.first) if place % 3 == 0 else "" for place, (period, _) in enumerate(costs)]
    return _drawn([*((str(period), cost) for period, cost in costs), *empty], marks)


def _drawn(costs: Sequence[tuple[str, int | None]], marks: Sequence[str]) -> Chart | None:
    """A bar for each of ``costs``, named for a tooltip; ``marks`` stand below, those at the edge are left out."""
    highest = max((cost or 0 for _, cost in costs), default=0)
    if highest <= 0:
        return None
    step = _step(highest)
    top = -(-highest // step) * step
    slot = (100 - GUTTER) / len(costs)
    scale = (FLOOR - TOP) / top
    bars = [
        _bar(GUTTER + place * slot, slot, cost * scale, f"{name}: {money(cost)}")
        for place, (name, cost) in enumerate(costs)
        if cost
    ]
    grid = [Mark(round(FLOOR - amount * scale, 1), money(amount)) for amount in range(step, top + 1, step)]
    days = [
        Mark(round(GUTTER + place * slot, 2), text)
        for place, text in enumerate(marks)
        if text and place * slot < 72  # further right a narrow screen would cut the text off
    ]
    return Chart(tuple(bars), tuple(grid), tuple(days))


def _bar(x: float, slot: float, height: float, title: str) -> Bar:
    drawn = max(round(height, 1), 1.0)  # a day that cost something is seen
    return Bar(round(x + slot * 0.12, 2), round(FLOOR - drawn, 1), round(slot * 0.76, 2), drawn, title)


def _step(highest: int) -> int:
    """The round amount (1, 2 or 5 times a power of ten) that gives two to four grid lines."""
    power: int = 10 ** max(len(str(highest)) - 2, 0)
    return next(factor * power for factor in (1, 2, 5, 10, 20, 50) if highest <= 4 * factor * power)


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
