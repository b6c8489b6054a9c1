"""Runs one command of a release: within a time, as another user where there is one, with named variables only."""

import ctypes
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from agents.connectors.deploy.releases.records import MOST_LOG

LOOKS = 0.1  # seconds between two looks whether it is to stop
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class CommandFailed(Exception):
    """``slow``: it took longer than it may."""

    def __init__(self, *, slow: bool = False) -> None:
        super().__init__("slow" if slow else "failed")
        self.slow = slow


class Log:
    """What commands say, cut at its most."""

    def __init__(self, path: Path) -> None:
        self.file: BinaryIO = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")  # noqa: SIM115
        self.left = MOST_LOG

    def write(self, data: bytes) -> None:
        if self.left <= 0:
            return
        self.file.write(data[: self.left])
        self.left -= len(data)
        if self.left <= 0:
            self.file.write(b"\n... the rest is cut\n")
        self.file.flush()

    def line(self, text: str) -> None:
        self.write(f"{text}\n".encode())


def whose(user: str) -> tuple[int, int] | None:
    """The numbers of the user whom commands run as; None: this process's own. Raises KeyError, PermissionError."""
    found = pwd.getpwnam(user)
    if found.pw_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise PermissionError(f"only root can run commands as {user}")
    return found.pw_uid, found.pw_gid


def give(folder: Path, user: str) -> None:
    """The release is theirs while it is built. Follows no link."""
    if (numbers := whose(user)) is None:
        return
    for place, folders, files in os.walk(folder):
        for name in [".", *folders, *files]:
            os.chown(os.path.join(place, name), *numbers, follow_symlinks=False)


def run(
    command: list[str],
    folder: Path,
    *,
    user: str,
    seconds: float,
    variables: Mapping[str, str],
    log: Log,
    still: Callable[[], None],
) -> None:
    """Raises CommandFailed, and what ``still`` raises; then nothing of it runs any more."""
    numbers = whose(user)
    more: dict[str, Any] = {}
    if numbers is not None:
        more = {"user": numbers[0], "group": numbers[1], "extra_groups": []}
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_us,
            **more,
        )
    except OSError as error:
        log.line(f"It cannot be started: {error.strerror}")
        raise CommandFailed from error
    try:
        _follow(process, time.monotonic() + seconds, log, still)
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what it left behind
        process.wait()
        assert process.stdout
        process.stdout.close()
    if process.returncode:
        raise CommandFailed


def _follow(process: "subprocess.Popen[bytes]", until: float, log: Log, still: Callable[[], None]) -> None:
    assert process.stdout
    heard = process.stdout.fileno()
    os.set_blocking(heard, False)
    while True:
        ended = process.poll() is not None
        while select.select([heard], [], [], 0 if ended else LOOKS)[0]:
            with suppress(BlockingIOError):
                part = os.read(heard, 65_536)
                log.write(part)
                if not part:
                    if not ended:
                        with suppress(subprocess.TimeoutExpired):
                            process.wait(LOOKS)
                    break
            _look(until, still)
        if ended:
            return
        _look(until, still)


def _look(until: float, still: Callable[[], None]) -> None:
    still()
    if time.monotonic() > until:
        raise CommandFailed(slow=True)


def _die_with_us() -> None:
    """A command does not outlive a run that was killed: else it would work beside the next one."""
    if _LIBC is not None:
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
