"""How rows get into the ledger: keys first, then events, then the days' sums, in one transaction.

Few events go in one statement (the function ``metering_record``), many by COPY, very many by ``bulk``. Keys and days
are always locked in the same order, so that no two writers deadlock.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from metering.usage.row import COLUMNS, Row
from portal import prepared

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

P = ParamSpec("P")
R = TypeVar("R")

FEW = 64  # up to here one statement is faster than several and a COPY
TRIES = 3

KEYS_SQL = """
    WITH given AS (
        SELECT * FROM unnest(%s::uuid[], %s::timestamptz[], %s::integer[]) WITH ORDINALITY
            AS keys (digest, at, figures, n)
    ), fresh AS (
        INSERT INTO metering_usagekey (digest, at, figures)
        SELECT digest, at, figures FROM given ORDER BY digest ON CONFLICT DO NOTHING RETURNING digest
    )
    SELECT n - 1 FROM given WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.digest = given.digest)
"""
DIFFERING_SQL = """
    SELECT n - 1 FROM unnest(%s::uuid[], %s::integer[]) WITH ORDINALITY AS given (digest, figures, n)
    JOIN metering_usagekey AS taken USING (digest) WHERE taken.figures <> given.figures
"""
RECORD_SQL = """
    SELECT replace(metering_record(%(rows)s::json, %(months)s::date[], %(prices)s::uuid,
        %(people)s::bigint[], %(teams)s::bigint[])::text, '-', '')
"""
# Who looks at prices or writes by them has this lock, shared, until its transaction is over (``sql/look.sql``).
WAIT_SQL = (
    "SELECT pg_advisory_lock(hashtext('metering_write')), pg_advisory_unlock(hashtext('metering_write'))"
)
MONTHS_SQL = "SELECT metering_make_partition(month) FROM unnest(%s::date[]) AS month"


# As CSV with every text in quotes, so that Python's None is NULL and a text of the same letters is a text.
COPY_SQL = f"COPY metering_usageevent ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv, NULL 'None')"
TEXTS = COLUMNS.index("agent_name")
LINE = ",".join(["%s"] * TEXTS + ['"%s"'] * (len(COLUMNS) - TEXTS)) + "\n"
QUOTES = LINE.count('"')
# A day's sums by what they are of, with the agent's name last seen and the counts of ``rollups.models.SUMS``.
Of = tuple[date, int, int, int, str, str]  # day, person, team, agent (0: none), provider, model
Sums = dict[Of, list[Any]]
ADD_UP_SQL = "SELECT metering_add_up(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def digest(source: str, key: str) -> bytes:
    """What stands for (source, key): half of a SHA-256. No source has the character between them."""
    whole = digest_begun(source).copy()
    whole.update(key.encode())
    return whole.digest()[:16]


@lru_cache(maxsize=256)
def digest_begun(source: str) -> "HASH":
    """The same with the source only: a copy of it and a key to add cost half of a new one."""
    return sha256(f"{source}\x1f".encode())


def again(write: Callable[P, R]) -> Callable[P, R]:
    """Try anew after a deadlock, where the transaction is all ours: nothing of it has happened then."""

    @wraps(write)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return write(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return write(*args, **kwargs)

    return wrapper


@again
def write(rows: Sequence[Row]) -> set[int]:
    """Write those whose key is new; returns the positions of the others. No key stands in ``rows`` twice."""
    if not rows:
        return set()
    if len(rows) <= FEW:
        return _at_once(rows, None) or set()
    sums: Sums = {}
    with transaction.atomic():
        known = put(rows, sums)
        add_up(sums)
    return known


def put(rows: Sequence[Row], sums: Sums) -> set[int]:
    """``write`` without the days, which go into ``sums``: writers in several parts add them up at the end, in order."""
    with connection.cursor() as cursor:
        make_months({row.at.date().replace(day=1) for row in rows})
        given = [_array(row.digest for row in rows), _array(f'"{row.at}"' for row in rows)]
        cursor.execute(KEYS_SQL, [*given, _array(str(row.figures) for row in rows)])
        known = {position for (position,) in cursor}
        fresh = [row for n, row in enumerate(rows) if n not in known] if known else rows
        with cursor.copy(COPY_SQL) as copy:
            copy.write("".join(map(_line, fresh)))
    _count(fresh, sums)
    return known


@again
def write_if(rows: Sequence[Row], prices: UUID) -> set[int] | None:
    """``write`` for at most FEW rows that were made without a look. None, and nothing is written, where the ledger goes
    by other prices than ``prices`` meanwhile, or one of the people or teams is missing."""
    return _at_once(rows, prices) if rows else set()


def wait() -> None:
    """Wait for all who write by earlier prices now. Who begins later sees today's prices, and need not wait."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT_SQL)


def add_up(sums: Sums) -> None:
    """Add to what the days come to."""
    if not sums:
        return
    days, people, teams, agents, providers, models = zip(*sums, strict=True)
    names, *counts = zip(*sums.values(), strict=True)
    given: list[Any] = [_array(map(str, column)) for column in (days, people, teams, agents)]
    given += [list(names), list(providers), list(models), *(_array(map(str, column)) for column in counts)]
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP_SQL, given)


def make_months(days: Iterable[date]) -> None:
    """Partitions for these first days of months, where they are missing."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS_SQL, [list(days)])


def differing(rows: Sequence[Row]) -> list[int]:
    """Positions of the rows whose source said something else when their key was taken."""
    given = [_array(row.digest for row in rows), _array(str(row.figures) for row in rows)]
    with connection.cursor() as cursor:
        cursor.execute(DIFFERING_SQL, given)
        return [position for (position,) in cursor]


def _at_once(rows: Sequence[Row], prices: UUID | None) -> set[int] | None:
    """One statement: outside of a transaction it is one of its own, and durable when it returns."""
    given = json.dumps([row._asdict() for row in rows], default=str)
    months = _array({str(row.at.date().replace(day=1)) for row in rows})
    people, teams = ({str(getattr(row, name)) for row in rows} for name in ("person_id", "team_id"))
    named = {
        "rows": given,
        "months": months,
        "prices": prices,
        "people": _array(people),
        "teams": _array(teams),
    }
    taken = {name for (name,) in prepared.execute(RECORD_SQL, named)}
    if None in taken:
        return None
    return {n for n, row in enumerate(rows) if row.digest in taken} if taken else taken


def _array(items: Iterable[str]) -> str:
    return f"{{{','.join(items)}}}"


def _line(row: Row) -> str:
    values: tuple[Any, ...] = row[2:]
    line = LINE % values
    if line.count('"') == QUOTES:
        return line
    return LINE % (*values[:TEXTS], *(str(text).replace('"', '""') for text in values[TEXTS:]))


def _count(rows: Iterable[Row], sums: Sums) -> None:
    """What ``rows`` add to each day."""
    for row in rows:
        key = (row.at.date(), row.person_id, row.team_id, row.agent_id or 0, row.provider, row.model)
        day = sums.get(key)
        if day is None:
            day = sums[key] = ["", 0, 0, 0, 0, 0, 0, 0]
        day[0] = row.agent_name
        day[1] += row.requests
        day[2] += row.input_tokens
        day[3] += row.cache_read_tokens
        day[4] += row.cache_write_tokens
        day[5] += row.output_tokens
        day[6] += row.cost_micros or 0
        day[7] += row.unpriced
