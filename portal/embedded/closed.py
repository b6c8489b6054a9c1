"""The portal's folder is closed to others: keys, mail, logs and the database lie in it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from portal.embedded.account import Account
from portal.embedded.places import Trouble

OTHERS = stat.S_IRWXG | stat.S_IRWXO
SERVERS = "postgres"  # how the server's own begin, which it checks itself
MASK = 0o077  # of files and folders that are made from now on


def close(home: Path, server: Account | None = None) -> None:
    """Take from others what they may do in ``home``; the database's account may pass. Raises :class:`Trouble`."""
    found = home.stat()
    if found.st_uid != os.geteuid():
        raise Trouble(
            f"{home} belongs to another user of this machine. Set PORTAL_HOME to a folder of your own."
        )
    passes = server is not None and server.other
    if passes and server is not None:
        os.chown(home, -1, server.gid)
    wanted = 0o710 if passes else 0o700
    if stat.S_IMODE(found.st_mode) != wanted:
        home.chmod(wanted)
    for path, mode in _ours(home):
        if mode & OTHERS:
            path.chmod(mode & ~OTHERS)


def _ours(folder: Path) -> Iterator[tuple[Path, int]]:
    """What lies in the folder and is our own. Mail in a closed folder is reached by nobody, however much there is."""
    for entry in list(os.scandir(folder)):
        found = entry.stat(follow_symlinks=False)
        inner = stat.S_ISDIR(found.st_mode)
        if found.st_uid != os.geteuid() or stat.S_ISLNK(found.st_mode):
            continue
        if inner and entry.name.startswith(SERVERS):
            continue
        mode = stat.S_IMODE(found.st_mode)
        yield Path(entry.path), mode
        if inner and (mode & OTHERS or entry.name == "logs"):
            yield from _ours(Path(entry.path))
