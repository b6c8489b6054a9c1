"""What can be done to permits: ask, permit, refuse, end, and open the report that one permits."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from metering.events import Event
from metering.permissions import MeteringPermission
from metering.reports.models import Look, Permit
from metering.reports.viewers import teams_in_line
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from portal.audit.record import action, detail, on
from portal.people.models import Person
from portal.teams.models import Team

LONGEST = timedelta(days=90)


@action(Event.PERMIT_REQUESTED)
def request(actor: Person, team: Team, *, purpose: str, ends_at: datetime) -> Permit:
    """Ask to see the group figures of ``team``. Raises ValidationError naming what is wrong."""
    if not teams_in_line(actor).filter(pk=team.pk).exists():
        raise ValidationError({"team": f"{team} is not in your reporting line."})
    if ends_at <= timezone.now():
        raise ValidationError({"until": "The end must be in the future."})
    if ends_at > timezone.now() + LONGEST + timedelta(days=1):
        raise ValidationError({"until": f"A permit lasts {LONGEST.days} days at most."})
    permit = Permit(viewer=actor, team=team, purpose=purpose.strip(), ends_at=ends_at)
    permit.full_clean(exclude=["decided_by", "decided_at"])
    permit.save()
    on(permit)
    detail(team=str(team), purpose=permit.purpose, until=ends_at.isoformat())
    return permit


@action(Event.PERMIT_GRANTED)
def grant(actor: Person, permit: Permit) -> Permit:
    if permit.ends_at <= timezone.now():
        raise ValidationError("The end that was asked for has passed. It has to be asked for again.")
    detail(purpose=permit.purpose, until=permit.ends_at.isoformat())
    return _decide(actor, permit, Permit.State.GRANTED)


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
    permit.refresh_from_db()
    return permit


@action(Event.REPORT_OPENED)
def open_report(actor: Person, permit: Permit, *, period: Period, shown: bool) -> Look:
    """Write down that ``actor`` opened a team's report: who used agents in these weeks sees it."""
    look = Look.objects.create(
        permit=permit,
        viewer=actor,
        viewer_name=str(actor),
        team_name=str(permit.team),
        purpose=permit.purpose,
        first_day=period.first,
        last_day=period.last,
        shown=shown,
    )
    used = DayUsage.objects.during(period).filter(team=permit.team)
    look.people.set(used.values_list("person_id", flat=True).distinct())
    on(permit.team)
    detail(
        permit=permit.pk, purpose=permit.purpose, first=str(period.first), last=str(period.last), shown=shown
    )
    return look


def _decide(actor: Person, permit: Permit, state: Permit.State) -> Permit:
    if not permit.permits(actor, MeteringPermission.DECIDE_PERMITS):
        raise ValidationError("Somebody decides who neither asked nor is in the team.")
    waiting = Permit.objects.filter(pk=permit.pk, state=Permit.State.REQUESTED)
    if not waiting.update(state=state, decided_by=actor, decided_at=timezone.now()):
        raise ValidationError("This has been decided already.")
    permit.refresh_from_db()
    return permit
