"""One process at a time at a call, from the look at what was decided to the end of its effect.

A lease says who works on a task, but it can run out under a worker that only stood still: the next one would ask
whether the call happened, decide anew and say no, and then the first would do it. The lock is the database session's,
so it goes when its process dies and not before.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from agents.queue.models import Call
from agents.queue.moves import Lost

KEY = "(hashtextextended('agents_call', %s))"
WAIT = 10.0  # seconds for who is at it; a worker that has waited in vain leaves the task to a later one
PAUSE = 0.05


@contextmanager
def alone(row: Call, *, wait: float = WAIT) -> Iterator[None]:
    """Within: nobody else acts on this call. May be entered again inside. Raises Lost where somebody stays at it."""
    end = time.monotonic() + wait
    while not _asked(f"SELECT pg_try_advisory_lock{KEY}", row):
        if time.monotonic() >= end:
            raise Lost(f"{row} is in another process's hands")
        time.sleep(PAUSE)
    try:
        yield
    finally:
        with suppress(DatabaseError):  # a session that was lost has let go of it already
            _asked(f"SELECT pg_advisory_unlock{KEY}", row)


def stands(row: Call) -> bool:
    """Is it still as it was decided? Asked within: somebody who was alone with it before may have decided anew."""
    return Call.objects.filter(pk=row.pk, state=row.state, started_at=row.started_at).exists()


def _asked(sql: str, row: Call) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [row.pk])
        return bool(cursor.fetchone()[0])
