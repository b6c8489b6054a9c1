"""The options of ``manage.py up``, and what of them and of the folder is refused before anything is made."""

import errno
import os
import shutil
import stat
import sys
import traceback
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal import env
from portal.embedded.places import Trouble, log_file

ADMIN = ("PORTAL_ADMIN_NAME", "PORTAL_ADMIN_EMAIL", "PORTAL_ADMIN_PASSWORD")
BROKERS = ("pgmq", "amqp", "amqps", "redis", "rediss")
NEEDED = 150_000_000  # bytes that a new database takes, with some to begin
LEAST = 20_000_000  # bytes without which no start makes sense


def add_to(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=port, default=8000, help="the port to listen on (8000); 0: any that is free"
    )
    parser.add_argument(
        "--empty", action="store_true", help="no sample company: asks for the first admin instead"
    )


def port(given: str) -> int:
    if not given.isdecimal() or int(given) > 65_535:
        raise ArgumentTypeError(f"{given} is no port: choose one from 1 to 65535, or 0 for any that is free")
    return int(given)


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Trouble(f"{message[:1].upper()}{message[1:]}.")


@contextmanager
def in_one_line(argv: Sequence[str]) -> Iterator[None]:
    """What keeps ``manage.py up`` from starting is one line, and exit code 1; else a wrong configuration is."""
    if list(argv[1:2]) != ["up"] or {"-h", "--help"} & set(argv):
        try:
            yield
        except ImproperlyConfigured as error:
            sys.exit(str(error))
        except ModuleNotFoundError as error:
            if any(f"{name}.".startswith(f"{error.name}.") for name in settings.PLUGINS):
                sys.exit(f"PLUGINS: there is no app {error.name}.")
            raise
        return
    try:
        refuse(argv[2:])
        yield
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit("Stopped before it was up.")
    except OSError as error:
        hint = " Free some space, then start again." if error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        sys.exit(f"The portal cannot start: {error.filename or env.home()}: {error.strerror}.{hint}")
    except Exception as error:
        said = (str(error).strip().splitlines() or ["no reason given"])[0]
        sys.exit(f"The portal cannot start: {type(error).__name__}: {said}{_kept(traceback.format_exc())}")


def _kept(trace: str) -> str:
    """Where the trace is; nowhere, if it cannot be written."""
    try:
        log = log_file(env.home(), "up")
        with log.open("a") as file:
            file.write(trace)
    except OSError:
        return ""
    return f" (its log: {log})"


def refuse(arguments: Sequence[str]) -> None:
    """Raises :class:`Trouble` for what can be known before settings are read, which make secrets and the folder."""
    parser = _Parser(prog="manage.py up", add_help=False)
    add_to(parser)
    given = parser.parse_known_args(list(arguments))[0]
    home = env.home()
    _folder(home)
    broker = env.text("BROKER_URL", "pgmq://")
    if broker.partition("://")[0] not in BROKERS:
        raise Trouble(f"BROKER_URL must begin with one of {', '.join(f'{broker}://' for broker in BROKERS)}.")
    if env.text("DATABASE_URL"):
        return
    new = not (home / "postgres" / "PG_VERSION").exists()
    if given.empty and new:
        needs_admin()
    _room(home, NEEDED if new else LEAST)


def needs_admin() -> None:
    """An empty portal needs its first admin: from the environment, else from somebody at the terminal."""
    if not all(env.text(variable) for variable in ADMIN) and not sys.stdin.isatty():
        raise Trouble(f"--empty asks who the first admin is. Use a terminal, or set {', '.join(ADMIN)}.")


def _folder(home: Path) -> None:
    """The folder can be made, or is one of our own that we can write to."""
    try:
        found = home.stat()
    except FileNotFoundError:
        above = next(folder for folder in home.parents if folder.exists())
        if not above.is_dir():
            raise Trouble(f"{above} is no folder. Set PORTAL_HOME to a folder of your own.") from None
        if not os.access(above, os.W_OK | os.X_OK):
            raise Trouble(
                f"{above}: Permission denied. Set PORTAL_HOME to a folder that you can write to."
            ) from None
        return
    except OSError as error:
        raise Trouble(
            f"{error.filename}: {error.strerror}. Set PORTAL_HOME to a folder of your own."
        ) from None
    if not stat.S_ISDIR(found.st_mode):
        raise Trouble(f"{home} is no folder. Set PORTAL_HOME to a folder of your own.")
    if not os.access(home, os.W_OK | os.X_OK):
        raise Trouble(f"{home}: Permission denied. Set PORTAL_HOME to a folder that you can write to.")
    if found.st_uid != os.geteuid():
        raise Trouble(
            f"{home} belongs to another user of this machine. Set PORTAL_HOME to a folder of your own."
        )


def _room(home: Path, least: int) -> None:
    above = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(above).free
    if free < least:
        raise Trouble(
            f"{home}: only {free / 1e6:.0f} MB are free, and a start needs {least / 1e6:.0f} MB. "
            "Free some space, or set PORTAL_HOME to a folder elsewhere."
        )
