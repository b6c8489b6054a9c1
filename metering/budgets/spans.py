"""The periods of a budget: when the one that holds now began and when the next begins. Pure. Days are UTC days."""

from datetime import UTC, datetime, timedelta

from metering.rollups.periods import midnight

EVER = datetime(1970, 1, 1, tzinfo=UTC)  # a budget for the whole of something has one period, from here on


def begun(span: str, at: datetime) -> datetime:
    """When the period that holds at ``at`` began: midnight UTC of the day, of its Monday, of the month's first."""
    day = midnight(at.astimezone(UTC).date())
    match span:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "whole":
            return EVER
    raise ValueError(f"There is no span {span!r}")


def following(span: str, start: datetime) -> datetime | None:
    """When the period after the one that began at ``start`` begins; None: never."""
    match span:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return (start + timedelta(days=31)).replace(day=1)
    return None
