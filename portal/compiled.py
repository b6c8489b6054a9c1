"""Queries of every page: their SQL is built once, for a stand-in whose number and moment are replaced."""

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from portal.people.models import Person

Build = Callable[..., "QuerySet[Any, Any]"]
Sql = tuple[str, list[Any]]
NUMBER = -7_305_118_220_416  # no person's
MOMENT = datetime(2, 2, 2, 2, 2, 2, tzinfo=UTC)  # nothing of ours was then


class Compiled:
    """One query. ``build(person, now, *more)`` may only put person and moment into it as they are.

    ``for_all``: it is the same for everybody, and says so; else one that forgets the person is refused.
    """

    def __init__(self, build: Build, *, for_all: bool = False) -> None:
        self._build = build
        self._for_all = for_all
        self._made: dict[tuple[Hashable, ...], tuple[str, tuple[Any, ...]]] = {}

    def rows(self, person: Person, *more: Hashable) -> list[tuple[Any, ...]]:
        """As ``values_list`` answers, for fields that need no conversion."""
        now = timezone.now()
        if not person.is_active:
            return list(self._build(person, now, *more))
        with connection.cursor() as cursor:
            cursor.execute(*self.filled(person, now, *more))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def filled(self, person: Person, now: datetime, *more: Hashable) -> Sql:
        """The statement and its values."""
        if not person.is_active:  # the stand-in is, and for others the query may be another
            sql, params = self._build(person, now, *more).query.sql_with_params()
            return sql, list(params)
        if more not in self._made:
            made = self._build(Person(pk=NUMBER), MOMENT, *more).query.sql_with_params()
            if NUMBER not in made[1] and not self._for_all:
                raise ValueError("What does not depend on the person is no query of theirs.")
            if any(isinstance(param, datetime) and param != MOMENT for param in made[1]):
                raise ValueError(
                    "A moment that is worked out here would be the same for ever: let PostgreSQL do it."
                )
            self._made[more] = made
        sql, params = self._made[more]
        return sql, [_real(param, person, now) for param in params]


class Counts:
    """How many rows several queries have, in one statement; last those that are ``for_all``."""

    def __init__(self, *builds: Build, for_all: Sequence[Build] = ()) -> None:
        self._builds = (*builds, *for_all)
        self._each = [
            Compiled(
                lambda person, now, build=build: build(person, now).order_by().values("pk"),
                for_all=build in for_all,
            )
            for build in self._builds
        ]

    def of(self, person: Person) -> list[int]:
        now = timezone.now()
        if not person.is_active:
            return [build(person, now).count() for build in self._builds]
        made = [query.filled(person, now) for query in self._each]
        counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS counted)" for sql, _ in made)  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts}", [param for _, params in made for param in params])
            return list(cursor.fetchone() or ())


def _real(param: Any, person: Person, now: datetime) -> Any:
    if param == NUMBER:
        return person.pk
    return now if param == MOMENT else param
