"""What the portal needs, looked at one by one. What is wrong is said in fixed words: no address, no name, no secret."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max

from portal import broker, plugins
from portal.clock.models import Tick
from portal.sessions import database_now

log = logging.getLogger(__name__)

STALE = 120.0  # seconds since the clock, or the sweep, was last seen
REMEMBERED = 1.0  # seconds that an answer holds: who asks without end asks the database no more often


@dataclass(frozen=True)
class Look:
    """What one look found: ``problem`` in words, or nothing, and figures."""

    problem: str = ""
    figures: dict[str, float | None] = field(default_factory=dict)


def _database() -> Look:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Look()


def _migrations() -> Look:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = _known() - set(cursor.fetchall())
    return Look(f"{len(missing)} are missing: run manage.py prepare" if missing else "")


@cache
def _known() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _broker() -> Look:
    waiting = broker.ready()
    return Look("it cannot be reached") if waiting is None else Look(figures={"messages": waiting})


def _beat() -> Look:
    return _age(Tick.objects.aggregate(at=Max("begun_at"))["at"], "no clock runs: start agent-portal-clock")


def _sweep() -> Look:
    row = Tick.objects.filter(name="sweep").first()
    return _age(row and row.done_at, "the sweep does not come to its end: see the clock's log")


def _processes() -> Look:
    """Those that apps bring: each shows in the clock's table that it lives."""
    looks = {
        name: _age(
            Tick.objects.filter(name=name).values_list("done_at", flat=True).first(),
            f"start agent-portal-{name}",
        )
        for name in plugins.processes()
    }
    problem = "; ".join(
        f"{name} does not run: {look.problem}" for name, look in looks.items() if look.problem
    )
    return Look(
        problem,
        {f"{name}_{figure}": age for name, look in looks.items() for figure, age in look.figures.items()},
    )


def _age(at: object, problem: str) -> Look:
    age = None if at is None else max(timedelta(), database_now() - at).total_seconds()  # type: ignore[operator]
    stale = age is None or age > STALE
    return Look(problem if stale else "", {"age_seconds": None if age is None else round(age, 1)})


LOOKS: dict[str, Callable[[], Look]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "beat": _beat,
    "sweep": _sweep,
    "processes": _processes,
}
_lock = threading.Lock()
_remembered: dict[str, tuple[float, Look]] = {}


def looked_at(names: Iterable[str]) -> dict[str, Look]:
    with _lock:
        return {name: _look(name) for name in names}


def forget() -> None:
    _remembered.clear()


def _look(name: str) -> Look:
    until, found = _remembered.get(name, (0.0, Look()))
    if time.monotonic() < until:
        return found
    try:
        found = LOOKS[name]()
    except Exception as error:
        log.warning("Not ready, %s: %r", name, error)
        if isinstance(error, Error):
            connection.close_if_unusable_or_obsolete()
        found = Look("it cannot be reached" if name == "database" else "it cannot be looked at")
    _remembered[name] = (time.monotonic() + REMEMBERED, found)
    return found
