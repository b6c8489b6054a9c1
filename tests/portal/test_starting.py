"""A start that cannot be: one line that names why, exit code 1, and nothing made. And a folder that is closed."""

import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import embedded
from portal.embedded import Trouble
from portal.embedded.account import account
from portal.embedded.closed import close
from portal.up import options
from tests.portal.machine import NOT_INHERITED, ROOT, only_as_root
from tests.portal.test_up import ADMIN, Start


def start(home: Path | str, *arguments: str, **variables: str) -> str:
    """The one line that ``up`` ends with."""
    inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    run = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "up", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=120,
        env={**inherited, "PORTAL_HOME": str(home), **variables},
    )
    lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    assert run.returncode == 1, lines
    assert "Traceback" not in run.stderr
    assert not run.stdout.strip(), run.stdout
    assert len(lines) == 1, lines
    return lines[0]


def test_empty_without_a_terminal_makes_nothing(tmp_path: Path):
    line = start(tmp_path / "home", "--empty")
    assert line.startswith("--empty asks who the first admin is. Use a terminal, or set PORTAL_ADMIN_NAME")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["65536", "70000", "99999999999999999999", "-1", "many", "80.5", ""])
def test_a_port_that_is_none(tmp_path: Path, port: str):
    assert "is no port: choose one from 1 to 65535" in start(tmp_path / "home", f"--port={port}")
    assert list(tmp_path.iterdir()) == []


SETTINGS = {
    "PORTAL_HTTPS": "maybe",
    "PORTAL_DEBUG": "2",
    "PORTAL_LOG_LEVEL": "LOUD",
    "PORTAL_HOSTS": "https://portal.example.com",
    "PORTAL_PROXIES": "the-proxy",
    "PORTAL_ADDRESS": "portal.example.com",
    "PORTAL_CURRENCY": "euros",
    "PORTAL_KEEP_EVENTS": "-1",
    "PORTAL_GROUP_MINIMUM": "4",
    "DATABASE_URL": "mysql://here",
    "BROKER_URL": "nonsense://here",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_cannot_be(tmp_path: Path, name: str):
    assert start(tmp_path / "home", **{name: SETTINGS[name]}).startswith(f"{name} must ")


def test_a_secret_that_is_empty_or_cannot_be_read(tmp_path: Path):
    (tmp_path / "portal_secret_key").touch()
    assert start(tmp_path).startswith(
        f"PORTAL_SECRET_KEY is read from {tmp_path}/portal_secret_key, which is empty"
    )
    (tmp_path / "portal_secret_key").unlink()
    (tmp_path / "portal_secret_key").mkdir()
    assert "portal_secret_key, which cannot be read" in start(tmp_path)


def test_a_home_that_is_none(tmp_path: Path):
    (tmp_path / "file").touch()
    assert (
        start(tmp_path / "file") == f"{tmp_path}/file is no folder. Set PORTAL_HOME to a folder of your own."
    )
    assert "Set PORTAL_HOME to a folder" in start(tmp_path / "file" / "below")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert "Set PORTAL_HOME to a folder" in start(tmp_path / "round")
    assert "set PORTAL_HOME to a folder" in start("/proc/portal")
    assert "PORTAL_HOME must name a folder" in start("~nobody-has-this-name/portal")


@only_as_root
def test_a_home_of_somebody_else(tmp_path: Path):
    os.chown(tmp_path, 12345, 12345)
    assert start(tmp_path).startswith(f"{tmp_path} belongs to another user of this machine.")
    with pytest.raises(Trouble, match="belongs to another user"):
        close(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=30m,mode=700", "tmpfs", disk], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk_before_a_first_start(small_disk: Path):
    line = start(small_disk / "home")
    assert re.fullmatch(rf"{small_disk}/home: only \d+ MB are free, and a start needs 150 MB\. .*", line)
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_while_starting(small_disk: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Trouble, match=r"The database could not be made in .*No space left on device"):
        embedded.Server(small_disk / "home").start()
    shutil.rmtree(small_disk / "home")
    (small_disk / "rest").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
    monkeypatch.setenv("PORTAL_HOME", str(small_disk))
    monkeypatch.setattr(options, "LEAST", 0)
    monkeypatch.setattr(options, "NEEDED", 0)
    with (
        pytest.raises(SystemExit, match=r"No space left on device\. Free some space"),
        options.in_one_line(["", "up"]),
    ):
        (small_disk / "more").write_bytes(b"y" * 100_000)


def test_whatever_else_is_one_line_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    said = pytest.raises(SystemExit, match=r"cannot start: LookupError: first \(its log: ")
    with said as end, options.in_one_line(["manage.py", "up"]):
        raise LookupError("first\nsecond")
    assert "\n" not in str(end.value)
    assert "LookupError: first\nsecond" in (tmp_path / "logs" / "up.log").read_text()
    with pytest.raises(LookupError), options.in_one_line(["manage.py", "check"]):
        raise LookupError("other commands are for developers")


def open_to_others(home: Path) -> list[str]:
    """What in the folder others may do anything with; in root's, the database's group may pass through."""
    found = []
    for path in (home, *home.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        passes = path == home and account(home / "postgres").other
        if mode & (0o067 if passes else 0o077) and not path.is_symlink() and not path.is_socket():
            found.append(f"{path} {mode:o}")
    return found


def test_a_folder_that_was_open_is_closed_at_start_and_stays_closed(made_home: Path, up: Start):
    made_home.chmod(0o755)
    old = made_home / "mailboxes" / "mia@example.com" / "cur"
    old.mkdir(parents=True)
    (old / "1").write_text("mail")
    (made_home / "logs").mkdir()
    (made_home / "logs" / "web.log").write_text("said")
    (made_home / "sample.json").write_text("{}")
    for path in (*made_home.glob("*"), *made_home.glob("mailboxes/**/*"), *made_home.glob("logs/*")):
        if path.name != "postgres":
            path.chmod(0o777 if path.is_dir() else 0o666)
    here = up(made_home, "--empty", **ADMIN)
    here.until("Sign in as ida@example.com.")
    here.workers()
    assert open_to_others(made_home) == []
    assert here.end() == 0
    assert open_to_others(made_home) == []


def test_lines_in_the_terminal_say_their_zone(made_home: Path, up: Start):
    here = up(made_home, "--empty", **ADMIN, TZ="Pacific/Auckland")
    here.until("Sign in as ida@example.com.")
    assert here.end() == 0
    log = (made_home / "logs" / "web.log").read_text() + (made_home / "logs" / "worker.log").read_text()
    assert not re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?! [+-]\d{4})", log, re.MULTILINE)
