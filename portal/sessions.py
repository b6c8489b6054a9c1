"""This thread's database session: is it alive, is it back, and what the server holds it to."""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import psycopg
from django.db import Error, connection

PAUSE = 0.1  # seconds between two tries to reach the database
UNBOUNDED = ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout")


def database_now() -> datetime:
    """One clock for all machines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def alive() -> bool:
    """Has nobody ended it? Asks the server nothing, but looks whether it has said good-bye."""
    session = connection.connection
    if session is None or session.closed:
        return False
    looks = select.poll()
    looks.register(session.pgconn.socket, select.POLLIN)
    try:
        while looks.poll(0):
            session.pgconn.consume_input()
    except psycopg.Error:
        return False
    return True


def back(*, within: float) -> bool:
    """A new session, as soon as there is one; False: the database is away for all of ``within`` seconds."""
    end = time.monotonic() + within
    while True:
        with suppress(Error):
            connection.close()
            connection.ensure_connection()
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(PAUSE)


def bound(statement: str) -> None:
    """From here on no statement of this session takes longer (``60s``)."""
    _set("statement_timeout", statement)


def looked_at_again() -> None:
    """Before the next statement: a session that has died meanwhile is replaced."""
    connection.health_check_done = False  # type: ignore[attr-defined]


def let_go_of_all() -> None:
    """Of every lock that this session holds beyond a transaction."""
    if connection.connection is not None:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def bounded(statement: str) -> Iterator[None]:
    """Within, no statement of this session takes longer (``60s``). A session that is made meanwhile is not bounded."""
    bound(statement)
    try:
        yield
    finally:
        with suppress(Error):
            _set("statement_timeout", "")


@contextmanager
def unbounded() -> Iterator[None]:
    """Within, this session may stand still and wait as long as it likes: for migrations and backups."""
    for name in UNBOUNDED:
        _set(name, "0")
    try:
        yield
    finally:
        with suppress(Error):
            for name in UNBOUNDED:
                _set(name, "")


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET {name} = {value!r}" if value else f"RESET {name}")
