"""A backup brought back into a folder and into another server: rows, trail, keys, mail and rights."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from psycopg import errors

from portal import backup, embedded
from portal.embedded.places import OWNER, PLAIN
from tests.portal.machine import NOT_INHERITED, ROOT, Up

SECRET = "hunter2-very-secret"
FILL = f"""
from agents.connections import actions
from agents.connections.models import Connection
from agents.sample.company import create
from portal.people.models import Person
create()
ada = Person.objects.get(email="ada.osei@example.com")
chat = Connection.objects.get(kind="chat")
actions.edit(ada, chat, name=chat.name, settings=chat.settings, secret={SECRET!r})
"""
TELL = """
from agents.connections.models import Connection
from portal.sealing import unseal
print(unseal(bytes(Connection.objects.get(kind="chat").secret)))
"""


def manage(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=inherited | {"PORTAL_HOME": str(home)} | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


def done(home: Path, *arguments: str, **variables: str) -> str:
    run = manage(home, *arguments, **variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def rows(url: str) -> dict[str, int]:
    """Rows by table, counted by none of the portal's code. Partitions count for themselves."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index,call-overload]
            for (name,) in names
        }


@dataclass(frozen=True)
class Saved:
    home: Path
    folder: Path
    rows: dict[str, int]


@pytest.fixture(scope="module")
def saved() -> Iterator[Saved]:
    """A sample company with a secret, its mailbox and marks, and the backup of it."""
    home, place = (Path(tempfile.mkdtemp(prefix="portal-home-")) for _ in range(2))
    with embedded.Server(home, temporary=True) as server:
        done(home, "migrate", "-v", "0")
        done(home, "shell", "--no-imports", "-c", FILL)
        done(home, "audit")  # seals, and leaves a mark
        done(home, "backup", str(place / "monday"))
        counted = rows(server.url)
    yield Saved(home, place / "monday", counted)
    shutil.rmtree(home)
    shutil.rmtree(place)


def test_all_of_it_comes_back_into_an_empty_folder(saved: Saved, empty_home: Path) -> None:
    assert sum(saved.rows.values()) > 1_000
    said = done(empty_home, "restore", str(saved.folder))
    counted = json.loads((saved.folder / backup.ABOUT).read_text())["rows"]
    assert said.startswith(f"Restored {sum(counted.values()):,}")
    with embedded.Server(empty_home) as server:
        assert rows(server.url) == saved.rows
        assert "The trail is whole" in done(empty_home, "audit")
        assert done(empty_home, "shell", "--no-imports", "-c", TELL).strip() == SECRET
    assert not shutil.which("git") or [path.readlink() for path in empty_home.rglob("current")]
    for name in (f"portal_{what}_key" for what in ("secret", "encryption", "sketch", "trail")):
        assert (empty_home / name).read_text() == (saved.home / name).read_text()
    files = [path for path in (saved.home / "mailboxes").rglob("*") if path.is_file()]
    mail = {path.relative_to(saved.home): path.read_bytes() for path in files}
    assert len(mail) > 10
    assert {path: (empty_home / path).read_bytes() for path in mail} == mail


def test_what_came_back_in_its_place_runs(saved: Saved, up: Callable[..., Up], tmp_path: Path) -> None:
    """Mailboxes are known by where they lie, so the folder has the name that it had."""
    lost = saved.home.rename(saved.home.with_name(f"{saved.home.name}-lost"))
    done(saved.home, "restore", str(saved.folder))
    here = up(saved.home)
    here.until("Agent Portal runs at", 240)
    with urlopen(f"http://127.0.0.1:{here.port}/sign-in/") as answer:
        assert answer.status == 200
    here.until("1 ask waiting", 240)  # the task that waited in the queue goes on
    assert here.end() == 0
    shutil.rmtree(saved.home)
    lost.rename(saved.home)


def test_into_another_server_with_the_rights_of_both_roles(
    saved: Saved, empty_home: Path, tmp_path: Path
) -> None:
    with embedded.Server(empty_home, temporary=True) as server:
        with psycopg.connect(server.url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE company OWNER {OWNER}")
        own = {name: url.replace("@/portal?", "@/company?") for name, url in server.variables.items()}
        done(tmp_path, "restore", str(saved.folder), **own)
        assert rows(own["DATABASE_OWNER_URL"]) == saved.rows
        assert "The trail is whole" in done(tmp_path, "audit", **own)
        with psycopg.connect(own["DATABASE_URL"]) as plain:
            assert plain.execute("SELECT current_user").fetchone() == (PLAIN,)
            with pytest.raises(errors.InsufficientPrivilege):
                plain.execute("DELETE FROM portal_entry")
        again = manage(tmp_path / "new", "restore", str(saved.folder), **own)
        assert (again.returncode, "The database is not empty." in again.stderr) == (1, True)
        done(tmp_path, "backup", str(tmp_path / "tuesday"), **own)
        assert json.loads((tmp_path / "tuesday" / backup.ABOUT).read_text())["rows"]["portal_person"] == 16


def test_it_is_closed_to_others_and_names_what_it_does_not_hold(saved: Saved, tmp_path: Path) -> None:
    assert saved.folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in saved.folder.iterdir() if path.stat().st_mode & 0o077] == []
    (saved.home / "elsewhere").symlink_to(tmp_path)
    folder, where = tmp_path / "here", str(tmp_path / "mail")
    said = done(saved.home, "backup", str(folder), PORTAL_MAIL_ROOT=where, PORTAL_ENCRYPTION_KEYS="of-mine")
    (saved.home / "elsewhere").unlink()
    assert said.splitlines()[1:] == [
        "Not in this backup: PORTAL_ENCRYPTION_KEYS is a variable of the environment.",
        f"Not in this backup: PORTAL_MAIL_ROOT is {where}.",
        "Not in this backup: elsewhere is a link.",
    ]
    assert "exists already" in manage(saved.home, "backup", str(folder)).stderr


@pytest.mark.parametrize("what", ["dump", "rows", "about"])
def test_a_damaged_one_is_refused_and_says_so(
    what: str, saved: Saved, empty_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(saved.folder, folder)
    about = json.loads((folder / backup.ABOUT).read_text())
    if what == "dump":
        with (folder / backup.DUMP).open("r+b") as file:
            file.truncate((folder / backup.DUMP).stat().st_size // 2)
    elif what == "rows":
        about["rows"]["portal_entry"] += 1
        (folder / backup.ABOUT).write_text(json.dumps(about))
    else:
        (folder / backup.ABOUT).unlink()
    run = manage(empty_home, "restore", str(folder))
    assert run.returncode == 1
    expected = {
        "dump": "pg_restore failed",
        "rows": "differs from the backup in portal_entry",
        "about": "no whole",
    }
    assert expected[what] in run.stderr
    if what == "dump":  # nothing of it is left: the whole one can be restored now
        done(empty_home, "restore", str(saved.folder))


def test_mail_that_moves_meanwhile_is_there_under_one_of_its_names(tmp_path: Path) -> None:
    box = tmp_path / "box"
    for name in ("cur", "new"):
        (box / name).mkdir(parents=True)
    (box / "cur" / "1:2,").write_text("a")
    (box / "cur" / "2:2,").write_text("b")

    class Reader(tarfile.TarFile):
        def add(self, name: object, *arguments: object, **more: object) -> None:
            path = Path(str(name))
            if path.name == "1:2," and path.exists():
                path.rename(path.with_name("1:2,S"))  # read while the backup is made
            super().add(name, *arguments, **more)  # type: ignore[arg-type]

    with Reader(tmp_path / "files.tar", "w") as tar:
        backup._add(tar, box, "box", [])
        assert sorted(tar.getnames()) == ["box", "box/cur", "box/cur/1:2,S", "box/cur/2:2,", "box/new"]
