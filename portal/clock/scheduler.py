"""The scheduler of Celery's beat: looks each second what is due, and runs it in a thread or sends it to a worker.

What must not stand behind a full queue, or wait for a broker that is away, runs in the clock's own process (``here``).
"""

import logging
import threading
import time
from typing import Any

from celery.beat import Scheduler
from django.db import Error, close_old_connections, connections

from portal import later, plugins, sessions
from portal.clock import due
from portal.plugins import Beat

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks
PAUSE = 10.0  # seconds before what could not be sent is tried again
STATEMENT = "60s"  # that one statement of a run in this process may take


class Clock(Scheduler):
    """Keeps no file: clocks may start, die and be many, and each entry runs as often as with one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.under_way: set[str] = set()
        self.paused: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        beats = plugins.beats()
        now = time.monotonic()
        paused = {name for name, until in self.paused.items() if until > now}
        try:
            close_old_connections()
            taken = due.begin(beats, leave=self.under_way | paused)
        except Error as error:
            log.warning("The clock waits for the database: %s", str(error).strip())
            connections.close_all()
            return LOOK
        for name, before in taken.items():
            self.under_way.add(name)
            threading.Thread(
                target=self._run, args=(name, beats[name], before), name=name, daemon=True
            ).start()
        return LOOK

    def _run(self, name: str, beat: Beat, before: Any) -> None:
        try:
            if beat.here:
                with sessions.bounded(STATEMENT):
                    self.app.tasks[beat.worker]()
                due.done([name])
            else:
                self._send(name, beat, before)
        except Exception:
            log.exception("%s broke; it runs again at its next time", name)
        finally:
            connections.close_all()
            self.under_way.discard(name)

    def _send(self, name: str, beat: Beat, before: Any) -> None:
        try:
            later.send(beat.worker)
        except Exception as error:  # each transport has its own
            log.warning("The queue is away, %s is sent later: %r", name, error)
            self.paused[name] = time.monotonic() + PAUSE
            due.not_begun(name, before)
