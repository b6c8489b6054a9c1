"""Verbs of the evening: allow a shape of call for tonight, take that back, choose the hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.authority import barred
from agents.clearances.binding import agent_state
from agents.clearances.models import MOST, Clearance
from agents.connections.models import Connection
from agents.events import Event
from agents.grants.models import Grant
from agents.nights.models import NightHours
from agents.policy.declarations import Capability, Effect
from agents.policy.limits import ANY_WORDS, within
from agents.policy.shapes import fixed, shape
from agents.registry.models import Agent
from agents.schedules.actions import locked
from agents.schedules.models import Schedule
from portal.audit.record import action, detail, on
from portal.people.models import Person

LONGEST = timedelta(hours=37)  # from one morning to the noon of the next, also where the clocks go back


@action(Event.CLEARANCE_GIVEN)
def clear(
    actor: Person,
    schedule: Schedule,
    *,
    grant: Grant,
    arguments: Mapping[str, Any],
    most: int,
    until: datetime,
) -> Clearance:
    """Allow calls like this one in runs that the schedule starts by itself: same values, other words.

    By the schedule's person; by another, as the second person whom the grant demands. The same once more changes
    nothing while it holds. Raises ValidationError.
    """
    row, now = locked(schedule, Schedule.State.ON), timezone.now()
    agent = Agent.objects.get(pk=row.agent_id)
    declared = _declared(row, grant, now)
    second = actor.pk != row.person_id
    _refuse(actor, row, grant, second=second)
    held = fixed(declared, arguments)
    for name, limit in grant.limits.items():
        if limit != ANY_WORDS and not within(limit, held.get(name)):
            raise ValidationError("This is outside of what the grant allows.")
    left = MOST if grant.uses_left is None else min(MOST, grant.uses_left)
    if not 1 <= most <= left:
        raise ValidationError(f"Choose a number from 1 to {left}.")
    if not now < until <= now + LONGEST:
        raise ValidationError("Choose an hour of the coming morning.")
    new = Clearance(
        schedule=row,
        by=actor,
        second_person=second,
        capability=grant.capability,
        connection=grant.connection,
        fixed=held,
        shape=shape(declared, grant.connection_id, arguments),
        most=most,
        until=until,
        grant=grant,
        grant_version=grant.version,
        schedule_changed_at=row.changed_at,
        schedule_on_at=row.on_at or now,
        agent_was=agent_state(agent),
        given_at=now,
    )
    new = _same(new) or new
    new.save()
    on(new)
    detail(**_named(new), most=most, until=until.isoformat(), second_person=second)
    return new


def _declared(schedule: Schedule, grant: Grant, now: datetime) -> Capability:
    """What the grant covers, where it is live and the schedule's. Raises ValidationError."""
    declared = grant.declared
    pair = [grant.capability, grant.connection_id]
    if (
        declared is None
        or grant.agent_id != schedule.agent_id
        or pair not in schedule.envelope
        or not Grant.objects.live(now).filter(pk=grant.pk, version=grant.version).exists()
    ):
        raise ValidationError("The grant that this needs has ended or changed.")
    if declared.effect is Effect.DESTRUCTIVE:
        raise ValidationError("Calls that delete something always ask. Nobody can clear them.")
    return declared


def _refuse(actor: Person, schedule: Schedule, grant: Grant, *, second: bool) -> None:
    if second and not Connection.objects.approvable_by(actor).filter(pk=grant.connection_id).exists():
        raise ValidationError("You cannot clear this. Somebody else must.")
    if second and not grant.second_person:
        raise ValidationError("Only the person of the schedule can clear this.")
    if barred(schedule.person_id, schedule.agent_id):
        raise ValidationError(f"{schedule.person} may no longer use {schedule.agent}.")


def _same(new: Clearance) -> Clearance | None:
    """One that says exactly this already and is not used up; others of this shape it replaces."""
    alike = Clearance.objects.open().current().filter(
        schedule=new.schedule, shape=new.shape, second_person=new.second_person
    )  # fmt: skip
    for row in alike.order_by("pk"):
        terms = (row.by_id, row.most, row.until, row.grant_id, row.agent_was)
        if row.left and terms == (new.by_id, new.most, new.until, new.grant_id, new.agent_was):
            return row
        Clearance.objects.filter(pk=row.pk).update(withdrawn_at=new.given_at)
    return None


@action(Event.CLEARANCE_WITHDRAWN)
def withdraw(actor: Person, clearance: Clearance) -> Clearance:
    """Take it back: from now on such calls ask. Raises ValidationError where it is over already."""
    rows = Clearance.objects.filter(pk=clearance.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=timezone.now()):
        raise ValidationError("This was taken back already.")
    detail(**_named(clearance))
    clearance.refresh_from_db()
    return clearance


def _named(clearance: Clearance) -> dict[str, Any]:
    """Who does what where, for entries of the trail."""
    return {
        "agent": str(clearance.schedule.agent),
        "capability": clearance.capability,
        "connection": str(clearance.connection),
        "for_person": clearance.schedule.person_id,
    }


@action(Event.NIGHT_HOURS)
def choose_hours(actor: Person, *, evening: int, morning: int) -> NightHours:
    hours, _ = NightHours.objects.update_or_create(
        person=actor, defaults={"evening": evening, "morning": morning}
    )
    detail(evening=evening, morning=morning)
    return hours
