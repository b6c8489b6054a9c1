"""The portal's processes as a service manager runs them: workers and clocks, each started again when it has died."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from django.db import connection

from tests.agents.at_once import ROOT, environment, kill

CELERY = [sys.executable, "-m", "celery", "-A", "portal"]
WORKER = ["worker", "--concurrency", "2", "--loglevel", "INFO"]
ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
CLOCK = ["beat", "--pidfile=", "--loglevel", "WARNING"]
RESTARTS = 1.0  # seconds until a service manager starts it again


@dataclass
class Service:
    """One of them. ``clock``: how far its machine's clock is wrong (``+3h``)."""

    name: str
    command: list[str]
    folder: Path
    variables: dict[str, str]
    clock: str = ""
    starts: Iterator[int] = field(default_factory=itertools.count)
    due: float = 0.0
    frozen: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        self.log = self.folder / f"{self.name}-{next(self.starts)}.log"
        wrong = ["faketime", "-f", self.clock] if self.clock else []
        with self.log.open("wb") as said:
            self.process = subprocess.Popen(
                [*wrong, *self.command],
                cwd=ROOT,
                env=environment(FAKETIME_DONT_FAKE_MONOTONIC="1", **self.variables),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    @property
    def ready(self) -> bool:
        """Of a worker: it takes messages."""
        alive = self.process is not None and self.process.poll() is None
        return alive and not self.frozen and b" ready." in self.log.read_bytes()

    def keep(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            kill(self.process)
            self.process, self.due = None, time.monotonic() + RESTARTS
        if self.process is None and time.monotonic() >= self.due:
            self.frozen = False
            self.start()

    def family(self) -> list[psutil.Process]:
        if self.process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.process.pid)
            return [first, *first.children(recursive=True)]
        return []

    def signal(self, number: int) -> None:
        self.frozen = number == signal.SIGSTOP
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process is not None:
            kill(self.process)


class House:
    def __init__(
        self,
        folder: Path,
        *,
        workers: int,
        clocks: int,
        wrong: dict[str, str] | None = None,
        **variables: str,
    ) -> None:
        kinds = [("worker", [*WORKER, *ALONE], workers), ("clock", CLOCK, clocks)]
        self.services = [
            Service(
                f"{kind}{number}",
                [*CELERY, *command],
                folder,
                variables,
                clock=(wrong or {}).get(f"{kind}{number}", ""),
            )
            for kind, command, many in kinds
            for number in range(many)
        ]
        self.undone: list[tuple[float, Service]] = []

    @property
    def workers(self) -> list[Service]:
        return [one for one in self.services if one.name.startswith("worker")]

    @property
    def clocks(self) -> list[Service]:
        return [one for one in self.services if one.name.startswith("clock")]

    @property
    def ready(self) -> bool:
        return any(one.ready for one in self.workers)

    def freeze(self, one: Service, seconds: float) -> None:
        one.signal(signal.SIGSTOP)
        self.undone.append((time.monotonic() + seconds, one))

    def keep(self) -> None:
        """Start again what has died, and let go on what stood still for long enough."""
        for moment, one in list(self.undone):
            if time.monotonic() >= moment:
                self.undone.remove((moment, one))
                one.signal(signal.SIGCONT)
        for one in self.services:
            one.keep()

    def thaw(self) -> None:
        self.undone.clear()
        for one in self.services:
            one.signal(signal.SIGCONT)


def commit_for_good() -> None:
    """A test's server loses the last commits when it is killed, which the portal's own does not: here neither may."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = on")
    connection.close()


@contextmanager
def house(folder: Path, **which: object) -> Iterator[House]:
    made = House(folder, **which)  # type: ignore[arg-type]
    commit_for_good()
    try:
        made.keep()
        yield made
    finally:
        for one in made.services:
            one.kill()
