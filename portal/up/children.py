"""The portal's processes under one owner: started, again when one dies, and ended with all they started."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded import log_file
from portal.embedded.postgres import Say
from portal.up.signals import Signals

ROOT = Path(__file__).resolve().parent.parent.parent
OWNER = "DATABASE_OWNER_URL"  # not theirs to know
LONGEST_PAUSE = 30.0  # seconds before a process that keeps dying is tried again
HEALTHY = 60.0  # seconds after which a death counts as the first
WARM = 20.0  # seconds for ending in good order


@dataclass
class Child:
    """One process: ``arguments`` of ``portal.up.child``, and the socket that each start of it is given."""

    name: str
    arguments: list[str]
    given: socket.socket | None = None
    ready: bool = False
    deaths: int = 0
    due: float = 0.0
    started: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = field(default=None, repr=False)

    def start(self, log: Path, variables: dict[str, str]) -> None:
        self.line, theirs = socket.socketpair()
        self.ready, self.started = False, time.monotonic()
        with theirs, log.open("ab") as output:
            command = [sys.executable, "-m", "portal.up.child", str(theirs.fileno()), *self.arguments]
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={name: value for name, value in os.environ.items() if name != OWNER} | variables,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # the terminal's Ctrl-C is ours to pass on, its group ours to end
            )
        self.line.setblocking(False)
        if self.given is not None:
            self.give(self.given)

    def give(self, listening: socket.socket) -> None:
        """Hand over the socket that it is to serve."""
        self.given = listening
        if self.line is not None:
            with suppress(OSError):  # it has ended already; the next start is given it too
                socket.send_fds(self.line, [b"g"], [listening.fileno()])

    def listen(self) -> None:
        """Note that the process has said that it is ready."""
        if self.line is not None:
            try:
                word = self.line.recv(16)
            except BlockingIOError:
                return
            except ConnectionError:
                word = b""
            if word:
                self.ready = True
            else:  # it is ending
                self.line.close()
                self.line = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end(self) -> None:
        """Ask it to end in good order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def bury(self) -> None:
        """End what is left of it and of all that it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
        if self.line is not None:
            self.line.close()
            self.line = None


def variables(home: Path) -> dict[str, str]:
    """What the processes must find in their environment, wherever ``up`` was called from."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PORTAL_HOME": str(home), "PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


class Children:
    def __init__(self, home: Path, say: Say) -> None:
        self.home, self.variables, self.say = home, variables(home), say
        self.all: list[Child] = []

    def start(self, child: Child) -> None:
        """Take it among ours, and start it unless it is under way already."""
        self.all.append(child)
        if child.process is None:
            child.start(log_file(self.home, child.name), self.variables)

    def lines(self) -> list[socket.socket]:
        """What to wait for beside signals: the lines of those that are still starting."""
        return [child.line for child in self.all if child.line is not None and not child.ready]

    def look(self) -> None:
        """Note who is ready, and start again who died; one that keeps dying ever later."""
        now = time.monotonic()
        for child in self.all:
            child.listen()
            if child.process is not None and (code := child.process.poll()) is not None:
                self._again(child, code, now)
            elif child.process is None and now >= child.due:
                child.start(log_file(self.home, child.name), self.variables)

    def _again(self, child: Child, code: int, now: float) -> None:
        child.deaths = 1 if now - child.started > HEALTHY else child.deaths + 1
        pause = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
        child.bury()
        child.due = now + pause
        how = f"was killed (signal {-code})" if code < 0 else f"ended with code {code}"
        log = self.home / "logs" / f"{child.name}.log"
        self.say(f"The {child.name} process {how}. It starts again in {pause:.0f} s. Its log: {log}")

    def stop(self, signals: Signals) -> None:
        """End all in good order; what takes longer than ``WARM``, or a further Ctrl-C, ends at once."""
        asked, begin, told = signals.asked, time.monotonic(), False
        for child in self.all:
            child.end()
        while any(child.alive() for child in self.all):
            waited = time.monotonic() - begin
            if signals.asked > asked or waited > WARM:
                break
            if waited > 5 and not told:
                told = True
                names = " and ".join(child.name for child in self.all if child.alive())
                self.say(f"Waiting for {names} to finish what is being done. Ctrl-C ends it at once.")
            signals.wait(0.5)
        for child in self.all:
            child.bury()
