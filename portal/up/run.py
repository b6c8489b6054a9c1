"""``manage.py up`` from beginning to end: take the folder and the port, prepare, start, tell, stop."""

import logging
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connections

from portal import addresses, embedded, plugins
from portal.up import ahead, people, prepare, signals
from portal.up.children import Child, Children
from portal.up.place import address, claimed, listen
from portal.up.trail_lines import TrailLines

POLL = 0.5  # seconds between two looks at the trail
FIRST_START = 120.0  # seconds for the web server, and
TRIES = 3  # deaths that it has for its first start
DATABASE_PAUSE = 10.0  # seconds between two attempts to bring a dead database back


def say(line: str) -> None:
    """A terminal that is gone (closed, or a pipe that nobody reads) must not stop an orderly end."""
    with suppress(OSError, ValueError):
        print(line, flush=True)  # noqa: T201


class _Database:
    """The embedded server while the portal runs: started, brought back when it dies, left at the end."""

    def __init__(self, home: Path) -> None:
        self.server = embedded.Server(home)
        self._due = 0.0

    def keep(self) -> None:
        now = time.monotonic()
        if now < self._due or self.server.running():
            return
        self._due = now + DATABASE_PAUSE
        say("The database has ended. Starting it again …")
        try:
            self.server.start()
        except embedded.Trouble as trouble:
            say(str(trouble))


def up(home: Path, host: str, port: int, *, empty: bool) -> None:
    """Run until a signal asks to stop. Raises :class:`embedded.Trouble` when something stands in the way."""
    signals.interrupt()
    os.umask(embedded.MASK)
    with claimed(home) as leave_word, listen(host, port) as taken:
        leave_word(address(taken))
        with _logging(home), _database(home) as database:
            with prepare.in_one_line(), prepare.one_at_a_time():
                if empty and not people.anybody():
                    people.check_first_admin()
                prepare.tables(say)
                sign_ins = people.settle(home, say, empty=empty)
            _serve(home, taken, database, sign_ins)


def _serve(home: Path, taken: socket.socket, database: _Database | None, sign_ins: list[str]) -> None:
    addresses.served_at(*taken.getsockname()[:2])
    children = Children(home, say)
    children.variables["PORTAL_ADDRESS"] = addresses.base()
    with signals.Signals() as asked:
        try:
            teller = TrailLines(say)
            say("Starting the web server …")
            web = ahead.web or Child("web", ["web"])
            web.give(taken)
            children.start(web)
            _begin(children, web, asked)
            if web.ready:
                _welcome(taken, sign_ins)
            # After the web server, which somebody is waiting for: three at once would slow each other down.
            children.start(Child("worker", ["worker"]))
            children.start(Child("beat", ["beat"]))
            for name in plugins.processes():
                children.start(Child(name, [name]))
            while not asked.asked:
                teller.tell()
                asked.wait(POLL, *children.lines())
                children.look()
                if database:
                    database.keep()
            teller.flush()
        finally:
            say("Stopping …")
            children.stop(asked)


def _begin(children: Children, web: Child, asked: signals.Signals) -> None:
    """Wait until the web server answers, or somebody asks to stop."""
    end = time.monotonic() + FIRST_START
    while not web.ready and not asked.asked:
        asked.wait(POLL, *children.lines())
        children.look()
        if web.deaths >= TRIES or time.monotonic() > end:
            log = embedded.log_file(children.home, web.name)
            last = (log.read_text(errors="replace").strip().splitlines() or ["it says nothing"])[-1]
            raise embedded.Trouble(f"The web server does not start: {last} (its log: {log})")


def _welcome(taken: socket.socket, sign_ins: list[str]) -> None:
    say(f"\nAgent Portal runs at {address(taken)}   (Ctrl-C stops it)\n")
    for line in sign_ins:
        say(line)
    host = taken.getsockname()[0]
    if host not in {"127.0.0.1", "::1", *settings.ALLOWED_HOSTS} and "*" not in settings.ALLOWED_HOSTS:
        say(
            "It answers to the names in PORTAL_HOSTS only: set it to those of this machine (comma-separated)."
        )
    say("")


@contextmanager
def _database(home: Path) -> Iterator[_Database | None]:
    """The embedded server, or none where ``DATABASE_URL`` names another."""
    if settings.DATABASE_URL:
        embedded.close(home)
        yield None
        return
    database = _Database(home)
    database.server.start(say)
    try:
        yield database
    finally:
        connections.close_all()
        database.server.stop()


@contextmanager
def _logging(home: Path) -> Iterator[None]:
    """What this process logs goes to a file: the terminal is for what happens in the portal."""
    handler = logging.FileHandler(embedded.log_file(home, "up"))
    root = logging.getLogger()
    handler.setFormatter(root.handlers[0].formatter if root.handlers else None)
    before, root.handlers = root.handlers, [handler]
    try:
        yield
    finally:
        root.handlers = before
        handler.close()
