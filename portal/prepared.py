"""Statements of the hot path: built once in a process from the ORM's words, planned once in a database session.

The ORM needs as long to put a query together as PostgreSQL for its rows, and PostgreSQL plans anew what comes as text.
What changes from one use to the next is a stand-in while the SQL is built; all else is part of the text, so that
partial indexes fit.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int8

M = TypeVar("M", bound=Model)
Given = Mapping[str, Any]
NUMBER = 2_114_305_118  # no row's, and a number that every field takes
MOMENT = datetime(2, 2, 2, 2, 2, 2, tzinfo=UTC)  # nothing of ours was then
KINDS: dict[type, Callable[[int], Any]] = {
    int: lambda n: NUMBER - n,
    datetime: lambda n: MOMENT + timedelta(days=n),
    str: lambda n: f"[stand-in {n}]",
    dict: lambda n: {"stand-in": n},  # of a JSON column
}


class _Cursor(psycopg.Cursor[tuple[Any, ...]]):
    def _send_query_prepared(self, name: bytes, pgq: Any, *args: Any, **kwargs: Any) -> None:
        self._query = pgq  # as psycopg does for all others: Django's log of queries looks there
        super()._send_query_prepared(name, pgq, *args, **kwargs)


def cursor() -> CursorWrapper:
    """One of this thread's session. What it executes with named values (``%(task)s``) PostgreSQL plans only once."""
    session: Any = connections[DEFAULT_DB_ALIAS]
    session.close_if_health_check_failed()
    session.ensure_connection()
    session.connection.prepare_threshold = 0
    with session.wrap_database_errors:
        return cast(CursorWrapper, session._prepare_cursor(_Cursor(session.connection)))


def execute(sql: str, given: Given) -> list[tuple[Any, ...]]:
    """The rows that it returns; none of a statement that returns none."""
    with cursor() as place:
        place.execute(sql, typed(given))
        return place.fetchall() if place.description else []


class Prepared(Generic[M]):
    """``build`` gets a stand-in for each of ``kinds`` and may only put it into its query as it is."""

    def __init__(self, build: "Callable[..., QuerySet[M, Any]]", **kinds: type) -> None:
        self._build, self._kinds = build, kinds

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """As ``values_list`` answers."""
        sql, compiler, converters = self._made
        found = execute(sql, given)
        if converters:
            found = [tuple(row) for row in compiler.apply_converters(found, converters)]
        return found

    def objects(self, **given: Any) -> list[M]:
        """As the query itself answers, with ``select_related`` and annotations, without ``prefetch_related``."""
        rows = self.rows(**given)
        if not rows:
            return []
        model, names, first, last, related, more = self._shape
        found = []
        for row in rows:
            made = model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for one in related:
                one.populate(row, made)
            for name, column in more:
                setattr(made, name, row[column])
            found.append(made)
        return cast(list[M], found)

    @cached_property
    def _made(self) -> tuple[str, Any, Any]:
        stands_for = _stand_ins(self._kinds)
        compiler: Any = self._build(**stands_for).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        sql = filled(sql, params, stands_for)
        selected = [one[0] for one in compiler.select[: compiler.col_count]]
        return sql, compiler, compiler.get_converters(selected)

    @cached_property
    def _shape(self) -> tuple[Any, ...]:
        compiler = self._made[1]
        info, select = compiler.klass_info, compiler.select
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [one[0].target.attname for one in select[first:last]]
        populators: Any = get_related_populators  # its types are those of a later Django
        related = populators(info, select, DEFAULT_DB_ALIAS)
        return info["model"], names, first, last, related, list(compiler.annotation_col_map.items())


class PreparedUpdate:
    """``build`` gets the stand-ins as ``Prepared`` has them, and returns the rows and what changes in them."""

    def __init__(
        self,
        build: Callable[..., "tuple[QuerySet[Any, Any], dict[str, Any]]"],
        returning: str = "",
        **kinds: type,
    ) -> None:
        self._build, self._kinds, self._returning = build, kinds, returning

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """What ``returning`` names, of each row that it changed."""
        return execute(self._sql, given)

    def count(self, **given: Any) -> int:
        """How many rows it changed."""
        with cursor() as place:
            place.execute(self._sql, typed(given))
            return int(place.rowcount)

    @cached_property
    def _sql(self) -> str:
        stands_for = _stand_ins(self._kinds)
        rows, changes = self._build(**stands_for)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        query.annotations = {}
        sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        sql = filled(sql, params, stands_for)
        return f"{sql} RETURNING {self._returning}" if self._returning else sql


def filled(sql: str, params: Iterable[Any], stands_for: Given, *, all_of_them: bool = True) -> str:
    """``sql`` with names where stand-ins were, and with all other values in its text. Raises ValueError for a moment
    that was worked out here: it would be the same for ever."""
    names = {_key(value): f"%({name})s" for name, value in stands_for.items()}
    session = connections[DEFAULT_DB_ALIAS]
    session.ensure_connection()
    parts = []
    for param in params:
        known = names.get(_key(param.obj if isinstance(param, Jsonb) else param))
        if known is None and isinstance(param, datetime):
            raise ValueError("A moment that is worked out here would be the same for ever.")
        parts.append(known or _literal(param, session.connection))
    if all_of_them and (missing := [name for name in names.values() if name not in parts]):
        raise ValueError(f"The statement does not depend on {', '.join(missing)}.")
    return str(sql.replace("%%", "%%%%") % tuple(parts))


def _key(value: Any) -> Any:
    """Django wraps numbers in types that are equal to them."""
    return value if isinstance(value, int | datetime | str) else repr(value)


def _literal(value: Any, session: Any) -> str:
    return psycopg.sql.Literal(value).as_string(session).replace("%", "%%")


def _stand_ins(kinds: Mapping[str, type]) -> dict[str, Any]:
    numbers = count(1)
    return {name: KINDS[kind](next(numbers)) for name, kind in kinds.items()}


def typed(given: Given) -> dict[str, Any]:
    """One type for all whole numbers: a statement is planned for the types of its values."""
    return {name: _typed(value) for name, value in given.items()}


def _typed(value: Any) -> Any:
    if type(value) is int:
        return Int8(value)
    return Jsonb(value) if isinstance(value, dict) else value
