"""The fast way for a large batch whose keys are new: bytes for COPY, made in one loop, a piece ahead of the database.

While the database reads one piece, a thread makes the next. The keys come last and sorted, which halves the work on
their index. Of a batch with a key that is taken, or twice in it, nothing is written here (see ``ledger``).
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from struct import Struct, pack
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation
from psycopg.types.numeric import DecimalBinaryDumper

from metering.usage import writing
from metering.usage.calls import BatchContext, ModelCall
from metering.usage.context import load_context
from metering.usage.prices import Book
from metering.usage.row import COLUMNS
from metering.usage.rows import (
    checksum,
    figures_bytes,
    in_utc,
    micros_since,
    model_bytes,
    plainly_good,
    stated,
)
from metering.usage.validation import SETTLED, late, name, wrong
from metering.usage.writing import Of, Sums

if TYPE_CHECKING:
    from hashlib import _Hash as HASH


PIECE = 10_000
TURN = 0.0002  # seconds
TAKEN_SQL = "SELECT EXISTS (SELECT FROM metering_usagekey WHERE digest = ANY (%s::uuid[]))"
KEYS_SQL = "COPY metering_usagekey (digest, at, figures) FROM STDIN (FORMAT binary)"
EVENTS_SQL = f"COPY metering_usageevent ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
# COPY's binary format: a head, lines, an end. A line is the number of its fields, then each as its length and its
# bytes; a length of -1 is NULL.
HEAD, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
NUMBER = pack(">h", len(COLUMNS))
EMPTY = pack(">i", 0)
key_line = Struct(">hi16siqii").pack
figures = Struct(">iqiiiiiiihihi?i?").pack
figures_unpriced = Struct(">iiiiiiiihihi?i?").pack
# What the calls of one task and day have in common, and what each says itself.
common = attrgetter(
    *("source", "person_id", "team_id", "agent_id", "agent_name", "task", "trigger", "provider", "model")
)
own = attrgetter(
    *("at", "key", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost_micros"),
    *("turn", "tool_calls", "changes", "failed", "retried"),
)
decimal = DecimalBinaryDumper(Decimal).dump
by_person = attrgetter("person_id")  # neighbours in the index, which is a third of the work


@dataclass(slots=True)
class _Alike:
    """What calls of one task and day have in common, as it is copied."""

    provider: str
    model: str
    whose: bytes
    who: tuple[int, int, int | None]
    name: str
    digest: "HASH"  # begun with the source
    texts: bytes
    sums: list[Any]
    priced_by: str = ""
    rate: Decimal | None = None
    price: bytes = b""


@dataclass(slots=True)
class Bulk:
    """What a batch comes to, filled piece by piece. ``keys``: a line for each event that is written."""

    late: int = 0
    refused: list[tuple[ModelCall, str]] = field(default_factory=list)
    sums: Sums = field(default_factory=dict)
    months: set[date] = field(default_factory=set)
    keys: list[bytes] = field(default_factory=list)
    alike: dict[tuple[Any, ...], _Alike] = field(default_factory=dict)


def write(calls: Sequence[ModelCall], now: datetime) -> Bulk | None:
    """Write a batch, but for what is refused. None, and nothing is written, where a key of it is taken."""
    bulk = Bulk()
    pieces = (calls[at : at + PIECE] for at in range(0, len(calls), PIECE))
    try:
        with transaction.atomic(), ThreadPoolExecutor(1) as ahead, _in_turns():
            context, book = load_context(calls, now)
            if _taken(calls, context):
                return None
            copy(ahead.map(lambda piece: lines(piece, context, book, bulk), pieces), bulk)
    except (psycopg.Error, DatabaseError) as error:
        if isinstance(error.__cause__ or error, (UniqueViolation, DeadlockDetected)):
            return None
        raise
    return bulk


def copy(pieces: Iterable[bytearray], bulk: Bulk) -> None:
    """Write the lines of events as they come, then the keys and the days' sums that making them left in ``bulk``."""
    made = set[date]()
    with connection.cursor() as cursor:
        for events in pieces:
            if months := bulk.months - made:
                writing.make_months(months)
                made |= months
            with cursor.copy(EVENTS_SQL) as into:
                into.write(events)
        with cursor.copy(KEYS_SQL) as into:
            into.write(b"".join((HEAD, *sorted(bulk.keys), END)))
    writing.add_up(bulk.sums)


def _taken(calls: Sequence[ModelCall], context: BatchContext) -> bool:
    """Is the first or the last key in the ledger? So it is where a batch is sent again: better known at once."""
    ends = [
        writing.digest(call.source, call.key).hex()
        for call in (calls[0], calls[-1])
        if not wrong(call, context)
    ]
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_SQL, [ends])
        return bool(cursor.fetchone()[0])


@contextmanager
def _in_turns() -> Iterator[None]:
    """Threads give way after 0.2 ms instead of 5, so that the one that feeds the database gets its turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def lines(calls: Sequence[ModelCall], context: BatchContext, book: Book, bulk: Bulk) -> bytearray:
    """The lines of events; keys, counts and sums go into ``bulk``."""
    events = bytearray(HEAD)
    keys, known, settled = bulk.keys, bulk.alike, context.now - SETTLED
    for call in sorted(calls, key=by_person):
        of = common(call)
        at, key, read, cached, written, output, cost, turn, tool_calls, changes, failed, retried = own(call)
        alike = known.get((of, at.date()))
        if alike is None or not plainly_good(call, context):
            if reason := wrong(call, context):
                bulk.refused.append((call, reason))
                continue
            at = in_utc(call)
            day = at.date()
            alike = known.get((of, day)) or known.setdefault((of, day), _alike(call, day, book, bulk))
        if cost is None:
            micros, priced_by, rate = book.cost(
                alike.provider, alike.model, at, read, cached, written, output
            )
        else:
            micros, priced_by, rate = stated(call)
        moment = micros_since(at)
        if priced_by is not alike.priced_by or rate is not alike.rate:
            alike.priced_by, alike.rate = priced_by, rate
            alike.price = _field(bytes(decimal(rate) or b"")) + _texts(priced_by)
        utf8 = key.encode()
        hashed = alike.digest.copy()
        hashed.update(utf8)
        line = figures_bytes(moment, *alike.who, read, cached, written, output)
        keys.append(key_line(3, 16, hashed.digest()[:16], 8, moment, 4, checksum(line, alike.whose, cost)))
        note = EMPTY
        if at < settled:
            bulk.late += 1
            note = _texts(late(at, context))
        more = (4, turn, 4, tool_calls, 4, changes, 2, 1, 2, micros is None, 1, failed, 1, retried)
        counted = figures_unpriced(-1, *more) if micros is None else figures(8, micros, *more)
        size = pack(">i", len(utf8))
        events += b"".join((NUMBER, line, counted, alike.texts, alike.price, note, size, utf8))
        sums = alike.sums
        sums[0] = alike.name
        sums[1] += 1
        sums[2] += read
        sums[3] += cached
        sums[4] += written
        sums[5] += output
        if micros is None:
            sums[7] += 1
        else:
            sums[6] += micros
    events += END
    return events


def _alike(call: ModelCall, day: date, book: Book, bulk: Bulk) -> _Alike:
    called = name(call.agent_name)
    texts = (called, call.source, call.task, call.trigger, call.provider, call.model)
    of: Of = (day, call.person_id, call.team_id, call.agent_id or 0, call.provider, call.model)
    bulk.months.add(day.replace(day=1))
    return _Alike(
        provider=call.provider,
        model=call.model,
        whose=model_bytes(call),
        who=(call.person_id, call.team_id, call.agent_id),
        name=called,
        digest=writing.digest_begun(call.source),
        texts=_texts(*texts, book.currency, "call", ""),
        sums=bulk.sums.setdefault(of, ["", 0, 0, 0, 0, 0, 0, 0]),
    )


def _texts(*texts: str) -> bytes:
    return b"".join(_field(text.encode()) for text in texts)


def _field(value: bytes) -> bytes:
    return pack(">i", len(value)) + value
