"""Ends grants: revoke, suspend, expire. Asks under a grant are cancelled with it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from agents.approvals.actions import cancel_asks
from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.events import Event
from agents.grants.models import Grant, GrantQuerySet
from agents.registry.models import Agent
from portal.audit.record import action, detail
from portal.notices.people import others, who
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import Stored, because, public


@action(Event.GRANT_REVOKED)
def revoke_grant(actor: Person | str, grant: Grant, *, why: str = "", cause: Stored | None = None) -> Grant:
    """End a grant at once. A call that is being decided this moment loses it too: the gate looks again.

    ``why``: a person's words; ``cause``: the portal's own reason.
    """
    detail(why=public(cause) if cause else why)
    ended = _end(grant, Grant.State.REVOKED, why, cause)
    _tell(actor, ended, cause or why)
    return ended


@action(Event.GRANTS_REVOKED)
def revoke_grants(actor: Person, target: Agent | Connection, *, grants: GrantQuerySet, why: str = "") -> int:
    """End ``grants`` of an agent or on a connection in one go, all or none of them; how many it were."""
    rows = list(grants.select_related("agent", "connection").order_by("id"))
    if not rows:
        raise ValidationError("There is nothing left to revoke.")
    for grant in rows:
        revoke_grant(actor, grant, why=why)
    detail(grants=[grant.pk for grant in rows], why=why)
    return len(rows)


@action(Event.GRANT_SUSPENDED)
def suspend_grant(actor: Person | str, grant: Grant, *, cause: Stored) -> Grant:
    detail(why=public(cause))
    ended = _end(grant, Grant.State.SUSPENDED, cause=cause)
    _tell(actor, ended, cause)
    return ended


@action(Event.GRANT_EXPIRED)
def expire_grant(actor: str, grant: Grant) -> Grant:
    return _end(grant, Grant.State.EXPIRED)


def _tell(actor: Person | str, grant: Grant, why: Stored | str) -> None:
    """Once a day for an agent on a connection, however many of its grants end."""
    told = {"who": who(actor), "agent": str(grant.agent), "connection": str(grant.connection), "why": why}
    people = others([grant.agent.owner, grant.request.requested_by], actor)
    key = f"{grant.connection_id} {timezone.now():%Y-%m-%d}"
    tell(people, "grant.ended", grant.agent, grant.get_absolute_url(), key=key, **told)


def _end(grant: Grant, state: Grant.State, why: str = "", cause: Stored | None = None) -> Grant:
    ending = [Grant.State.ACTIVE, Grant.State.REQUESTED, Grant.State.SUSPENDED]
    kept: dict[str, Any] = {"note": why[:500]} if why else {}
    kept |= {"cause": cause} if cause else {}
    changed = Grant.objects.filter(pk=grant.pk, state__in=ending).update(
        state=state, version=models.F("version") + 1, **kept
    )
    if not changed:
        raise ValidationError("This grant has ended already.")
    grant.refresh_from_db()
    settle(grant)
    if not grant.request.waiting:
        settle(grant.request)
    why_cancelled = because("ask_grant_ended", state=grant.state)
    cancel_asks(Approval.objects.filter(call__grant=grant), why=why_cancelled)
    return grant
