"""The two roles of the database: its owner migrates, everything else runs as a plain role with the rights given here.

The plain role may read and write models' tables, unless a plug-in says less (``database_grants``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from psycopg import sql

from portal import plugins, sessions

WRITTEN = "SELECT, INSERT, UPDATE, DELETE"
GRANTS = {
    "django_migrations": "SELECT",
    "portal_entry": "SELECT, INSERT",
    "portal_seal": "SELECT",  # made by the owner's function
    "portal_archivedsegment": "SELECT",
}
PLACE = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
TABLES = """
    SELECT relname, relkind = 'S', pg_get_userbyid(relowner) = current_user FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND NOT relispartition
    ORDER BY relname
"""
# Functions that do for the plain role what it may not do itself: nobody else calls them.
DEFINERS = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prosecdef
"""


def decided() -> dict[str, str]:
    """What the plain role may do with a table, by its name, where that is not all of ``WRITTEN``."""
    return {
        table: rights for plugin in plugins.installed() for table, rights in plugin.database_grants.items()
    }


@contextmanager
def as_owner() -> Iterator[None]:
    """Within, this thread's connection is the owner's. Another connection, so another transaction as well."""
    before = connections["default"]
    place = {key: settings.DATABASE_OWNER[key] for key in PLACE}
    if all(before.settings_dict[key] == place[key] for key in ("USER", "HOST", "PORT")):
        with sessions.unbounded():
            yield
        return
    owner = type(before)({**before.settings_dict, **place, "OPTIONS": dict(place["OPTIONS"])}, "default")
    connections["default"] = owner
    try:
        yield
    finally:
        connections["default"] = before
        owner.close()


def apply() -> None:
    """Give the plain role its rights on every table, no more. Called as the owner, after migrations."""
    plain = settings.DATABASE_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_schema(), current_database()")
        owner, schema, database = cursor.fetchone()
        if settings.DATABASE_OWNER["USER"] == plain or owner == plain:
            return
        if not plain:
            raise ImproperlyConfigured(
                "DATABASE_URL names no role, so DATABASE_OWNER_URL cannot give it rights."
            )
        cursor.execute(TABLES)
        tables = [(name, sequence) for name, sequence, ours in cursor if ours]
        cursor.execute(DEFINERS)
        definers = [name for (name,) in cursor]
        for statement in _statements(plain, schema, database, tables, definers):
            cursor.execute(statement)


def _statements(
    plain: str, schema: str, database: str, tables: list[tuple[str, bool]], definers: list[str]
) -> Iterator[Any]:
    who, place = sql.Identifier(plain), sql.Identifier(schema)
    yield sql.SQL("REVOKE CREATE ON DATABASE {} FROM {}").format(sql.Identifier(database), who)
    yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC, {}").format(place, who)
    yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(place, who)
    rights = decided()
    for name, sequence in tables:
        what = "USAGE, SELECT" if sequence else rights.get(name, WRITTEN)
        table = sql.Identifier(name)
        kind = sql.SQL("SEQUENCE" if sequence else "TABLE")
        yield sql.SQL("REVOKE ALL ON {} {} FROM PUBLIC, {}").format(kind, table, who)
        yield sql.SQL("GRANT {} ON {} {} TO {}").format(sql.SQL(what), kind, table, who)
    for name in definers:
        yield sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(sql.SQL(name))
        yield sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(name), who)


@contextmanager
def making_schemas() -> Iterator[None]:
    """Within, the plain role may make a schema of its own: the queue's."""
    _creation("GRANT", "TO")
    try:
        yield
    finally:
        _creation("REVOKE", "FROM")


def _creation(verb: str, word: str) -> None:
    plain = settings.DATABASE_ROLE
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        owner, database = cursor.fetchone()
        if owner != plain and settings.DATABASE_OWNER["USER"] != plain:
            statement = sql.SQL(f"{verb} CREATE ON DATABASE {{}} {word} {{}}")
            cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(plain)))
