"""The door of the ledger: each model call with its key and its day's sums in one transaction."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from metering.usage import bulk, writing
from metering.usage.calls import ModelCall
from metering.usage.context import assumed_context, load_context
from metering.usage.grouping import Group
from metering.usage.prices import Price
from metering.usage.refusals import Event, refuse
from metering.usage.rows import Rows, rows

log = logging.getLogger(__name__)

CHUNK = 100_000  # events in one transaction
LOGGED = 10  # lines in the log for one batch
DIFFERS = "The key is in the ledger with other figures. A change is a correction."


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch. ``late`` of those written came in after their day had settled."""

    written: int = 0
    duplicates: int = 0
    refused: int = 0
    late: int = 0

    def __add__(self, other: "Ingested") -> "Ingested":
        return Ingested(
            self.written + other.written,
            self.duplicates + other.duplicates,
            self.refused + other.refused,
            self.late + other.late,
        )


def record(call: ModelCall) -> Price | None:
    """Write one event; outside of a transaction it is durable when this returns.

    Returns its price, or None: it was written before, or is refused (see the log and UsageRefusal).
    """
    if connection.in_atomic_block or not connection.get_autocommit():
        return _record([call])[0]
    return _together(call)


def record_many(calls: Iterable[ModelCall], *, now: datetime | None = None) -> Ingested:
    """Write a batch: up to CHUNK events in one transaction, more in several. Sent again, nothing is written twice.

    ``now`` is when the batch came in, for sources that tell of another time than ours (a simulation).
    """
    total, rest = Ingested(), iter(calls)
    while chunk := list(islice(rest, CHUNK)):
        total += _many(chunk, now or timezone.now())
    return total


def _many(calls: Sequence[ModelCall], now: datetime) -> Ingested:
    if len(calls) > writing.FEW:
        made = bulk.write(calls, now)
        if made is not None:
            _refuse(made.refused, now)
            return Ingested(len(made.keys), 0, len(made.refused), made.late)
    return _ingest(calls, now)[2]


def _record(calls: Sequence[ModelCall]) -> list[Price | None]:
    """The price of each call that was written."""
    prices: list[Price | None] = [None] * len(calls)
    made, known, _ = _ingest(calls, timezone.now())
    for n, (place, row) in enumerate(zip(made.places, made.good, strict=True)):
        if n not in known:
            prices[place] = Price(row.cost_micros, row.priced_by, row.rate)
    return prices


def _ingest(calls: Sequence[ModelCall], now: datetime) -> tuple[Rows, set[int], Ingested]:
    """The rows of ``calls``, which of them were in the ledger already, and the count."""
    made, known = _assuming(calls, now) or _looking(calls, now)
    doubles = [made.good[n] for n in known] + made.doubles
    changed = [doubles[n] for n in writing.differing(doubles)] if doubles else []
    _refuse([*made.refused, *((row, DIFFERS) for row in changed)], now)
    late = sum(bool(row.note) for n, row in enumerate(made.good) if n not in known)
    written = len(made.good) - len(known)
    count = Ingested(written, len(doubles) - len(changed), len(made.refused) + len(changed), late)
    return made, known, count


def _assuming(calls: Sequence[ModelCall], now: datetime) -> tuple[Rows, set[int]] | None:
    """The rows and which of them were in the ledger already, in one round trip; None where it takes more."""
    if len(calls) > writing.FEW or not (known := assumed_context(calls, now)):
        return None
    context, basis = known
    made = rows(calls, context, basis.book)
    taken = writing.write_if(made.good, basis.prices)
    return None if taken is None else (made, taken)


@writing.again
def _looking(calls: Sequence[ModelCall], now: datetime) -> tuple[Rows, set[int]]:
    with transaction.atomic():
        made = rows(calls, *load_context(calls, now))
        return made, writing.write(made.good)


def _refuse(refused: Sequence[tuple[Event, str]], now: datetime) -> None:
    refuse(refused, now)
    for event, reason in refused[:LOGGED]:
        log.warning("The ledger refused %a of %a: %s", event.key[:80], event.source[:40], reason)
    if len(refused) > LOGGED:
        log.warning("The ledger refused %s events; manage.py refusals lists them", len(refused))


_together = Group(_record, writing.FEW)
