"""Years of thirteen four-week periods: cohorts are frozen for one, and its figures are shown for one. Pure."""

from datetime import date, timedelta

from metering.rollups.periods import FIRST_MONDAY, FOUR_WEEKS, Period, fixed, four_weeks

PERIODS = 13


def year_of(day: date) -> int:
    """Years are numbered from the first fixed period on; not calendar years."""
    return (day - FIRST_MONDAY) // FOUR_WEEKS // PERIODS


def begin(year: int) -> date:
    return FIRST_MONDAY + year * PERIODS * FOUR_WEEKS


def ended(today: date) -> list[Period]:
    """The ended periods of the running year, latest first. It runs until the next year's first one has settled."""
    latest = fixed(today, 1)[0]
    first = begin(year_of(latest.first))
    count = (latest.first - first) // FOUR_WEEKS + 1
    return [four_weeks(first + n * FOUR_WEEKS - timedelta(days=1)) for n in range(count, 0, -1)]
