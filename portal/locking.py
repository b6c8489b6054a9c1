"""Locks by name: held until a transaction ends, or by one database session until it lets go or its process dies."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

KEY = "(hashtextextended(%s, 0) # hashtextextended(%s, 1))"
PAUSE = 0.05  # seconds between two tries
# An advisory lock's number is kept in two halves.
TAKEN = """
    WITH held AS (
        SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
    SELECT name FROM unnest(%s::text[]) AS name
    WHERE (hashtextextended(%s, 0) # hashtextextended(name, 1)) IN (SELECT key FROM held)
"""
# Of sessions that say nothing: who is in the middle of a statement stands still no longer than that may take.
END = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND usename = current_user AND state LIKE 'idle%%'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND state_change < clock_timestamp() - make_interval(secs => %s)
    AND ((classid::bigint << 32) | objid::bigint) IN (
        SELECT hashtextextended(%s, 0) # hashtextextended(name, 1) FROM unnest(%s::text[]) AS name)
"""


def lock_until_commit(name: str) -> None:
    """Transactions that lock ``name`` go one after the other from here on. What was read before may be stale."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


@contextmanager
def locked(kind: str, name: object, *, wait: float) -> Iterator[bool]:
    """Within: no other session holds the lock (it may enter again). False: another held it for ``wait`` seconds."""
    end = time.monotonic() + wait
    while not (held := take(kind, name)) and time.monotonic() < end:
        time.sleep(PAUSE)
    try:
        yield held
    finally:
        if held:
            with suppress(Error):  # a session that was lost has let go of it already
                leave(kind, name)


def take(kind: str, name: object) -> bool:
    """Take the lock until this session ends or leaves it. False: another session holds it."""
    return _ask("pg_try_advisory_lock", kind, name)


def leave(kind: str, name: object) -> None:
    _ask("pg_advisory_unlock", kind, name)


def taken(kind: str, names: Iterable[str]) -> set[str]:
    """Those of these locks that some session holds now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [list(names), kind])
        return {name for (name,) in cursor.fetchall()}


def end_standing(kind: str, names: Iterable[str], seconds: float) -> None:
    """End the sessions that hold one of these locks and have said nothing for so long."""
    with connection.cursor() as cursor:
        cursor.execute(END, [seconds, kind, list(names)])


def _ask(function: str, kind: str, name: object) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}{KEY}", [kind, str(name)])
        return bool(cursor.fetchone()[0])
