"""The fast way for a large batch whose keys are new: bytes for COPY, made in one loop, a piece ahead of the database.

While the database reads one piece, a thread makes the next; it touches nothing but what it is given. A batch with a
key that is taken, or that stands in it twice, is left to the ordinary way (see ``ledger``): nothing of it is written.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter
from struct import Struct, pack
from typing import TYPE_CHECKING

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation
from psycopg.types.numeric import DecimalBinaryDumper

from metering.usage import writing
from metering.usage.bounds import SETTLED, Frame, late, name, wrong
from metering.usage.prices import ONE, Book
from metering.usage.rows import checksum, cost, in_utc, micros_since, plainly_good, said
from metering.usage.writing import Of, Sums, digest

if TYPE_CHECKING:
    from metering.usage.ledger import ModelCall

PIECE = 10_000
TURN = 0.0002  # seconds
KEYS_SQL = "COPY metering_usagekey (digest, at, figures) FROM STDIN (FORMAT binary)"
COPIED = (
    *("at", "person_id", "team_id", "agent_id"),
    *("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"),
    *("cost_micros", "turn", "tool_calls", "changes", "requests", "unpriced", "failed", "retried"),
    *(
        "rate",
        "priced_by",
        "agent_name",
        "source",
        "trigger",
        "provider",
        "model",
        "currency",
        "kind",
        "corrects",
    ),
    *("task", "note", "key"),
)
EVENTS_SQL = f"COPY metering_usageevent ({', '.join(COPIED)}) FROM STDIN (FORMAT binary)"
# COPY's binary format: a head, lines, an end. A line is the number of its fields, then each as its length and its
# bytes; a length of -1 is NULL.
HEAD, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
NUMBER = pack(">h", len(COPIED))
key_line = Struct(">hi16siqii").pack
figures = Struct(">iqiiiiiiihihi?i?").pack
figures_unpriced = Struct(">iiiiiiiihihi?i?").pack
ask = attrgetter(
    *(
        "source",
        "trigger",
        "provider",
        "model",
        "key",
        "at",
        "person_id",
        "team_id",
        "agent_id",
        "agent_name",
        "task",
    ),
    *("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"),
)
ask_more = attrgetter("turn", "tool_calls", "changes", "failed", "retried")
decimal = DecimalBinaryDumper(Decimal).dump
by_person = attrgetter("person_id")  # neighbours in the index, which is a third of the work


@dataclass(slots=True)
class Bulk:
    """What a batch comes to, filled piece by piece."""

    written: int = 0
    late: int = 0
    refused: "list[tuple[ModelCall, str]]" = field(default_factory=list)
    sums: Sums = field(default_factory=dict)
    months: set[date] = field(default_factory=set)


def write(calls: "Sequence[ModelCall]", frame: Frame, book: Book) -> Bulk | None:
    """Write a batch, but for what is refused. None, and nothing is written, where a key of it is taken."""
    bulk, made = Bulk(), set[date]()
    pieces = [calls[at : at + PIECE] for at in range(0, len(calls), PIECE)]
    try:
        with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(1) as ahead, _in_turns():
            coming = ahead.submit(_piece, pieces[0], frame, book, bulk)
            for n in range(len(pieces)):
                keys, events = coming.result()
                months = bulk.months - made
                if n + 1 < len(pieces):
                    coming = ahead.submit(_piece, pieces[n + 1], frame, book, bulk)
                if months:
                    writing.make_months(months)
                    made |= months
                for sql, lines in ((KEYS_SQL, keys), (EVENTS_SQL, events)):
                    with cursor.copy(sql) as copy:
                        copy.write(lines)
            writing.add_up(bulk.sums)
    except (psycopg.Error, DatabaseError) as error:
        if isinstance(error.__cause__ or error, (UniqueViolation, DeadlockDetected)):
            return None
        raise
    return bulk


@contextmanager
def _in_turns() -> Iterator[None]:
    """Threads of this process give way after a fifth of a millisecond: by itself Python lets one that makes lines run
    for five before the one that only feeds the database gets its turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _piece(calls: "Sequence[ModelCall]", frame: Frame, book: Book, bulk: Bulk) -> tuple[bytes, bytes]:
    """The lines of keys and of events; counts and sums go into ``bulk``."""
    keys: list[bytes] = []
    events: list[bytes] = []
    texts: dict[tuple[str, ...], bytes] = {}  # what was looked at, as it is copied
    tasks: dict[str, bytes] = {}
    names: dict[str, tuple[str, bytes]] = {}
    lists: dict[tuple[str, Decimal], bytes] = {}
    ones: dict[str, bytes] = {}  # those at the rate of one, which are most
    sums, settled, notes, empty = bulk.sums, frame.now - SETTLED, 0, _texts("")
    for call in sorted(calls, key=by_person):
        source, trigger, provider, model, key, at, person, team, agent, agent_name, task, *tokens = ask(call)
        words = (source, trigger, provider, model)
        if words not in texts or not plainly_good(call, frame):
            if reason := wrong(call, frame):
                bulk.refused.append((call, reason))
                continue
            texts[words] = _texts(source, trigger, provider, model, book.currency, "call", "")
            at = in_utc(call)
        if task not in tasks:
            tasks[task] = _field(task.encode())
        if agent_name not in names:
            called = name(agent_name)
            names[agent_name] = called, _texts(called)
        called, name_copied = names[agent_name]
        moment = micros_since(at)
        micros, priced_by, rate = cost(call, at, book)
        price = ones.get(priced_by) if rate is ONE else lists.get((priced_by, rate))
        if price is None:
            price = lists[priced_by, rate] = _field(bytes(decimal(rate) or b"")) + _texts(priced_by)
            if rate is ONE:
                ones[priced_by] = price
        line = said(moment, person, team, agent, *tokens)
        keys.append(key_line(3, 16, digest(source, key), 8, moment, 4, checksum(line, model)))
        turn, tool_calls, changes, failed, retried = ask_more(call)
        rest = (4, turn, 4, tool_calls, 4, changes, 2, 1, 2, micros is None, 1, failed, 1, retried)
        note = empty
        if at < settled:
            notes += 1
            note = _texts(late(at, frame))
        utf8 = key.encode()
        events += (
            NUMBER,
            line,
            figures_unpriced(-1, *rest) if micros is None else figures(8, micros, *rest),
            price,
            name_copied,
            texts[words],
            tasks[task],
            note,
            pack(">i", len(utf8)),
            utf8,
        )
        of: Of = (at.date(), person, team, agent or 0, provider, model)
        total = sums.get(of)
        if total is None:
            total = sums[of] = ["", 0, 0, 0, 0, 0, 0, 0]
            bulk.months.add(of[0].replace(day=1))
        total[0] = called
        total[1] += 1
        total[2] += tokens[0]
        total[3] += tokens[1]
        total[4] += tokens[2]
        total[5] += tokens[3]
        if micros is None:
            total[7] += 1
        else:
            total[6] += micros
    bulk.written += len(keys)
    bulk.late += notes
    return b"".join((HEAD, *sorted(keys), END)), b"".join((HEAD, *events, END))


def _texts(*texts: str) -> bytes:
    return b"".join(_field(text.encode()) for text in texts)


def _field(value: bytes) -> bytes:
    return pack(">i", len(value)) + value
