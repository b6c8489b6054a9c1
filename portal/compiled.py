"""Queries of every page: built once, for a stand-in whose number and moment are replaced; planned once in a session."""

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from portal import prepared
from portal.people.models import Person

Build = Callable[..., "QuerySet[Any, Any]"]
Sql = tuple[str, list[Any]]
NUMBER = -7_305_118_220_416  # no person's
MOMENT = datetime(2, 2, 2, 2, 2, 2, tzinfo=UTC)  # nothing of ours was then
STAND_INS = {"person": NUMBER, "now": MOMENT}


class Compiled:
    """One query. ``build(person, now, *more)`` may only put person and moment into it as they are.

    ``for_all``: it is the same for everybody, and says so; else one that forgets the person is refused.
    """

    def __init__(self, build: Build, *, for_all: bool = False) -> None:
        self._build = build
        self._for_all = for_all
        self._made: dict[tuple[Hashable, ...], tuple[str, tuple[Any, ...]]] = {}
        self._named: dict[tuple[Hashable, ...], str] = {}

    def rows(self, person: Person, *more: Hashable) -> list[tuple[Any, ...]]:
        """As ``values_list`` answers, for fields that need no conversion."""
        now = timezone.now()
        if not person.is_active:
            return list(self._build(person, now, *more))
        return prepared.execute(self.named(*more), {"person": person.pk, "now": now})

    def filled(self, person: Person, now: datetime, *more: Hashable) -> Sql:
        """The statement and its values: for a part of another one."""
        if not person.is_active:  # the stand-in is, and for others the query may be another
            sql, params = self._build(person, now, *more).query.sql_with_params()
            return sql, list(params)
        sql, params = self._sql(*more)
        return sql, [_real(param, person, now) for param in params]

    def named(self, *more: Hashable) -> str:
        """The statement with ``%(person)s`` and ``%(now)s``, and all other values in its text."""
        if more not in self._named:
            sql, params = self._sql(*more)
            self._named[more] = prepared.filled(sql, params, STAND_INS, all_of_them=False)
        return self._named[more]

    def _sql(self, *more: Hashable) -> tuple[str, tuple[Any, ...]]:
        if more not in self._made:
            made = self._build(Person(pk=NUMBER), MOMENT, *more).query.sql_with_params()
            if NUMBER not in made[1] and not self._for_all:
                raise ValueError("What does not depend on the person is no query of theirs.")
            if any(isinstance(param, datetime) and param != MOMENT for param in made[1]):
                raise ValueError(
                    "A moment that is worked out here would be the same for ever: let PostgreSQL do it."
                )
            self._made[more] = made
        return self._made[more]


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
        counts = ", ".join(f"(SELECT count(*) FROM ({query.named()}) AS counted)" for query in self._each)  # noqa: S608
        (found,) = prepared.execute(f"SELECT {counts}", {"person": person.pk, "now": now})
        return list(found)


def _real(param: Any, person: Person, now: datetime) -> Any:
    if param == NUMBER:
        return person.pk
    return now if param == MOMENT else param
