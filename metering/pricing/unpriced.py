"""Models without a price, by name only: how often and when they were used could be one person's usage."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db.models import Max
from django.utils import timezone

from metering.privacy.visibility import PUBLISHING, Kind, Scope
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period, midnight
from metering.usage.context import oldest_kept
from metering.usage.prices import Book

NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """``priceable``: a list has a price for it by now."""

    provider: str
    model: str
    priceable: bool

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


def kept_days() -> Period:
    """The days whose calls are kept one by one: others can no longer be priced."""
    now = timezone.now()
    return Period(oldest_kept(now).date(), now.astimezone(UTC).date())


def models(scope: Scope) -> list[Unpriced]:
    """Models with calls that no list had a price for, by name: for whoever sees cost centres."""
    if scope.kind is not Kind.COST_CENTRES:
        return []
    days = DayUsage.objects.within(PUBLISHING).during(kept_days()).filter(unpriced_requests__gt=0)
    found = days.values_list("provider", "model").annotate(Max("day")).order_by("provider", "model")
    book = Book.read()
    return [
        Unpriced(provider, model, priceable=book.found(provider, model, midnight(last) + NOON) is not None)
        for provider, model, last in found
    ]
