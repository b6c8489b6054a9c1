"""Locks by name: held until a transaction ends, or by one database session until it lets go or its process dies."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

KEY = "(hashtextextended(%s, 0) # hashtextextended(%s, 1))"
PAUSE = 0.05  # seconds between two tries


def lock_until_commit(name: str) -> None:
    """Transactions that lock ``name`` go one after the other from here on. What was read before may be stale."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


@contextmanager
def locked(kind: str, name: object, *, wait: float) -> Iterator[bool]:
    """Within: no other session holds the lock (it may enter again). False: another held it for ``wait`` seconds."""
    end = time.monotonic() + wait
    while not (held := _ask("pg_try_advisory_lock", kind, name)) and time.monotonic() < end:
        time.sleep(PAUSE)
    try:
        yield held
    finally:
        if held:
            with suppress(Error):  # a session that was lost has let go of it already
                _ask("pg_advisory_unlock", kind, name)


def _ask(function: str, kind: str, name: object) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}{KEY}", [kind, str(name)])
        return bool(cursor.fetchone()[0])
