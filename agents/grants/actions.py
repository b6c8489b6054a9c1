"""Verbs on grants: request, decide (and narrow), withdraw, remind. Ending one is in ``lifecycle``."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.connections.models import Connection
from agents.events import Event
from agents.grants.askers import lost, may_ask
from agents.grants.models import Grant, GrantRequest
from agents.grants.terms import Terms, as_asked, as_granted, check
from agents.registry.live_yes import say_yes
from agents.registry.models import Agent
from portal.audit.record import action, detail
from portal.notices.people import others
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import Stored, public, render_reason


@action(Event.GRANTS_REQUESTED)
def request(
    actor: Person,
    *,
    agent: Agent,
    connection: Connection,
    wanted: Mapping[str, Terms],
    ends_at: datetime,
    why: str,
) -> GrantRequest:
    """Ask for capabilities (by name) on a connection. Raises ValidationError naming what cannot be."""
    if agent.retired:
        raise ValidationError(f"{agent} is retired and cannot get access any more.")
    if connection.state != Connection.State.ACTIVE:
        raise ValidationError(f"{connection} is removed, so no access can be granted on it.")
    if not wanted:
        raise ValidationError("Choose at least one capability.")
    asked = GrantRequest.objects.create(
        agent=agent, connection=connection, requested_by=actor, why=why.strip()
    )
    for name, terms in wanted.items():
        capability = connection.connector.capability(name)
        if capability is None:
            raise ValidationError(f"{connection} has no capability “{name}”.")
        check(capability, terms, ends_at)
        grant = Grant(
            request=asked,
            agent=agent,
            connection=connection,
            capability=name,
            ends_at=ends_at,
            declaration=capability.digest,
        )
        grant.take(as_asked(capability, terms))
        grant.save()
    detail(capabilities=sorted(wanted), until=ends_at.isoformat(), why=why)
    told = {"who": str(actor), "agent": str(agent), "connection": str(connection), "why": why.strip()}
    tell(others(asked.deciders(), actor), "grant.waits", asked, asked.get_absolute_url(), **told)
    return asked


@action(Event.GRANTS_DECIDED)
def decide(
    actor: Person,
    asked: GrantRequest,
    *,
    granted: Mapping[int, Terms],
    ends_at: datetime,
    note: str = "",
    trial: bool = False,
) -> GrantRequest:
    """Decide a whole request: grants whose id is in ``granted`` start now on these terms, others are denied.

    Terms may be narrower than requested, never wider. Where the agent is live, a yes also lets it act for real on this
    connection, unless it is a ``trial``. Raises ValidationError, also when somebody else decided first.
    """
    waiting = asked.grants.filter(state=Grant.State.REQUESTED).select_related(
        "connection", "request", "agent"
    )
    rows = list(waiting.select_for_update(of=("self",)))
    if not rows:
        raise ValidationError(
            "Somebody else decided or withdrew this in the meantime. Your decision was not saved."
        )
    if set(granted) - {grant.pk for grant in rows}:
        raise ValidationError(
            "A part of this was decided or withdrawn in the meantime. Nothing was saved. Look at it again."
        )
    before = {grant.pk: grant.terms for grant in rows}
    for grant in rows:
        if grant.pk in granted:
            grant_one(actor, grant, terms=granted[grant.pk], ends_at=ends_at, note=note)
        else:
            deny_one(actor, grant, note=note)
    if granted and not trial:
        say_yes(actor, asked.agent, asked.connection)
    detail(
        granted=[grant.capability for grant in rows if grant.pk in granted],
        denied=[grant.capability for grant in rows if grant.pk not in granted],
    )
    settle(asked)
    narrowed = [grant for grant in rows if grant.pk in granted and grant.terms != before[grant.pk]]
    told = {"who": str(actor), "agent": str(asked.agent), "connection": str(asked.connection), "note": note}
    decision = [len(granted), len(rows), len(narrowed)]
    people, key = others([asked.requested_by], actor), str(timezone.now())
    tell(people, "grant.decided", asked, asked.get_absolute_url(), key=key, decision=decision, **told)
    return asked


@action(Event.GRANT_GRANTED)
def grant_one(actor: Person, grant: Grant, *, terms: Terms, ends_at: datetime, note: str) -> Grant:
    _decidable(actor, grant)
    capability = grant.declared
    if capability is None:
        raise ValidationError(f"No connector offers {grant.capability} any more.")
    check(capability, terms, ends_at)
    granted = as_granted(capability, terms, grant.terms)
    if ends_at > grant.ends_at:
        raise ValidationError("You can shorten what was requested, not lengthen it.")
    grant.take(granted)
    grant.ends_at, grant.declaration, grant.version = ends_at, capability.digest, grant.version + 1
    detail(until=ends_at.isoformat(), limits=grant.limits, uses=grant.max_uses, note=note)
    detail(second_person=grant.second_person, hours=granted.hours, zone=granted.zone)
    return _decided(actor, grant, Grant.State.ACTIVE, note)


@action(Event.GRANT_DENIED)
def deny_one(actor: Person, grant: Grant, *, note: str) -> Grant:
    _decidable(actor, grant)
    detail(note=note)
    return _decided(actor, grant, Grant.State.DENIED, note)


@action(Event.REQUEST_WITHDRAWN)
def withdraw(actor: Person | str, asked: GrantRequest, *, cause: Stored | None = None) -> GrantRequest:
    if not asked.grants.filter(state=Grant.State.REQUESTED).update(state=Grant.State.WITHDRAWN):
        raise ValidationError("This request is decided already.")
    if cause:
        detail(why=public(cause))
    settle(asked)
    return asked


@action(Event.GRANT_REMINDED)
def remind(actor: str, grant: Grant) -> Grant:
    """Its end is near: the start page reminds its requester and the agent's owner. The trail records whom."""
    now = timezone.now()
    if not Grant.objects.to_remind(now).filter(pk=grant.pk).update(reminded_at=now):
        raise ValidationError("They were reminded already.")
    grant.refresh_from_db(fields=["reminded_at"])
    readers = dict.fromkeys([grant.request.requested_by, grant.agent.owner])
    detail(reminded=[str(reader) for reader in readers if reader.is_active], until=grant.ends_at.isoformat())
    told = {
        "agent": str(grant.agent),
        "connection": str(grant.connection),
        "until": grant.ends_at.isoformat(),
    }
    settle(grant, "grant.ends")
    tell(readers, "grant.ends", grant, grant.get_absolute_url(), **told)
    return grant


def _decided(actor: Person, grant: Grant, state: Grant.State, note: str) -> Grant:
    grant.state, grant.note = state, note
    grant.decided_by, grant.decided_at = actor, timezone.now()
    grant.save()
    return grant


def _decidable(actor: Person, grant: Grant) -> None:
    if grant.state != Grant.State.REQUESTED:
        raise ValidationError(f"{grant.capability} is decided already: {grant.get_state_display().lower()}.")
    own = grant.request.requested_by_id == actor.pk
    if own and grant.connection.person_id != actor.pk:
        raise ValidationError("You requested this yourself. Another admin of this connection must decide.")
    if not GrantRequest.objects.filter(may_ask(), pk=grant.request_id).exists():
        why = render_reason(lost(grant.request.requested_by, grant.agent))
        raise ValidationError(f"{why} Request it again.")
