"""``manage.py demo --mailbox PATH --json``: the main job without a browser, in a database of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import embedded, env

INSIDE = "PORTAL_DEMO_INSIDE"


class Command(BaseCommand):
    help = (
        "Registers an agent, grants it a copy of the mailbox at PATH (a Maildir or a folder of .eml files, never "
        "changed), lets a Celery worker triage it, and says what came of it. Exit 0 when every message was handled "
        "or is named in errors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", required=True, type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--timeout", type=int, default=1800, metavar="SECONDS", help="give up after (default 1800)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["mailbox"].expanduser().absolute()
        if not source.is_dir():
            raise CommandError(f"{source} is no folder. Name a Maildir or a folder of .eml files.")
        if not os.environ.get(INSIDE):
            # Settings name one database for the whole process, so the demo runs in a child with its own.
            with _own_database() as variables:
                child = subprocess.run([sys.executable, *sys.argv], env={**os.environ, **variables})
            sys.exit(child.returncode)
        from agents.sample.demo import demo

        report = demo(
            source, timeout=options["timeout"], say=lambda line: print(line, file=sys.stderr, flush=True)
        )
        if options["json"]:
            print(json.dumps(report.as_json()))
        else:
            print(report.in_words())
        if not report.complete:
            sys.exit(1)


@contextmanager
def _own_database() -> Iterator[dict[str, str]]:
    """Environment of a portal that nobody else uses; gone afterwards, its database too."""
    home = Path(tempfile.mkdtemp(prefix="agent-portal-demo-"))
    variables = {INSIDE: "1", "PORTAL_HOME": str(home), "PORTAL_MAIL_ROOT": str(home / "mailboxes")}
    try:
        if url := env.text("DATABASE_URL"):
            with _own_database_on(url) as own:
                yield {**variables, "DATABASE_URL": own}
        else:
            try:
                with embedded.Server(home, temporary=True) as server:
                    yield {**variables, "DATABASE_URL": server.url}
            except embedded.Trouble as trouble:
                raise CommandError(str(trouble)) from trouble
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _own_database_on(url: str) -> Iterator[str]:
    import psycopg
    from psycopg import sql

    name = f"portal_demo_{uuid.uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            place, _, options = url.partition("?")
            yield f"{place.rsplit('/', 1)[0]}/{name}{'?' + options if options else ''}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
