"""Things that happen at the same time: in threads with connections of their own, and in processes of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction

ROOT = Path(__file__).resolve().parents[2]


def at_once(*doings: Callable[[], Any], seconds: float = 30.0) -> list[Any]:
    """Start all of them together; what each returned or raised, in order."""
    start, ends = threading.Barrier(len(doings)), [None] * len(doings)

    def do(number: int, doing: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            ends[number] = doing()
        except BaseException as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), "it hangs"
    return ends


def while_open(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """``first`` in a transaction that stays open until ``second``, begun meanwhile, is seen to wait for it."""
    begun, waited = threading.Event(), []

    def hold() -> Any:
        with transaction.atomic():
            done = first()
            begun.set()
            end = time.monotonic() + 10
            while not waited and time.monotonic() < end:
                time.sleep(0.02)
                waited.extend([True] * waiting_for_us())
        return done

    def follow() -> Any:
        assert begun.wait(10)
        return second()

    held, followed = at_once(hold, follow)
    assert waited, f"the second did not wait for the first: {held!r}, {followed!r}"
    return held, followed


def waiting_for_us() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])


def environment(**more: str) -> dict[str, str]:
    """For a process that works on the tests' database, as the portal's own processes do on theirs."""
    place = connection.settings_dict
    query = f"host={quote(str(place['HOST']), safe='')}&port={place['PORT']}"
    role = settings.DATABASE_ROLE
    user = quote(role) + (f":{quote(place['PASSWORD'])}" if place["PASSWORD"] else "")
    url = f"postgresql://{user}@/{place['NAME']}?{query}"
    return {**os.environ, "DATABASE_URL": url, "PORTAL_HOME": str(settings.PORTAL_HOME), **more}


def python(code: str, **more: str) -> subprocess.Popen[str]:
    """A process that runs ``code`` in the portal; it is spoken to through its standard input."""
    begin = "import django; django.setup()\n"
    return subprocess.Popen(
        [sys.executable, "-c", begin + code],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def worker(processes: int = 1, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker process on the tests' database and its queue; in a process group of its own."""
    options = ["--concurrency", str(processes), "--loglevel", "WARNING"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", "worker", *options, *alone],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9``, the process and its children: nothing of them gets a last word."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
