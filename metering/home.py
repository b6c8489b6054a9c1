"""Metering's parts of the start page: permits that wait, who looked, one's own cost, reports one may open."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from metering.permissions import MeteringPermission
from metering.reports import visibility
from metering.reports.models import Look, Permit
from metering.reports.viewers import teams_in_line
from metering.reports.visibility import Viewer
from metering.rollups.models import DayUsage
from metering.rollups.periods import four_weeks
from portal.home.parts import Part
from portal.people.models import Person

NEWS = timedelta(days=7)
LISTED = 5


def parts(request: HttpRequest) -> Iterator[Part]:
    person: Person = request.user  # type: ignore[assignment]
    if person.has_perm(MeteringPermission.DECIDE_PERMITS):
        waiting = list(
            Permit.objects.decidable_by(person).select_related("viewer", "team").order_by("created_at")
        )
        if waiting:
            context = {"permits": waiting[:LISTED], "more": len(waiting) - LISTED}
            yield Part("metering/reports/_waiting.html", context, 40, count=len(waiting))
    yield from _usage(person)
    reports = (
        Permit.objects.live().filter(viewer=person, team__in=teams_in_line(person)).select_related("team")
    )
    context = {
        "permits": reports[:LISTED],
        "finance": person.has_perm(MeteringPermission.SEE_COST_CENTRES),
        "auditor": person.has_perm(MeteringPermission.SEE_LOOKS),
    }
    if any(context.values()):
        yield Part("metering/reports/_open.html", context, 55, "aside")


def _usage(person: Person) -> Iterator[Part]:
    """One's own cost, where there is any usage, and who looked lately."""
    period = four_weeks(datetime.now(UTC).date())
    scope = visibility.own(Viewer(person.pk))
    totals = DayUsage.objects.within(scope).during(period).totals()
    looked = Look.objects.at(person).filter(at__gt=datetime.now(UTC) - NEWS).first()
    if totals["requests"] or looked:
        priced = totals["requests"] > totals["unpriced_requests"]
        context = {
            "used": bool(totals["requests"]),
            "cost": totals["cost_micros"] if priced else None,
            "unpriced": totals["unpriced_requests"] if priced else 0,
            "look": looked,
        }
        yield Part("metering/usage/_cost.html", context, 50, "aside")
