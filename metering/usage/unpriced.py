"""What is not priced: models with the number of their calls and since when, without people."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Max, Min, Sum
from django.utils import timezone

from metering.reports.visibility import Scope
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from metering.usage.framing import oldest_kept
from metering.usage.prices import Book


@dataclass(frozen=True, slots=True)
class Unpriced:
    """``priceable``: a list has a price for it by now."""

    provider: str
    model: str
    calls: int
    first: date
    last: date
    priceable: bool

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def kept_days() -> Period:
    """The days whose calls are kept one by one: others can no longer be priced."""
    now = timezone.now()
    return Period(oldest_kept(now).date(), now.astimezone(UTC).date())


def models(scope: Scope) -> list[Unpriced]:
    """Models with calls that no list had a price for, by name."""
    days = DayUsage.objects.within(scope).during(kept_days()).filter(unpriced_requests__gt=0)
    found = days.values("provider", "model").annotate(
        calls=Sum("unpriced_requests"), first=Min("day"), last=Max("day")
    )
    book = Book.read()
    return [
        Unpriced(**row, priceable=book.found(row["provider"], row["model"], _noon(row["last"])) is not None)
        for row in found.order_by("provider", "model")
    ]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
