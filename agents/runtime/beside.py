"""The process beside a worker's pool that awaits models: started with the worker, again when it dies, ended with it.

It is there where a model is configured that answers over the network. Without one a worker has no such process.
"""

import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress

from django.conf import settings

from agents.runtime import providers

HEALTHY = 60.0  # seconds after which a death counts as the first
LONGEST_PAUSE = 30.0  # seconds before it is tried again
STARTS, STILL = 60.0, 8.0  # seconds until its first sign of life; between two: it shows itself every second
there = False  # before the pool's processes are forked off, so that each of them knows


class Beside(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="beside", daemon=True)
        self.told, self.deaths = threading.Event(), 0
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        self.began = time.monotonic()
        command = [sys.executable, "-m", "agents.runtime"]
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )

    def run(self) -> None:
        while True:
            self._follow()
            if self.told.is_set():
                return
            self.deaths = 1 if time.monotonic() - self.began > HEALTHY else self.deaths + 1
            if self.told.wait(min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)):
                return
            self.process = self._start()

    def _follow(self) -> None:
        """Until it has ended. One that stands still is ended: another takes its tasks."""
        assert self.process.stdout is not None
        with self.process.stdout as signs:
            within = STARTS
            while select.select([signs], [], [], within)[0] and os.read(signs.fileno(), 1024):
                within = STILL
        if not self.told.is_set():
            self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        self.told.set()
        with suppress(ProcessLookupError):
            self.process.terminate()


_beside: Beside | None = None


def start() -> None:
    """In a worker's first process, before it has a pool."""
    global _beside, there
    if providers.elsewhere():
        there = True
        _beside = Beside()
        _beside.start()


def leave() -> None:
    """It gives its tasks back, and ends."""
    if _beside is not None:
        _beside.leave()


def wait(seconds: float) -> None:
    if _beside is not None:
        _beside.join(seconds)
