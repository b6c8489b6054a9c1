"""A lock by name that one database session holds at a time. It goes when its process dies, and not before."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

KEY = "(hashtextextended(%s, 0) # hashtextextended(%s, 1))"
PAUSE = 0.05  # seconds between two tries


@contextmanager
def locked(kind: str, name: object, *, wait: float) -> Iterator[bool]:
    """Within: no other session holds the lock. False: another held it for all of ``wait`` seconds.

    A session that holds it may enter again.
    """
    end = time.monotonic() + wait
    while not (held := _ask("pg_try_advisory_lock", kind, name)) and time.monotonic() < end:
        time.sleep(PAUSE)
    try:
        yield held
    finally:
        if held:
            with suppress(DatabaseError):  # a session that was lost has let go of it already
                _ask("pg_advisory_unlock", kind, name)


def _ask(function: str, kind: str, name: object) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}{KEY}", [kind, str(name)])
        return bool(cursor.fetchone()[0])
