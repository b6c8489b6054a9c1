"""The machine that tests of the server and of ``up`` run on: other users, folders, processes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

import portal

ROOT = Path(portal.__file__).resolve().parent.parent
NOBODY = 65534
only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a program as somebody else")


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


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
