"""Rows are put in again as they were: those of a database just migrated, and those that most tests begin with.

The portal's verbs make the cast with some 150 statements; a copy of its rows goes in with one. After a test that
commits the tables are emptied row by row, for few have any, and get back what migrations left in them.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from portal.audit.models import Entry
from tests.roles import superuser, unguarded

T = TypeVar("T")
# Generated columns generate themselves; a partition's rows are its table's.
COLUMNS = """
    SELECT relname, array_agg(attname::text ORDER BY attnum) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname <> 'django_migrations' AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY relname ORDER BY relname
"""
# The database gives each entry its number, time and digest.
ITS_OWN = {Entry._meta.db_table: {"id", "at", "digest"}}


@dataclass(frozen=True)
class Rows:
    table: str
    columns: list[str]
    values: dict[str, list[Any]]  # by where they lie: a row that is written lies elsewhere

    def without(self, others: "Rows") -> "Rows":
        new = {place: row for place, row in self.values.items() if place not in others.values}
        return Rows(self.table, self.columns, new)


def every() -> list[Rows]:
    """All rows of the portal's tables."""
    found = []
    with superuser(), connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns in cursor.fetchall():
            kept = [column for column in columns if column not in ITS_OWN.get(table, ())]
            cursor.execute(
                f"SELECT tableoid::text || ctid, {', '.join(map(_quoted, kept))} FROM {_quoted(table)}"
            )
            found.append(Rows(table, kept, {place: row for place, *row in cursor}))
    return found


def put_in(every: Iterable[Rows], later: timedelta = timedelta()) -> None:
    """With one statement. Times move on by ``later``."""
    inserts, values = [], []
    for rows in every:
        holes = f"({', '.join(['%s'] * len(rows.columns))})"
        columns = ", ".join(map(_quoted, rows.columns))
        inserts.append(
            f"INSERT INTO {_quoted(rows.table)} ({columns}) VALUES {', '.join([holes] * len(rows.values))}"
        )
        values += [_moved(value, later) for row in rows.values.values() for value in row]
    if inserts:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("; ".join(inserts), values)


class Copies(Generic[T]):
    """What ``make`` puts beside the rows ``given``: rows in a tuple or a dataclass. Nothing of its one call stays."""

    def __init__(self, make: Callable[..., T], *given: Any) -> None:
        with transaction.atomic():
            before, self.given = every(), deepcopy(given)
            self.made, self.at = make(*self.given), timezone.now()
            new = (rows.without(old) for rows, old in zip(every(), before, strict=True))
            self.rows = [rows for rows in new if rows.values]
            transaction.set_rollback(True)

    def one(self, *given: Any) -> T:
        later = timezone.now() - self.at
        put_in(self.rows, later)
        # A row that was given is the one that this test has.
        olds, ours = (list(chain.from_iterable(map(_rows, rows))) for rows in (self.given, given))
        copy = deepcopy(self.made, {id(old): row for old, row in zip(olds, ours, strict=True)})
        for row in _rows(copy):
            for column in row._meta.concrete_fields:
                setattr(row, column.attname, _moved(getattr(row, column.attname), later))
        return copy


class Emptied:
    """A database just migrated, made that again after tests that really commit."""

    def __init__(self) -> None:
        found = every()
        self.empty = "; ".join(f"DELETE FROM {_quoted(rows.table)}" for rows in found)
        self.first = [rows for rows in found if rows.values]

    def again(self) -> None:
        with unguarded(), connection.cursor() as cursor:
            cursor.execute(self.empty)
            put_in(self.first)


def written() -> int | None:
    """How many rows this transaction has written; None outside of one. The same number twice: none in between."""
    if not connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def spread_numbers() -> None:
    """Each table numbers its rows from elsewhere: a row's number in another table finds nothing."""
    with superuser(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(oid::regclass, 1000 * row_number() OVER (ORDER BY relname)) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
        )


def _rows(thing: Any) -> list[models.Model]:
    return [getattr(thing, field.name) for field in fields(thing)] if is_dataclass(thing) else list(thing)


def _moved(value: Any, later: timedelta) -> Any:
    return value + later if isinstance(value, datetime) else value


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
