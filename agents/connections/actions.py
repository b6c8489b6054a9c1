"""Verbs on connections: add, edit, test, give and take rights. Removing one is in ``lifecycle``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from agents.connections import health, sealed_secrets
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.events import Event
from agents.permissions import AgentsPermission, ConnectionPermission
from portal.audit.record import action, detail
from portal.naming import refuse_alike
from portal.outgoing.inside import networks
from portal.people.models import Person
from portal.sealing import Sealed
from portal.teams.models import Team


@action(Event.CONNECTION_ADDED)
def add(
    actor: Person,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, Any],
    team: Team | None = None,
    secret: str | sealed_secrets.Given = "",
    most_at_once: int | None = None,
    secret_ends_at: datetime | None = None,
) -> Connection:
    """A shared connection of ``team``, or with none a personal one of ``actor``, who gets every right on it.

    ``secret``: by name where its kind has several.

    Raises ValidationError: unknown kind, name taken, settings that this person may not use.
    """
    if kind not in connectors():
        raise ValidationError(f"There is no connector “{kind}”.")
    if team is not None and not actor.has_perm(AgentsPermission.ADD_SHARED):
        raise ValidationError("Only an admin can add shared connections.")
    if team is None and not connectors()[kind].personal:
        raise ValidationError({"team": f"Choose the team that shares {connectors()[kind].title}."})
    owner = None if team else actor
    connection = Connection(kind=kind, name=name.strip(), team=team, person=owner, most_at_once=most_at_once)
    connection.secret_ends_at = secret_ends_at
    _configure(connection, settings, secret)
    connection.save()
    for permission in ConnectionPermission:
        assign_perm(permission, actor, connection)
    if team is not None:
        assign_perm(ConnectionPermission.VIEW, team.group, connection)
    detail(kind=kind, shared_with=str(team or ""))
    return connection


@action(Event.CONNECTION_EDITED)
def edit(
    actor: Person,
    connection: Connection,
    *,
    name: str,
    settings: Mapping[str, Any],
    secret: str | sealed_secrets.Given = "",
    most_at_once: int | None = None,
    secret_ends_at: datetime | None = None,
) -> Connection:
    """An empty ``secret`` keeps the stored one; of several each for itself. What was checked before is not known now.

    Agents read the name, so only somebody who may let them act here changes it. Raises ValidationError.
    """
    connection.refuse_removed()
    if name.strip() != connection.name and not connection.permits(actor, ConnectionPermission.GRANT):
        raise ValidationError(
            {"name": "Agents read this name. Only an admin of this connection can change it."}
        )
    connection.name = name.strip()
    connection.most_at_once, connection.secret_ends_at = most_at_once, secret_ends_at
    changed = sorted(key for key in settings if connection.settings.get(key) != settings[key])
    before = bytes(connection.secret)
    _configure(connection, settings, secret)
    new_key = bytes(connection.secret) != before
    health.forget(connection)
    connection.save()
    detail(changed=changed, new_key=new_key, most_at_once=most_at_once)
    return connection


def _configure(
    connection: Connection, settings: Mapping[str, Any], secret: str | sealed_secrets.Given
) -> None:
    connection.settings = dict(settings)
    try:
        connection.secret = sealed_secrets.changed(connection.connector, bytes(connection.secret), secret)
    except Sealed as error:
        raise ValidationError(
            "The stored secrets cannot be decrypted, so one alone cannot be changed. Enter all of them again."
        ) from error
    owner = connection.person.email if connection.person else None
    if refusal := connection.connector.allowed_for(connection.settings, owner):
        raise ValidationError(refusal)
    connection.full_clean(exclude=["settings", "check_ok"])
    refuse_alike(connection, Connection.objects.active().filter(person=connection.person))


def test(actor: Person, connection: Connection) -> Connection:
    """Test the connection and store the result. The test may be slow, so it runs outside of a transaction."""
    connection.refuse_removed()
    return _tested(actor, connection, health.look(connection))


@action(Event.CONNECTION_TESTED)
def _tested(actor: Person, connection: Connection, found: health.Found) -> Connection:
    detail(ok=found.ok)
    return health.take(connection, found)


@action(Event.CONNECTION_INSIDE)
def allow_inside(actor: Person, connection: Connection, *, places: Iterable[str]) -> Connection:
    """Let it reach these addresses or networks inside the company, and no others there. Raises ValidationError."""
    connection.refuse_removed()
    if not actor.has_perm(AgentsPermission.ADD_SHARED):
        raise ValidationError("Only an admin can let a connection reach addresses inside the company.")
    try:
        connection.inside = [str(network) for network in networks(places)]
    except ValueError as error:
        raise ValidationError({"places": f"This is no address or network: {error}."}) from error
    connection.save(update_fields=["inside"])
    detail(places=connection.inside)
    return connection


@action(Event.CONNECTION_SHARED)
def give(
    actor: Person, connection: Connection, *, holder: Person | Team, rights: list[ConnectionPermission]
) -> Connection:
    """Give rights on a shared connection; seeing it comes with each of them."""
    connection.refuse_removed()
    if connection.personal:
        raise ValidationError("A personal connection belongs to one person.")
    receiver = holder.group if isinstance(holder, Team) else holder
    for permission in {ConnectionPermission.VIEW, *rights}:
        assign_perm(permission, receiver, connection)
    detail(holder=str(holder), rights=[right.value for right in rights])
    return connection


@action(Event.CONNECTION_UNSHARED)
def take(actor: Person, connection: Connection, *, holder: Person | Team) -> Connection:
    """Take every right. Raises ValidationError when nobody would be left to grant or manage."""
    receiver = holder.group if isinstance(holder, Team) else holder
    with transaction.atomic():
        for permission in ConnectionPermission:
            remove_perm(permission, receiver, connection)
        for needed in (ConnectionPermission.GRANT, ConnectionPermission.MANAGE):
            if not connection.holders(needed).exists():
                what = needed.label[0].lower() + needed.label[1:]
                raise ValidationError(
                    f"{holder} is the last person who may {what}. Give this right to somebody else first."
                )
    detail(holder=str(holder))
    return connection
