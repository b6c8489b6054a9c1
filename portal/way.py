"""Keeps the way free for what must not wait: ends database sessions that stand still in a transaction in its way.

A process that is frozen, or whose machine is gone, keeps its locks. To end its session undoes what it had not committed
and nothing else; when it comes to itself it finds that it has no session, as after any cut.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg
from django.db import connection

from portal import env

log = logging.getLogger(__name__)

PATIENCE = 0.7  # seconds that somebody may stand still in the way
AGAIN = 0.1  # seconds between two looks
OBSTACLES = """
    WITH RECURSIVE ahead(pid) AS (
        SELECT unnest(pg_blocking_pids(%(pid)s))
        UNION SELECT unnest(pg_blocking_pids(ahead.pid)) FROM ahead)
    SELECT pid, pg_terminate_backend(pid) FROM ahead JOIN pg_stat_activity USING (pid)
    WHERE usename = current_user AND state LIKE 'idle in transaction%%'
    AND state_change < clock_timestamp() - make_interval(secs => %(patience)s)
"""

_kept: ContextVar[bool] = ContextVar("way_kept", default=False)


@contextmanager
def kept_free() -> Iterator[None]:
    """Within, this thread waits for nobody who stands still for ``PATIENCE`` seconds."""
    if _kept.get():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    place, over, mark = env.conninfo(connection.settings_dict), threading.Event(), _kept.set(True)
    threading.Thread(target=_watch, args=(place, pid, over), name="way", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        _kept.reset(mark)


def _watch(place: str, pid: int, over: threading.Event) -> None:
    if over.wait(PATIENCE):
        return
    try:
        with psycopg.connect(place, autocommit=True) as watcher:
            while not over.is_set():
                found = watcher.execute(OBSTACLES, {"pid": pid, "patience": PATIENCE}).fetchall()
                for obstacle, _ in found:
                    log.warning(
                        "Ended session %s of the database: it stood still in the way of a stop", obstacle
                    )
                over.wait(AGAIN)
    except psycopg.Error as error:
        log.warning("Nobody keeps the way free: %s", error)
