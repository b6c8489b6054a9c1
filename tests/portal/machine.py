"""The machine that tests of the server and of ``up`` run on: other users, folders, processes."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

import portal
from portal import embedded

ROOT = Path(portal.__file__).resolve().parent.parent
NOBODY = 65534
NOT_INHERITED = {"DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "PORTAL_MAIL_ROOT"}
only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as somebody else")


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def ask(server: embedded.Server, question: str) -> object:
    """The first value of the first row."""
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


class Nobody:
    """Another user of the machine, ``nobody``, with a copy of the project that this user may read."""

    def __init__(self, copy: Path) -> None:
        unneeded = shutil.ignore_patterns(".*", "__pycache__", "tests")
        shutil.copytree(ROOT, copy, ignore=unneeded, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "go+rX", str(copy)], check=True)
        self.copy = copy
        self.python = next(filter(self._may_run, _pythons()), "")

    def runs(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run Python as this user; skip the test where no Python with our packages may be run."""
        if not self.python:
            pytest.skip("the user nobody may not run a Python with the portal's packages here")
        return subprocess.run([self.python, *arguments], **self._as_nobody(**variables))

    def _may_run(self, python: str) -> bool:
        try:
            return (
                subprocess.run([python, "-c", "import psutil, psycopg"], **self._as_nobody()).returncode == 0
            )
        except OSError:
            return False

    def _as_nobody(self, **variables: str) -> dict[str, Any]:
        path = os.pathsep.join([str(self.copy), str(Path(psycopg.__file__).parent.parent)])
        return {
            "user": NOBODY,
            "group": NOBODY,
            "extra_groups": [],
            "cwd": "/",
            "env": {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables},
            "capture_output": True,
            "text": True,
            "timeout": 60,
        }


def _pythons() -> list[str]:
    """Ours, and one of the same version that every user has."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [sys.executable, shutil.which(name, path=os.defpath) or sys.executable]


class Up:
    """``manage.py up`` as somebody runs it in a terminal of this machine."""

    def __init__(self, home: Path, *options: str, port: int | None = None, **variables: str) -> None:
        self.port = port or free_port()
        self.lines: list[str] = []
        inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={**inherited, "PORTAL_HOME": str(home), **variables},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def until(self, words: str, seconds: float = 60.0) -> float:
        """Wait until it has said ``words``; how many seconds after its start that was."""
        wait_until(lambda: words in self.said or self.process.poll() is not None, seconds)
        assert words in self.said, self.said
        return time.monotonic() - self.begun

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status

    def family(self) -> list[psutil.Process]:
        """It and all that it started."""
        us = psutil.Process(self.process.pid)
        return [us, *us.children(recursive=True)]

    def child(self, name: str) -> psutil.Process:
        """Its arguments end its command line. Where ``setproctitle`` is installed, Celery rewrites the beginning."""
        ending = re.compile(rf"\b\d+ {name}\b")
        return next(process for process in self.family() if ending.search(" ".join(process.cmdline())))

    def workers(self) -> list[psutil.Process]:
        """The worker's own processes, once all are there."""
        try:
            found = self.child("worker").children()
        except StopIteration:
            return []
        return found if len(found) == 2 else []

    def end(self, number: int = signal.SIGINT, seconds: float = 45.0) -> int:
        """Send it a signal; its exit code."""
        self.process.send_signal(number)
        return self.code(seconds)

    def code(self, seconds: float = 60.0) -> int:
        code = self.process.wait(seconds)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
