"""Does a connection work? What a test of it found, when it is tested next, and since when it is broken."""

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agents.connections.models import Connection, ConnectionQuerySet
from agents.connectors.base import Checked, ConnectorError, Unavailable
from agents.events import Event
from agents.permissions import ConnectionPermission
from agents.storable import storable
from portal.audit.record import PORTAL, action
from portal.notices.telling import settle, tell, told
from portal.sessions import database_now

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=15)
FIRST = timedelta(minutes=2)  # after trouble; then twice as long each time
PATIENCE = 3  # tests in a row in which its system is away, until people are told
AT_MOST = 50  # connections of one round
SECONDS = 45.0  # of one round; what is left is the next one's
TEXT = 300


@dataclass(frozen=True, slots=True)
class Found:
    """``passing``: it may work again by itself in a moment."""

    checked: Checked | None
    note: str
    passing: bool = False

    @property
    def ok(self) -> bool:
        return self.checked is not None


def look(connection: Connection) -> Found:
    """Test it, outside of any transaction."""
    try:
        checked = connection.connector.check(connection.context())
    except ConnectorError as error:
        return Found(None, str(error), passing=isinstance(error, Unavailable))
    except Exception:
        log.exception("%s could not be tested", connection)
        return Found(None, "The test broke. An admin finds the details in the portal's log.")
    return Found(checked, checked.note)


def take(connection: Connection, found: Found) -> Connection:
    """Store what a test found, and that it broke or works again, where that is new."""
    row = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    if row.state != Connection.State.ACTIVE:
        return connection
    now = database_now()
    row.checked_at, row.check_ok, row.check_note = now, found.ok, storable(found.note)[:TEXT]
    row.failures = 0 if found.ok else row.failures + 1
    row.check_at = now + until_next(row.failures, random.random())  # noqa: S311  (spreads load, guards nothing)
    if found.checked is not None:
        row.check_rights = {name: storable(why)[:TEXT] for name, why in found.checked.rights.items()}
        row.secret_ends_at = found.checked.ends_at or row.secret_ends_at
    row.save(update_fields=[*FIELDS])
    if found.ok and row.broken_at is not None:
        _recovered(PORTAL, row, now)
    elif row.broken_at is None and broken(row.failures, passing=found.passing or found.ok):
        _broke(PORTAL, row, now)
    for name in (*FIELDS, "broken_at", "recovered_at"):
        setattr(connection, name, getattr(row, name))
    return connection


FIELDS = (
    "checked_at",
    "check_ok",
    "check_note",
    "check_rights",
    "check_at",
    "failures",
    "secret_ends_at",
)


def forget(connection: Connection) -> None:
    """Its settings changed: what was found is no longer known to be true. Saving is the verb's."""
    connection.checked_at, connection.check_ok, connection.check_note = None, None, ""
    connection.check_rights, connection.failures = {}, 0
    connection.broken_at, connection.check_at = None, database_now()


def broken(failures: int, *, passing: bool) -> bool:
    """A refusal counts at once, a system that is away only when it stays so."""
    return failures >= PATIENCE or (failures > 0 and not passing)


def until_next(failures: int, spread: float) -> timedelta:
    """``spread``: 0 to 1, so that connections made together are not tested together."""
    wait = min(EVERY, FIRST * 2 ** min(failures - 1, 10)) if failures else EVERY
    return wait * (0.8 + 0.4 * spread)


def beat() -> None:
    """One round over the connections whose time has come, the longest due first. Safe to run twice at once."""
    end = time.monotonic() + SECONDS
    due = Connection.objects.active().filter(check_at__lte=database_now()).order_by("check_at", "pk")
    for pk, before in list(due.values_list("pk", "check_at")[:AT_MOST]):
        # Who changes the time tests it, and nobody else in this round.
        if _mine(pk, before):
            try:
                connection = Connection.objects.get(pk=pk)
                _store(connection, look(connection))
            except Exception:
                log.exception("Connection %s is broken; the others go on", pk)
        if time.monotonic() >= end:
            return


def _mine(pk: int, before: datetime) -> bool:
    rows = Connection.objects.active().filter(pk=pk, check_at=before)
    return bool(rows.update(check_at=database_now() + FIRST))


def _store(connection: Connection, found: Found) -> None:
    """Tests of the clock leave no entry, unless one changes something."""
    with transaction.atomic():
        take(connection, found)


@action(Event.CONNECTION_BROKE)
def _broke(actor: str, connection: Connection, now: datetime) -> Connection:
    connection.broken_at, connection.recovered_at = now, None
    connection.save(update_fields=["broken_at", "recovered_at"])
    settle(connection, "connection.recovered")
    _tell(connection, "connection.broke")
    return connection


@action(Event.CONNECTION_RECOVERED)
def _recovered(actor: str, connection: Connection, now: datetime) -> Connection:
    connection.broken_at, connection.recovered_at = None, now
    connection.save(update_fields=["broken_at", "recovered_at"])
    settle(connection, "connection.broke")
    _tell(connection, "connection.recovered")
    return connection


def tell_ends(connection: Connection) -> None:
    """Its credentials end soon: its people are told once for each end."""
    assert connection.secret_ends_at is not None
    until = connection.secret_ends_at.isoformat()
    settle(connection, "connection.ends")
    _tell(connection, "connection.ends", key=until, until=until)


def ending() -> ConnectionQuerySet:
    """With credentials that end soon, of which nobody was told yet."""
    now = timezone.now()
    soon = Connection.objects.ending(now).filter(secret_ends_at__gt=now)
    return soon.exclude(told(Connection, "connection.ends"))


def _tell(connection: Connection, kind: str, key: str = "", **more: str) -> None:
    people = connection.holders(ConnectionPermission.MANAGE)
    link = connection.get_absolute_url()
    tell(people, kind, connection, link, key=key, connection=str(connection), **more)
