"""Backups: the database and the files of the portal's folder, written into a folder and brought back from it."""

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from portal import broker, database_roles, env
from portal.embedded.places import Trouble, shipped

DUMP, FILES, ABOUT = "database.dump", "files.tar", "backup.json"
# What is made anew at the next start, or belongs to the running server.
NOT_KEPT = ("postgres", "up.lock", "logs")
QUEUE = "pgmq"  # its messages are sent again by the next sweep
KEYS = {
    "PORTAL_SECRET_KEY",
    "PORTAL_ENCRYPTION_KEY",
    "PORTAL_ENCRYPTION_KEYS",
    "PORTAL_SKETCH_KEY",
    "PORTAL_TRAIL_KEY",
}
TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""


def backup(folder: Path) -> dict[str, Any]:
    """Write a backup into ``folder``, which must not exist. An interrupted one leaves a folder named ``….part``."""
    part = folder.with_name(f"{folder.name}.part")
    for place in (folder, part):
        if place.exists():
            raise Trouble(f"{place} exists already. Name a new folder.")
    with ExitStack() as stack:
        stack.callback(os.umask, os.umask(0o077))  # keys and mail are for their owner alone
        part.mkdir(parents=True)
        links: list[str] = []
        with tarfile.open(part / FILES, "w") as tar:
            # Marks before the database: a mark that is newer than the dump would say that its trail was cut short.
            for path in _kept(marks=True):
                _add(tar, path, path.name, links)
            rows = _dump(part / DUMP)
            # The rest after it: a draft that the database knows of is in the mailbox.
            for path in _kept(marks=False):
                _add(tar, path, path.name, links)
        about = {"made_at": timezone.now().isoformat(), "postgres": _version(), "rows": rows, "links": links}
        (part / ABOUT).write_text(json.dumps(about, indent=1))
    part.rename(folder)
    return about


def restore(folder: Path) -> dict[str, Any]:
    """Bring ``folder`` back into an empty database and a new portal folder. Raises :class:`Trouble` if rows differ."""
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text())
    except (OSError, ValueError) as error:
        raise Trouble(f"{folder} holds no whole backup: {error}") from error
    with database_roles.as_owner(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        if cursor.fetchone():
            raise Trouble("The database is not empty. Restore into an empty one, or into a new PORTAL_HOME.")
    with tarfile.open(folder / FILES) as tar:
        _refuse_files_in_the_way(tar)
        # All of it or nothing, so that a restore that failed can be tried again.
        options = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        _run("pg_restore", *options, str(folder / DUMP))
        tar.extractall(settings.PORTAL_HOME, filter="data")
    with database_roles.as_owner():
        database_roles.apply()
        found = _rows()
    broker.ensure()
    names = sorted({*found, *about["rows"]})
    if different := [name for name in names if found.get(name) != about["rows"].get(name)]:
        raise Trouble(f"The restored database differs from the backup in {', '.join(different)}.")
    return about


def elsewhere() -> list[str]:
    """What a backup does not hold, because it does not lie in the portal's folder. One line for each."""
    lines = [f"{name} is a variable of the environment." for name in sorted(KEYS) if env.text(name)]
    places = {"PORTAL_MAIL_ROOT": settings.MAIL_ROOT, "PORTAL_TRAIL_MARKS": settings.TRAIL_MARKS}
    lines += [
        f"{name} is {place}."
        for name, place in places.items()
        if not place.is_relative_to(settings.PORTAL_HOME)
    ]
    return lines


def _kept(*, marks: bool) -> Iterator[Path]:
    for path in sorted(settings.PORTAL_HOME.iterdir()):
        if not path.name.startswith(NOT_KEPT) and (path == settings.TRAIL_MARKS) == marks:
            yield path


def _add(tar: tarfile.TarFile, path: Path, name: str, links: list[str]) -> bool:
    """Add ``path`` and all in it; says whether it was still there. Links are not followed; one that leads out of the
    portal's folder is left out and named in ``links``."""
    if path.is_symlink() and not _leads_within(path):
        links.append(name)
        return True
    try:
        tar.add(path, name, recursive=False)
    except FileNotFoundError:
        return False
    seen: set[str] = set()
    gone = path.is_dir() and not path.is_symlink()
    while gone:  # a mail whose flags change has another name by then: look again
        gone = False
        # Backwards, so that a mail which moves from “new” to “cur” is seen in one of them.
        for child in sorted(path.iterdir(), reverse=True):
            if child.name not in seen:
                seen.add(child.name)
                gone |= not _add(tar, child, f"{name}/{child.name}", links)
    return True


def _leads_within(link: Path) -> bool:
    """Also in another folder of the portal: it says where to by the way from here."""
    try:
        absolute = link.readlink().is_absolute()
    except FileNotFoundError:
        return True  # it is gone, as ``tar.add`` finds
    return not absolute and link.resolve().is_relative_to(settings.PORTAL_HOME.resolve())


def _refuse_files_in_the_way(tar: tarfile.TarFile) -> None:
    home = settings.PORTAL_HOME
    names = {entry.name.split("/")[0] for entry in tar.getmembers()}
    # This very process made keys when it read the settings. Nothing was encrypted by them: the database is empty.
    keys = {name.lower() for name in KEYS}
    if there := sorted(name for name in names - keys if (home / name).exists()):
        raise Trouble(f"{home} already has {', '.join(there)}. Restore into a new PORTAL_HOME.")


def _dump(file: Path) -> dict[str, int]:
    """Dump the database, and count its rows in the very same snapshot."""
    with database_roles.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        rows = _rows()
        options = ("--format=custom", f"--snapshot={snapshot}", f"--exclude-schema={QUEUE}")
        _run("pg_dump", *options, f"--file={file}")
    return rows


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            (found[name],) = cursor.fetchone()
        return found


def _version() -> int:
    """The server's major version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as the tables' owner: the oldest that knows this server."""
    version, known = _version(), shipped()
    if not (able := [number for number in known if number >= version]):
        raise Trouble(
            f"The server is PostgreSQL {version}. Use its own pg_dump and pg_restore; see portal/docs/operate.md."
        )
    owner = dict(settings.DATABASE_OWNER)
    where = env.conninfo(owner | {"PASSWORD": ""})
    done = subprocess.run(
        [str(known[min(able)] / program), f"--dbname={where}", *arguments],
        env={"PATH": os.defpath, "PGPASSWORD": str(owner["PASSWORD"])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise Trouble(f"{program} failed: {next((line for line in said if 'error' in line), said[-1])}")
