"""Spans of days that usage is shown for. Pure. A day is a UTC day, as in the roll-ups."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

FOUR_WEEKS = timedelta(days=28)
FIRST_MONDAY = date(2024, 1, 1)  # the four-week periods of reports count from here, by whole ISO weeks
SETTLED = timedelta(days=2)  # after a period's end all of its calls are in the ledger: figures no longer move


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` and ``last`` are both in it."""

    first: date
    last: date

    def __str__(self) -> str:
        """``26 October to 22 November 2026``, or ``November 2026`` for a whole month."""
        if self.first.day == 1 and self.last == month(self.first).last:
            return f"{self.first:%B %Y}"
        start = f"{self.first.day} {self.first:%B}"
        if self.first.year != self.last.year:
            start += f" {self.first.year}"
        return f"{start} to {self.last.day} {self.last:%B %Y}"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From when to when, the end exclusive."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def four_weeks(last: date) -> Period:
    """The 28 days that end with ``last``."""
    return Period(last - FOUR_WEEKS + timedelta(days=1), last)


def chosen(last: str, today: date) -> Period:
    """The 28 days that end on the ISO date ``last``; up to today where that is no day that has been."""
    try:
        day = date.fromisoformat(last)
    except ValueError:
        day = today
    return four_weeks(day if today - timedelta(days=3650) < day < today else today)


def fixed(today: date, count: int = 13) -> list[Period]:
    """The latest ``count`` fixed four-week periods that have ended and settled, latest first."""
    begun = (today - SETTLED - FIRST_MONDAY) // FOUR_WEEKS
    return [
        four_weeks(FIRST_MONDAY + n * FOUR_WEEKS - timedelta(days=1)) for n in range(begun, begun - count, -1)
    ]


def month(day: date) -> Period:
    """The calendar month of ``day``."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def folds_before(today: date, days: int) -> date:
    """Days before this one are older than ``days``: by whole months, so that no month's figure mixes both."""
    return month(today - timedelta(days=days)).first
