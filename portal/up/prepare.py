"""What must be right in the database before anything starts: its tables, the queue's, and people."""

import logging
import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import Error, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from portal import broker, database_roles
from portal.embedded import Trouble
from portal.embedded.postgres import Say
from portal.locking import locked

log = logging.getLogger(__name__)


def tables(say: Say) -> None:
    """Bring the tables to what the code expects. Raises :class:`Trouble` if the database is the newer one."""
    with database_roles.as_owner():
        _migrated(say)
    if broker.ensure():
        say("Setting up the queue …")


def _migrated(say: Say) -> None:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= set(migration.replaces)
    unknown = sorted(set(loader.applied_migrations) - known)
    if newer := [f"{app}.{name}" for app, name in unknown if app in loader.migrated_apps]:
        raise Trouble(
            f"The database is newer than this code: it has {newer[0]}. "
            "Update the code, or choose another PORTAL_HOME."
        )
    if plan := executor.migration_plan(loader.graph.leaf_nodes()):
        say(f"Setting up the tables ({len(plan)} steps) …")
        call_command("migrate", verbosity=0, interactive=False)
    else:
        database_roles.apply()  # what another version of the code gave, or a role that is new here


def one_at_a_time() -> AbstractContextManager[bool]:
    """Two starts on one database (two machines with one ``DATABASE_URL``): the second waits for the first."""
    return locked("portal", "up", wait=math.inf)


@contextmanager
def in_one_line() -> Iterator[None]:
    """What the database refuses, said in one line."""
    try:
        yield
    except Error as error:
        log.exception("The database refused")
        said = str(error).strip().splitlines() or [type(error).__name__]
        where = "DATABASE_URL" if settings.DATABASE_URL else "the embedded database"
        what = "cannot be reached" if isinstance(error, OperationalError) else "refuses"
        raise Trouble(f"The database ({where}) {what}: {said[0]}") from error
