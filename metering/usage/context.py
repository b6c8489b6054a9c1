"""Loads the context of a batch: time, existing people and teams, current prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from metering.rollups.periods import midnight
from metering.usage.calls import BatchContext, ModelCall
from metering.usage.models import Kept
from metering.usage.prices import Book
from metering.usage.validation import IDS
from portal import prepared


def oldest_kept(now: datetime) -> datetime:
    """The earliest moment that events are kept of."""
    return midnight(now.astimezone(UTC).date() - timedelta(days=settings.RETENTION["events"]))


@dataclass(frozen=True, slots=True)
class Basis:
    """What calls are priced by. Good for as long as the ledger goes by the same ``prices`` (see ``Kept``)."""

    prices: UUID
    currency: str
    book: Book


_basis: Basis | None = None  # as it was read last, so that the next call needs no look


def load_context(calls: Sequence[ModelCall], now: datetime) -> tuple[BatchContext, Book]:
    """Until its transaction is over, pricing anew waits for it (``writing.wait``). Raises ImproperlyConfigured."""
    global _basis
    people, teams = _asked(calls)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM metering_look(%s, %s)", [list(people), list(teams)])
        found = cursor.fetchall()
    ids = {kind: frozenset(id for what, id, *_ in found if what == kind) for kind in ("person", "team")}
    kept = next(((currency, prices) for what, _, currency, prices in found if what == "kept"), None)
    _same_currency(kept[0] if kept else "")
    own = any(what == "prices" for what, *_ in found)
    book = Book.read() if own else Book([], [], settings.CURRENCY)
    if kept:
        _basis = Basis(kept[1], settings.CURRENCY, book)
    return BatchContext(now, oldest_kept(now), ids["person"], ids["team"]), book


def assumed_context(calls: Sequence[ModelCall], now: datetime) -> tuple[BatchContext, Basis] | None:
    """The same without a look, as it was last; ``writing.write_if`` checks that it still is. None: nothing is known."""
    basis = _basis
    if basis is None or basis.currency != settings.CURRENCY:
        return None
    return BatchContext(now, oldest_kept(now), *_asked(calls)), basis


def book() -> Book:
    """The prices as they stand: read anew where one has changed since this process read them last."""
    global _basis
    found = prepared.execute("SELECT prices FROM metering_kept", {})
    if not found:
        return Book.read()
    (prices,) = found[0]
    if _basis is None or (_basis.prices, _basis.currency) != (prices, settings.CURRENCY):
        # Read after their mark: where one changes in between, the next look finds another mark.
        _basis = Basis(prices, settings.CURRENCY, Book.read())
    return _basis.book


def _asked(calls: Sequence[ModelCall]) -> tuple[frozenset[int], frozenset[int]]:
    """The ids of people and teams that there may be."""
    people, teams = {call.person_id for call in calls}, {call.team_id for call in calls}
    return frozenset(filter(IDS.__contains__, people)), frozenset(filter(IDS.__contains__, teams))


def _same_currency(kept: str) -> None:
    if not kept:
        kept = Kept.objects.get_or_create(id=1, defaults={"currency": settings.CURRENCY})[0].currency
    if kept != settings.CURRENCY:
        raise ImproperlyConfigured(
            f"The ledger is kept in {kept}; set PORTAL_CURRENCY to it. Sums of two currencies would be none."
        )
