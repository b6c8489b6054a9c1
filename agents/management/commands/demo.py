"""``manage.py demo --mailbox PATH`` or ``--imap URL``: triages a mailbox without a browser, in its own database."""

import getpass
import json
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from portal import embedded, env

INSIDE, PASSWORD = "PORTAL_DEMO_INSIDE", "PORTAL_DEMO_PASSWORD"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_END = 15.0  # seconds


class Command(BaseCommand):
    help = (
        "Registers an agent, grants it a copy of the mailbox at PATH (a Maildir, an mbox file or a folder of files "
        "of mail; never changed) or the mailbox itself at URL, where it makes labels and drafts, lets a Celery worker "
        "triage it, and says what came of it. Exit 0 when every message was handled or is named in errors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--mailbox", type=Path, metavar="PATH")
        where.add_argument(
            "--imap",
            metavar="URL",
            help="imaps://user@imap.example.com; its password is asked for, or in PORTAL_DEMO_PASSWORD",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--timeout", type=int, default=1800, metavar="SECONDS", help="give up after (default 1800)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["imap"] or options["mailbox"].expanduser().absolute()
        if isinstance(source, Path) and not source.exists():
            raise CommandError(
                f"{source} is no folder. Name a Maildir, an mbox file or a folder of mail files."
            )
        if isinstance(source, str) and not env.text(PASSWORD):
            os.environ[PASSWORD] = getpass.getpass("Password of the mailbox: ")
        for number in ENDING:
            if signal.getsignal(number) != signal.SIG_IGN or number != signal.SIGHUP:
                signal.signal(number, _interrupt)
        try:
            if os.environ.get(INSIDE):
                self._demo(source, options)
                return
            with _own_database() as variables:
                code = _inside(variables)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing of it is left.", returncode=130) from None
        sys.exit(code)

    def _demo(self, source: Path | str, options: dict[str, Any]) -> None:
        from agents.connectors.base import ConnectorError
        from agents.sample.demo import demo

        secret = os.environ.pop(PASSWORD, "")  # the worker reads it from the database, like any other
        try:
            report = demo(
                source,
                timeout=options["timeout"],
                say=lambda line: print(line, file=sys.stderr, flush=True),
                secret=secret,
            )
        except ConnectorError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            print(json.dumps(report.as_json()))
        else:
            print(report.in_words())
        if not report.complete:
            sys.exit(1)


def _interrupt(number: int, frame: object) -> NoReturn:
    """Ctrl-C and its relatives: once, so that a second one does not keep us from tidying up."""
    for signal_ in ENDING:
        signal.signal(signal_, signal.SIG_IGN)
    raise KeyboardInterrupt


def _inside(variables: dict[str, str]) -> int:
    """Run the demo in a child, since settings name one database for a whole process; its exit code."""
    # Not in the terminal's reach: Ctrl-C is ours to pass on, so that what the child started ends first.
    child = subprocess.Popen(
        [sys.executable, *sys.argv], env={**os.environ, **variables}, start_new_session=True
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(LONGEST_END)
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def _own_database() -> Iterator[dict[str, str]]:
    """Environment of a portal that nobody else uses; gone afterwards, its database too."""
    with tempfile.TemporaryDirectory(prefix="agent-portal-demo-", ignore_cleanup_errors=True) as home:
        # A broker that others use as well would take our messages, and our worker theirs.
        variables = {INSIDE: "1", "PORTAL_HOME": home, "BROKER_URL": "pgmq://localhost"}
        variables["PORTAL_MAIL_ROOT"] = str(Path(home) / "mailboxes")
        if url := env.text("DATABASE_URL"):
            with _own_database_on(url, env.text("DATABASE_OWNER_URL", url)) as own:
                yield {**variables, **own}
            return
        try:
            with embedded.Server(Path(home), temporary=True) as server:
                yield {**variables, **server.variables}
        except embedded.Trouble as trouble:
            raise CommandError(str(trouble)) from trouble


@contextmanager
def _own_database_on(url: str, owner: str) -> Iterator[dict[str, str]]:
    import psycopg
    from psycopg import sql

    name = f"portal_demo_{uuid.uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    try:
        connection = psycopg.connect(owner, autocommit=True)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    except psycopg.Error as error:
        raise CommandError(f"A database for the demo could not be made by DATABASE_URL: {error}") from error
    with connection:
        try:
            urls = {"DATABASE_URL": url, "DATABASE_OWNER_URL": owner}
            yield {
                variable: urlsplit(one)._replace(path=f"/{name}").geturl() for variable, one in urls.items()
            }
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
