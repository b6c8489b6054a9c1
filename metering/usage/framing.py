"""What a batch is looked at with: the time, the people and teams that there are, the prices as they stand."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from metering.usage.bounds import Frame
from metering.usage.models import Kept
from metering.usage.prices import Book

if TYPE_CHECKING:
    from metering.usage.ledger import ModelCall


def oldest_kept(now: datetime) -> datetime:
    """The earliest moment that events are kept of."""
    first = now.astimezone(UTC).date() - timedelta(days=settings.RETENTION["events"])
    return datetime.combine(first, time(), UTC)


def framed(calls: "Sequence[ModelCall]", now: datetime) -> tuple[Frame, Book]:
    """Raises ImproperlyConfigured where the ledger is kept in another currency than the settings'."""
    people, teams = {call.person_id for call in calls}, {call.team_id for call in calls}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM metering_look(%s, %s)", [list(people), list(teams)])
        found = cursor.fetchall()
    ids = {kind: frozenset(id for what, id, _ in found if what == kind) for kind in ("person", "team")}
    _same_currency(next((currency for what, _, currency in found if what == "kept"), ""))
    own = any(what == "prices" for what, _, _ in found)
    book = Book.read() if own else Book([], [], settings.CURRENCY)
    return Frame(now, oldest_kept(now), ids["person"], ids["team"]), book


def _same_currency(kept: str) -> None:
    if not kept:
        Kept.objects.bulk_create([Kept(currency=settings.CURRENCY)], ignore_conflicts=True)
        kept = Kept.objects.values_list("currency", flat=True).get()
    if kept != settings.CURRENCY:
        raise ImproperlyConfigured(
            f"The ledger is kept in {kept}; set PORTAL_CURRENCY to it. Sums of two currencies would be none."
        )
