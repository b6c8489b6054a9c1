"""The fast way for a large batch whose keys are new: lines for COPY, made in one loop, a piece ahead of the database.

While the database reads one piece, a thread makes the next; it touches nothing but what it is given. A batch with a
key that is taken, or that stands in it twice, is left to the ordinary way (see ``ledger``): nothing of it is written.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

import psycopg
from django.db import DatabaseError, connection, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

from metering.usage import writing
from metering.usage.bounds import SETTLED, Frame, late, name, wrong
from metering.usage.prices import ONE, Book
from metering.usage.rows import checksum, cost, in_utc, plainly_good, said
from metering.usage.writing import Of, Sums, digest

if TYPE_CHECKING:
    from metering.usage.ledger import ModelCall

PIECE = 10_000
KEYS_SQL = "COPY metering_usagekey (digest, at, figures) FROM STDIN"
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
        with transaction.atomic(), connection.cursor() as cursor, ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(_piece, pieces[0], frame, book, bulk)
            for n in range(len(pieces)):
                keys, events = coming.result()
                months = bulk.months - made
                if n + 1 < len(pieces):
                    coming = ahead.submit(_piece, pieces[n + 1], frame, book, bulk)
                if months:
                    writing.make_months(months)
                    made |= months
                for sql, lines in ((KEYS_SQL, keys), (writing.COPY_SQL, events)):
                    with cursor.copy(sql) as copy:
                        copy.write(lines)
            writing.add_up(bulk.sums)
    except (psycopg.Error, DatabaseError) as error:
        if isinstance(error.__cause__ or error, (UniqueViolation, DeadlockDetected)):
            return None
        raise
    return bulk


def _piece(calls: "Sequence[ModelCall]", frame: Frame, book: Book, bulk: Bulk) -> tuple[str, str]:
    """The lines of keys and of events; counts and sums go into ``bulk``."""
    keys: list[str] = []
    events: list[str] = []
    texts: dict[tuple[str, ...], tuple[str, str]] = {}  # what was looked at, as CSV
    tasks: dict[str, str] = {}
    lists: dict[str, str] = {}
    names: dict[str, tuple[str, str]] = {}
    sums, settled, notes = bulk.sums, frame.now - SETTLED, 0
    for call in sorted(calls, key=by_person):
        words = (call.source, call.trigger, call.provider, call.model)
        if words not in texts or call.task not in tasks or not plainly_good(call, frame):
            if reason := wrong(call, frame):
                bulk.refused.append((call, reason))
                continue
            texts[words] = _quoted(call.source), _quoted(call.trigger, call.provider, call.model)
            tasks[call.task] = _quoted(call.task)
        if call.agent_name not in names:
            agent = name(call.agent_name)
            names[call.agent_name] = agent, _quoted(agent)
        agent, quoted = names[call.agent_name]
        at = in_utc(call)
        day, moment = at.date(), str(at)
        note = late(at, frame) if at < settled else ""
        micros, priced_by, rate = cost(call, at, book)
        unpriced = 1 if micros is None else 0
        if note:
            notes += 1
        figures = said(call, moment)
        keys.append(f"{digest(call.source, call.key)}\t{moment}\t{checksum(figures, call.model)}\n")
        key = call.key if '"' not in call.key else call.key.replace('"', '""')
        if priced_by not in lists:
            lists[priced_by] = _quoted(priced_by, book.currency)
        events.append(
            f"{figures},{micros},{call.turn},{call.tool_calls},{call.changes},1,{unpriced},{call.failed},"
            f'{call.retried},{1 if rate is ONE else rate},{texts[words][0]},"{key}",{quoted},{tasks[call.task]},'
            f'{texts[words][1]},{lists[priced_by]},"call","","{note}"\n'
        )
        of: Of = (day, call.person_id, call.team_id, call.agent_id or 0, call.provider, call.model)
        total = sums.get(of)
        if total is None:
            total = sums[of] = ["", 0, 0, 0, 0, 0, 0, 0]
            bulk.months.add(day.replace(day=1))
        total[0] = agent
        total[1] += 1
        total[2] += call.input_tokens
        total[3] += call.cache_read_tokens
        total[4] += call.cache_write_tokens
        total[5] += call.output_tokens
        total[6] += micros or 0
        total[7] += unpriced
    bulk.written += len(events)
    bulk.late += notes
    return "".join(sorted(keys)), "".join(events)


def _quoted(*texts: str) -> str:
    """As CSV; a quotation mark inside is doubled."""
    line = '","'.join(texts)
    if line.count('"') > 2 * (len(texts) - 1):
        line = '","'.join(text.replace('"', '""') for text in texts)
    return f'"{line}"'
