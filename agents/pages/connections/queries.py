"""Queries of the connections' pages: a fixed number of them, however many rows there are."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet

from agents.connections import providers
from agents.connections.models import (
    Connection,
    ConnectionPersonRight,
    ConnectionQuerySet,
    ConnectionTeamRight,
)
from agents.connections.signing_in import barred
from agents.connectors import connectors
from agents.connectors.base import Connector
from agents.events import Event
from agents.grants.limits import sentence
from agents.grants.models import Grant
from agents.permissions import AgentsPermission, ConnectionPermission, StopPermission
from agents.policy.declarations import Effect, Role
from agents.queue.models import Call
from agents.rights import Holder, holders
from agents.stops.models import Stop
from portal.audit.models import Entry, EntryQuerySet
from portal.people.models import Person

# What a call does to the world, for a reader.
EFFECTS: dict[Effect, str] = {
    Effect.READ: "Only reads. Nothing changes and nothing leaves.",
    Effect.FETCH: "Reads, but what it looks for leaves the portal.",
    Effect.WRITE: "Makes a change that you can undo. Nobody else notices.",
    Effect.IRREVERSIBLE: "Others see it, and it cannot be undone. It asks first.",
    Effect.DESTRUCTIVE: "Deletes something. It always asks first.",
}
SHOWN = 10  # grants; the review has all of them
ROLES: dict[Role, str] = {
    Role.DEST: "where it goes",
    Role.OBJECT: "which thing",
    Role.VALUE: "how much",
    Role.NAME: "a name",
    Role.CONTENT: "free text",
    Role.TIME: "a time",
    Role.QUERY: "what it looks for",
    Role.NOTE: "why, for you to read",
}


def addable(person: Person) -> list[Connector]:
    """The kinds of which the person may add a connection: their own, or one that a team shares."""
    shared = person.has_perm(AgentsPermission.ADD_SHARED)
    return [connector for connector in connectors().values() if connector.personal or shared]


def listed(person: Person, wanted: dict[str, Any]) -> ConnectionQuerySet:
    found = Connection.objects.visible_to(person).select_related("team", "person")
    if not wanted.get("removed"):
        found = found.active()
    if words := wanted.get("q"):
        found = found.filter(name__icontains=words)
    if kind := wanted.get("kind"):
        found = found.filter(kind=kind)
    if whose := wanted.get("whose"):
        found = found.filter(person=person) if whose == "own" else found.filter(person__isnull=True)
    standing = Stop.objects.active().filter(connection=OuterRef("pk"))
    return found.annotate(stopped=Exists(standing))


def about(connection: Connection, person: Person) -> dict[str, Any]:
    held = connection.rights_of(person)
    active = connection.state == Connection.State.ACTIVE
    manages = active and ConnectionPermission.MANAGE in held
    grants = ConnectionPermission.GRANT in held
    offered = providers.offered(connection.connector)
    return {
        "connection": connection,
        "manages": manages,
        "may_stop": active and StopPermission.SET in held,
        "stop": (stop := connection.stops.active().for_reading().first()),
        "may_lift": stop is not None and stop.permits(person, StopPermission.LIFT),
        **found_out(connection),
        "may_let_inside": manages and person.has_perm(AgentsPermission.ADD_SHARED),
        "providers": offered if active and not barred(person, connection) else [],
        "account": connection.connector.account(connection.settings),
        "access": connection.accesses.standing().select_related("person").first(),
        "offers": offers(connection.connector),
        "owns": connection.person_id == person.pk,
        "openings": connection.openings.current().for_reading() if connection.personal else [],
        "uses": uses_by_others(Connection.objects.filter(pk=connection.pk)) if connection.personal else [],
        "grants": live_grants(connection) if grants else None,
        "live_count": connection.grants.live().count() if grants else 0,
        "holders": [] if connection.personal else rights(connection),
        "settings": settings_rows(connection) if manages else [],
        "secrets": connection.stored_secrets() if manages else [],
        "history": history(connection)[:8] if manages or grants else [],
    }


def found_out(connection: Connection) -> dict[str, Any]:
    """What the last test found its credentials may do, and what not with the reason."""
    rights, declared = connection.check_rights, connection.connector.capabilities
    return {
        "may": [one for one in declared if rights.get(one.name) == ""],
        "may_not": [(one, rights[one.name]) for one in declared if rights.get(one.name)],
    }


def history(connection: Connection) -> EntryQuerySet:
    """Its entries, latest first. Each single use in tasks of others is the auditor's to read: it is their volume."""
    return Entry.objects.about(connection).exclude(event=Event.CONNECTION_USED).order_by("-id")


def offers(connector: Connector) -> list[dict[str, Any]]:
    """Each capability in words for its reader."""
    return [
        {
            "capability": capability,
            "effect": EFFECTS[capability.effect],
            "asks": capability.effect in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE},
            "arguments": [(argument, ROLES[argument.role]) for argument in capability.arguments],
        }
        for capability in connector.capabilities
    ]


def uses_by_others(connections: ConnectionQuerySet, since: datetime | None = None) -> QuerySet[Call, Any]:
    """For the person of these connections: whose tasks used them, and when last. How often is not shown."""
    rows = Call.objects.filter(connection__in=connections, connection__person__isnull=False, verdict="allow")
    rows = rows.exclude(task__person=F("connection__person")).exclude(state=Call.State.WOULD)
    if since is not None:
        rows = rows.filter(decided_at__gt=since)
    whose = rows.order_by().values(
        "connection_id", "connection__name", "task__person", name=F("task__person__display_name")
    )
    return whose.annotate(last=Max("decided_at")).order_by("-last")


def live_grants(connection: Connection) -> list[tuple[Grant, str]]:
    """(grant, its limits in words) of the first that hold this moment, those that end first first."""
    rows = (
        connection.grants.live()
        .select_related("agent__owner", "connection")
        .order_by("ends_at", "id")[:SHOWN]
    )
    return [(row, sentence(row.declared, row.limits) if row.declared else "") for row in rows]


def rights(connection: Connection) -> list[tuple[Holder, list[ConnectionPermission]]]:
    """Who holds what on the connection, people before teams, by name."""
    every = holders(connection, ConnectionPersonRight, ConnectionTeamRight)
    return [(holder, [right for right in ConnectionPermission if right in holder.rights]) for holder in every]


def settings_rows(connection: Connection) -> list[tuple[str, Any]]:
    """The settings in the words of the connector's form, for people who may change them."""
    form = connection.connector.settings_form()
    found = []
    for name, field in form.fields.items():
        value = connection.settings.get(name, "")
        words = {str(key): label for key, label in getattr(field, "choices", ())}
        found.append((str(field.label or name.capitalize()), words.get(str(value), value)))
    return found
