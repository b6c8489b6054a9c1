"""Metering's parts of the start page: permits that wait, who looked, one's own cost, reports one may open; for an
auditor, that figures may not hide everyone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest

from metering.budgets.queries import needing
from metering.disputes.models import CorrectionRequest, Objection
from metering.outcomes.models import WorkItem
from metering.permissions import MeteringPermission
from metering.permits.models import Look, Permit
from metering.permits.viewers import people_in_line, teams_in_line, viewer
from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.publishing import checking
from metering.rollups.models import DayUsage
from metering.rollups.periods import four_weeks
from portal.parts import HomePart
from portal.people.models import Person

NEWS = timedelta(days=7)
LISTED = 5


def parts(request: HttpRequest) -> Iterator[HomePart]:
    person: Person = request.user  # type: ignore[assignment]
    if person.has_perm(MeteringPermission.DECIDE_PERMITS):
        waiting = list(
            Permit.objects.decidable_by(person)
            .select_related("viewer", "team", "person")
            .order_by("created_at")
        )
        if waiting:
            context = {"permits": waiting[:LISTED], "more": len(waiting) - LISTED}
            yield HomePart("metering/permits/_waiting.html", context, 40, count=len(waiting))
    if person.has_perm(MeteringPermission.SEE_LOOKS):
        yield from _nights(person)
    yield from _rights(person)
    held, passed, over = needing(person)
    if held or passed or over:
        context = {"held": held, "passed": passed, "over": over}
        yield HomePart("metering/budgets/_needing.html", context, 7, count=len(held))
    yield from _confirmations(person)
    yield from _usage(person)
    about = Q(team__in=teams_in_line(person)) | Q(person__in=people_in_line(person))
    reports = Permit.objects.live().filter(about, viewer=person).select_related("team", "person")
    context = {
        "permits": reports[:LISTED],
        "finance": person.has_perm(MeteringPermission.SEE_COST_CENTRES),
        "auditor": person.has_perm(MeteringPermission.SEE_LOOKS),
    }
    if any(context.values()):
        yield HomePart("metering/reports/_open.html", context, 55, "aside")


def _nights(person: Person) -> Iterator[HomePart]:
    """The nightly check found something, or does not run: for who reads its answers."""
    scope = visibility.looks(viewer(person))
    nights = checking.nights(scope) if scope else None
    if nights and (count := bool(nights.findings) + nights.overdue):
        yield HomePart("metering/reports/_nights.html", {"nights": nights}, 6, count=count)


def _rights(person: Person) -> Iterator[HomePart]:
    """Corrections and objections that wait for who decides on them."""
    corrections = list(CorrectionRequest.objects.decidable_by(person).select_related("person").order_by("id"))
    objections = list(
        Objection.objects.decidable_by(person).select_related("person", "permit__viewer", "permit__team")
    )
    if count := len(corrections) + len(objections):
        context = {"corrections": corrections[:LISTED], "objections": objections[:LISTED]}
        yield HomePart("metering/rights/_waiting.html", context, 41, count=count)


def _confirmations(person: Person) -> Iterator[HomePart]:
    """Work items that a colleague asks this person to confirm."""
    rows = WorkItem.objects.to_confirm_by(person).select_related("person").order_by("asked_at", "id")
    if count := rows.count():
        context = {"items": rows[:LISTED], "more": count - LISTED}
        yield HomePart("metering/outcomes/_waiting.html", context, 4, count=count)


def _usage(person: Person) -> Iterator[HomePart]:
    """One's own cost, where there is any usage, and who looked lately."""
    period = four_weeks(datetime.now(UTC).date())
    scope = visibility.own(Viewer(person.pk))
    totals = DayUsage.objects.within(scope).during(period).totals()
    looked = Look.objects.at(person).filter(at__gt=datetime.now(UTC) - NEWS).select_related("permit").first()
    if totals["requests"] or looked:
        priced = totals["requests"] > totals["unpriced_requests"]
        context = {
            "used": bool(totals["requests"]),
            "cost": totals["cost_micros"] if priced else None,
            "unpriced": totals["unpriced_requests"] if priced else 0,
            "look": looked,
        }
        yield HomePart("metering/my_usage/_cost.html", context, 50, "aside")
