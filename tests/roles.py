"""Tests work on their database as the portal does: as its plain role. Here is the way around it, for tampering.

The session is a superuser's that has put on the plain role: what the role may not do is refused, and a test may take it
off within its own transaction, where what it wrote itself is seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection, transaction

from portal.embedded import Server
from portal.embedded.places import ADMIN, OWNER, PLAIN


def before_the_database(server: Server) -> None:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {OWNER} CREATEDB")
    connection.settings_dict["USER"] = OWNER


def plain_from_here() -> None:
    connection.close()
    connection.settings_dict["USER"] = ADMIN
    connection.settings_dict["OPTIONS"]["options"] = f"-c role={PLAIN}"


def back_to_the_owner() -> None:
    connection.close()
    del connection.settings_dict["OPTIONS"]["options"]


@contextmanager
def superuser() -> Iterator[None]:
    """Within, this connection may do everything."""
    with transaction.atomic():
        _execute("SET ROLE NONE")
        yield
        _execute(f"SET ROLE {settings.DATABASE_ROLE}")


@contextmanager
def unguarded() -> Iterator[None]:
    """Within, no trigger and no constraint keeps this connection from anything."""
    with superuser():
        _execute("SET LOCAL session_replication_role = replica")
        yield
        _execute("SET LOCAL session_replication_role = origin")


def past_the_guards(sql: str) -> None:
    """What only a superuser can do: past the triggers."""
    with unguarded():
        _execute(sql)


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
