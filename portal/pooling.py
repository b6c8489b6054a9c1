"""Is a pooler between us and PostgreSQL that gives our session to others? Found out by what it does, not by its name.

A pooler in transaction mode lends a session for one transaction. A lock of a session is then whoever's comes next, a
``LISTEN`` hears nothing, and limits of a session are those that somebody else set.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from portal import env

ROUNDS = 3
OTHERS = 3  # connections that ask for a session between two transactions of ours
PATIENCE = 5.0  # seconds for one of them: a pooler may have none left
TAKE = "SELECT pg_backend_pid(), pg_try_advisory_lock(%s)"
SEE = """
    SELECT pg_backend_pid(), EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND pid = pg_backend_pid() AND (classid::bigint << 32) | objid::bigint = %s)
"""


@register(deploy=True)
def sessions_are_ours(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return problems(env.conninfo(settings.DATABASES["default"]))


def problems(place: str) -> list[CheckMessage]:
    try:
        lent = any(_lent(place) for _ in range(ROUNDS))
        loose = list(_loose(place))
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return [Warning(f"The database could not be asked about its sessions: {said}", id="portal.W005")]
    found: list[CheckMessage] = []
    if lent:
        said = "A pooler gives the portal another session for each transaction: locks, stops and queues do not hold."
        hint = "Set the pooler to session mode (PgBouncer: pool_mode = session), or connect to PostgreSQL itself."
        found.append(Warning(said, hint=hint, id="portal.W006"))
    if loose:
        said = (
            f"Sessions are not held to {', '.join(loose)}: a process that stands still can stop the others."
        )
        hint = (
            "The pooler drops the options of a connection. Set them for the role; see portal/docs/deploy.md."
        )
        found.append(Warning(said, hint=hint, id="portal.W007"))
    return found


def _lent(place: str) -> bool:
    """Is the session of our first transaction another's in between, or not ours in the second?"""
    key = secrets.randbelow(2**62)
    with ExitStack() as stack:
        ours = stack.enter_context(_connected(place))
        with ours.transaction():
            first = _asked(ours, TAKE, key)
        # Each of the others stays in its transaction, so that the pooler has none of their sessions for us.
        for _ in range(OTHERS):
            try:
                other = stack.enter_context(_connected(place))
                if _asked(other, SEE, key)[0] == first[0]:
                    other.execute("SELECT pg_advisory_unlock(%s)", [key])
                    return True
            except psycopg.OperationalError:
                break  # the pooler has no session left to give
        with ours.transaction():
            return _asked(ours, SEE, key) != first


def _loose(place: str) -> Iterator[str]:
    """The limits that a session does not have (``env.SESSION``)."""
    with _connected(place) as ours:
        for name, value in env.SESSION.items():
            wanted = "SELECT current_setting(%s), set_config(%s, %s, true)"
            found, same = ours.execute(wanted, [name, name, value]).fetchone() or ("", "")
            if found != same and not (
                name.startswith("tcp_") and found == "0"
            ):  # a socket of this machine has none
                yield name


def _asked(connection: "psycopg.Connection[tuple[Any, ...]]", question: str, key: int) -> tuple[Any, ...]:
    """Raises OperationalError where the pooler keeps it waiting."""
    line = socket.socket(fileno=os.dup(connection.fileno()))
    watch = threading.Timer(PATIENCE, line.shutdown, [socket.SHUT_RDWR])
    watch.start()
    try:
        return connection.execute(question, [key]).fetchone() or ()
    finally:
        watch.cancel()
        line.close()


def _connected(place: str) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(place, connect_timeout=int(PATIENCE))
