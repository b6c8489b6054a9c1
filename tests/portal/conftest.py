"""Folders and users of the machine, for the tests of the server and of ``up``."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal import embedded
from tests.portal.machine import NOT_INHERITED, ROOT, Nobody, Up


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A folder of our own with a short path (pytest's are long, and shut to other users again and again)."""
    home = Path(tempfile.mkdtemp(prefix="portal-home-"))
    yield home
    embedded.Server(home).postgres.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a portal in which nobody is yet. All processes of a run (``pytest -n``) copy the same one."""
    ours = tmp_path_factory.getbasetemp()
    place = (ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours) / "made"
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            home = Path(tempfile.mkdtemp(prefix="portal-home-"))
            with embedded.Server(home, temporary=True):
                command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"]
                inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
                subprocess.run(command, env=inherited | {"PORTAL_HOME": str(home)}, check=True)
            subprocess.run(["mv", str(home / "postgres"), str(place)], check=True)
            shutil.rmtree(home)
    return place


@pytest.fixture
def made_home(empty_home: Path, _data: Path) -> Path:
    """The same with data in it, so that a test need not wait until it is made."""
    subprocess.run(["cp", "-a", str(_data), str(empty_home / "postgres")], check=True)
    return empty_home


@pytest.fixture
def up() -> Iterator[Callable[..., Up]]:
    """Starts ``manage.py up`` with the arguments of :class:`Up`; what still runs after the test is ended."""
    started: list[Up] = []

    def start(*arguments: Any, **more: Any) -> Up:
        started.append(Up(*arguments, **more))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


@pytest.fixture(scope="session")
def nobody() -> Iterator[Nobody]:
    copy = Path(tempfile.mkdtemp(prefix="portal-copy-"))
    yield Nobody(copy)
    shutil.rmtree(copy)
