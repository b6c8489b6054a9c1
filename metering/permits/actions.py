"""Verbs of permits: ask for one, grant, deny, revoke, and open the report that it permits."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from metering.events import Event
from metering.permissions import MeteringPermission
from metering.permits import exposure
from metering.permits.models import Look, Permit
from metering.permits.viewers import closed_because, in_line
from metering.publications.models import SeenPage
from metering.rollups.periods import Period
from portal.audit.record import action, detail, on
from portal.notices.people import deciding, others
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.teams.models import Membership, Team

LONGEST = timedelta(days=90)
TELL_SQL = "INSERT INTO metering_look_people (look_id, person_id) SELECT %s, unnest(%s::bigint[])"
TOO_FEW = (
    "With this permit, figures that are already published would no longer hide everyone. You can "
    "request it again when the next reporting year begins."
)
OBJECTED_TO = "An objection to {permit} must be decided first."


@action(Event.PERMIT_REQUESTED)
def request(actor: Person, about: Team | Person, *, purpose: str, ends_at: datetime) -> Permit:
    """Ask to see the figures of a team, or of one person. Raises ValidationError naming what is wrong."""
    field = "team" if isinstance(about, Team) else "person"
    if not in_line(actor, about):
        raise ValidationError({field: f"{about} is not in your reporting line, so you cannot request this."})
    if ends_at <= timezone.now():
        raise ValidationError({"until": "The end must be in the future."})
    if ends_at > timezone.now() + LONGEST + timedelta(days=1):
        raise ValidationError({"until": f"A permit lasts {LONGEST.days} days at most."})
    permit = Permit(viewer=actor, purpose=purpose.strip(), ends_at=ends_at, **{field: about})
    permit.full_clean(exclude=["decided_by", "decided_at"])
    permit.save()
    on(permit)
    detail(about=str(about), purpose=permit.purpose, until=ends_at.isoformat())
    people = others(deciding(MeteringPermission.DECIDE_PERMITS, permit), actor)
    told = {"who": str(actor), "whose": str(about), "purpose": permit.purpose}
    tell(people, "permit.waits", permit, permit.get_absolute_url(), **told)
    return permit


@action(Event.PERMIT_GRANTED)
def grant(actor: Person, permit: Permit) -> Permit:
    if permit.ends_at <= timezone.now():
        raise ValidationError("The requested end has passed. Request it again.")
    if why := closed_because(permit):
        raise ValidationError(f"{why} So you can only decline.")
    if permit.suspended:
        raise ValidationError(OBJECTED_TO.format(permit=permit))
    if permit.person_id is not None:
        exposure.locked()
        if not exposure.hides(permit.viewer_id, permit.person_id):
            raise ValidationError(TOO_FEW)
    detail(purpose=permit.purpose, until=permit.ends_at.isoformat())
    granted = _decide(actor, permit, Permit.State.GRANTED)
    people = Person.objects.active().filter(pk__in=_looked_at(granted)).exclude(pk=granted.viewer_id)
    told = {"who": str(granted.viewer), "by": str(actor), "what": _what(granted), "purpose": granted.purpose}
    until = granted.ends_at.isoformat()
    tell(others(people, actor), "permit.given", granted, _object(granted), until=until, **told)
    return granted


@action(Event.PERMIT_DENIED)
def deny(actor: Person, permit: Permit) -> Permit:
    detail(purpose=permit.purpose)
    return _decide(actor, permit, Permit.State.DENIED)


@action(Event.PERMIT_REVOKED)
def revoke(actor: Person, permit: Permit) -> Permit:
    """End a permit, or take back a request, at once."""
    ending = [Permit.State.REQUESTED, Permit.State.GRANTED]
    if not Permit.objects.filter(pk=permit.pk, state__in=ending).update(state=Permit.State.REVOKED):
        raise ValidationError("This permit has ended already.")
    settle(permit, "permit.waits", "permit.given")
    permit.refresh_from_db()
    return permit


@action(Event.REPORT_OPENED)
def open_report(
    actor: Person, permit: Permit, *, period: Period, shown: bool, people: Iterable[int] | None = None
) -> Look:
    """Record that ``actor`` opened a report about ``people`` (ids; else whom the permit is about): each is told."""
    look = Look.objects.create(
        permit=permit,
        viewer=actor,
        viewer_name=str(actor),
        team_name=str(permit.target),
        purpose=permit.purpose,
        first_day=period.first,
        last_day=period.last,
        shown=shown,
    )
    if permit.person_id is not None:
        SeenPage.objects.note(permit.viewer_id, permit.person_id, period)
    told = _looked_at(permit) if people is None else people
    with connection.cursor() as cursor:
        cursor.execute(TELL_SQL, [look.pk, list(set(told))])
    _tell_seen(actor, permit, look, told)
    on(permit.target)
    detail(
        permit=permit.pk, purpose=permit.purpose, first=str(period.first), last=str(period.last), shown=shown
    )
    return look


def _tell_seen(actor: Person, permit: Permit, look: Look, seen: Iterable[int]) -> None:
    """At once; once a day for the same figures, however often they are opened."""
    first, last = str(look.first_day), str(look.last_day)
    did = (
        f"saw {_what(permit)}"
        if look.shown
        else f"opened the report on {_what(permit)}, and it showed no figure"
    )
    people = Person.objects.active().filter(pk__in=set(seen))
    told = {"who": str(actor), "did": did, "purpose": permit.purpose, "first": first, "last": last}
    key = f"{first} {timezone.now():%Y-%m-%d} {look.shown}"
    tell(others(people, actor), "usage.seen", permit, _object(permit), key=key, **told)


def _what(permit: Permit) -> str:
    return "what your agents cost" if permit.person_id is not None else f"the figures of {permit.target}"


def _object(permit: Permit) -> str:
    """The page that says who looks at what, and why, and takes an objection."""
    return reverse("rights:object", args=[permit.pk])


def _looked_at(permit: Permit) -> list[int]:
    if permit.person_id is not None:
        return [permit.person_id]
    members = Membership.objects.current().filter(team=permit.team_id)
    return list(members.values_list("person_id", flat=True))


def _decide(actor: Person, permit: Permit, state: Permit.State) -> Permit:
    if not permit.permits(actor, MeteringPermission.DECIDE_PERMITS):
        raise ValidationError("You requested this or are in the report, so another admin must decide.")
    waiting = Permit.objects.filter(pk=permit.pk, state=Permit.State.REQUESTED)
    if not waiting.update(state=state, decided_by=actor, decided_at=timezone.now()):
        raise ValidationError("This was decided already.")
    permit.refresh_from_db()
    settle(permit, "permit.waits")
    told = {"who": str(actor), "whose": str(permit.target)}
    did = "granted" if state == Permit.State.GRANTED else "declined"
    tell([permit.viewer], "permit.decided", permit, permit.get_absolute_url(), did=did, **told)
    return permit
