"""The faults: each is done to a house, with choices of its own. What takes the database away lasts until it returns."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg
from django.conf import settings
from django.db import connection

from tests import fixtures
from tests.agents.queues import forget
from tests.faults.house import House

Fault = Callable[[House, random.Random], object]
LONGEST_CUT, FROZEN = 12.0, 25.0  # seconds; longer than a claim of who stands still is kept


def a_pool_process(house: House, chance: random.Random) -> None:
    """``kill -9`` of one process of a pool."""
    children = [child for one in house.workers for child in one.family()[1:]]
    _kill(chance.choice(children) if children else None)


def the_biggest_process(house: House, chance: random.Random) -> None:
    """What the kernel does when memory is out."""
    family = [process for one in house.workers for process in one.family()]
    with suppress(psutil.NoSuchProcess, ValueError):
        _kill(max(family, key=lambda process: process.memory_info().rss))


def a_worker(house: House, chance: random.Random) -> None:
    chance.choice(house.workers).kill()


def a_workers_parent(house: House, chance: random.Random) -> None:
    """Its pool's processes are left behind, in the middle of their tasks."""
    _kill(next(iter(chance.choice(house.workers).family()), None))


def all_workers(house: House, chance: random.Random) -> None:
    for one in house.workers:
        one.kill()


def everything(house: House, chance: random.Random) -> None:
    for one in house.services:
        one.kill()


def a_clock(house: House, chance: random.Random) -> None:
    chance.choice(house.clocks).kill()


def a_worker_stands_still(house: House, chance: random.Random) -> None:
    house.freeze(chance.choice(house.workers), chance.uniform(0.2, FROZEN))


def a_clock_stands_still(house: House, chance: random.Random) -> None:
    house.freeze(chance.choice(house.clocks), chance.uniform(0.2, FROZEN))


def a_worker_is_told_to_stop(house: House, chance: random.Random) -> None:
    one = chance.choice(house.workers)
    if one.process is not None:
        one.process.send_signal(signal.SIGTERM)


def one_session(house: House, chance: random.Random) -> None:
    with _admin() as admin:
        pids = [pid for (pid,) in admin.execute(SESSIONS, [settings.DATABASE_ROLE]).fetchall()]
        if pids:
            admin.execute("SELECT pg_terminate_backend(%s)", [chance.choice(pids)])


def all_sessions(house: House, chance: random.Random) -> None:
    with _admin() as admin:
        admin.execute(
            f"SELECT pg_terminate_backend(pid) FROM ({SESSIONS}) AS found", [settings.DATABASE_ROLE]
        )


def one_backend_killed(house: House, chance: random.Random) -> None:
    """``kill -9``: PostgreSQL ends all others too, and starts itself again."""
    with _admin() as admin:
        pids = [pid for (pid,) in admin.execute(SESSIONS, [settings.DATABASE_ROLE]).fetchall()]
    if pids:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(pids), signal.SIGKILL)
        back()


def a_cut(house: House, chance: random.Random) -> None:
    """Sessions end, and there are no new ones for a while."""
    with _admin() as admin:
        name = connection.settings_dict["NAME"]
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            admin.execute(
                f"SELECT pg_terminate_backend(pid) FROM ({SESSIONS}) AS found", [settings.DATABASE_ROLE]
            )
            time.sleep(chance.uniform(0.2, LONGEST_CUT))
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def the_database_stands_still(house: House, chance: random.Random) -> None:
    stopped = _server()
    for process in stopped:
        with suppress(psutil.NoSuchProcess):  # a backend ends when its session does
            process.suspend()
    time.sleep(chance.uniform(0, 2))
    for process in stopped:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def the_postmaster(house: House, chance: random.Random) -> None:
    connection.close()
    for process in _server()[:1]:
        process.kill()
    time.sleep(chance.uniform(0, 2))
    fixtures.SERVER.start()
    back()


def messages_are_lost(house: House, chance: random.Random) -> None:
    forget()


KILLS: list[Fault] = [
    *(a_pool_process, the_biggest_process, a_worker, a_workers_parent, all_workers, everything, a_clock),
    a_worker_is_told_to_stop,
]
FREEZES: list[Fault] = [a_worker_stands_still, a_clock_stands_still]
CUTS: list[Fault] = [one_session, all_sessions, a_cut, the_database_stands_still]
SERVER: list[Fault] = [one_backend_killed, the_postmaster]
ALL: list[Fault] = [*KILLS, *FREEZES, *CUTS, *SERVER, messages_are_lost]

SESSIONS = """
    SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND usename = %s AND pid <> pg_backend_pid()
"""


@contextmanager
def _admin() -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    with psycopg.connect(
        fixtures.SERVER.url, dbname="postgres", autocommit=True, connect_timeout=10
    ) as admin:
        yield admin


def back() -> None:
    """Until the database answers us again."""
    end = time.monotonic() + 60
    connection.close()
    while True:
        try:
            connection.ensure_connection()
            return
        except Exception:
            connection.close()
            assert time.monotonic() < end, "the database does not come back"
            time.sleep(0.2)


def _server() -> list[psutil.Process]:
    """The postmaster and all that it started."""
    first = fixtures.SERVER.postgres.process()
    return [first, *first.children(recursive=True)] if first else []


def _kill(process: psutil.Process | None) -> None:
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.kill()
