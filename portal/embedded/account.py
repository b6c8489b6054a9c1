"""Whom the server runs as: PostgreSQL refuses root, so root runs it as an account without rights."""

import contextlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "pgserver"


@dataclass(frozen=True)
class Account:
    """Who runs the server. ``other`` says that this is not the account that we run as ourselves."""

    uid: int
    gid: int
    other: bool

    def popen(self) -> dict[str, Any]:
        """The arguments by which ``subprocess`` starts a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}


def account(data: Path) -> Account:
    """Our own; for root the owner of ``data``, ``pgserver`` (made if absent) or ``nobody``. Raises LookupError."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    with contextlib.suppress(FileNotFoundError):
        found = data.stat()
        if found.st_uid:
            return Account(found.st_uid, found.st_gid, other=True)
    entry = _entry(NAME) or _made() or _entry("nobody")
    if entry is None:
        raise LookupError("there is no account without rights to run it as")
    return Account(entry.pw_uid, entry.pw_gid, other=True)


def let_through(folder: Path, server: Account) -> None:
    """Let the server's account, where it is not ours, pass through ``folder`` and all above it (``o+x``, no more)."""
    if server.other:
        for place in (folder, *folder.parents, *folder.resolve().parents):
            mode = place.stat()
            passable = mode.st_uid == server.uid and mode.st_mode & stat.S_IXUSR
            if not passable and not mode.st_mode & stat.S_IXOTH:
                place.chmod(stat.S_IMODE(mode.st_mode) | stat.S_IXOTH)


def let_read(tree: Path, server: Account) -> None:
    """Let the server's account read and run the programs in ``tree``, where a strict umask installed them."""
    if server.other and not tree.stat().st_mode & stat.S_IROTH:
        for path in (tree, *(path for path in tree.rglob("*") if not path.is_symlink())):
            mode = stat.S_IMODE(path.stat().st_mode)
            # What the owner may read and run, others may: these are a published program's files.
            path.chmod(mode | (mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    with contextlib.suppress(OSError):
        subprocess.run(["useradd", *options, NAME], capture_output=True, check=False, timeout=30)
    return _entry(NAME)
