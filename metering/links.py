"""What metering brings to the rail: one query, for what depends on rows."""

from collections.abc import Iterator

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from metering.permissions import MeteringPermission
from metering.reports.models import Permit
from portal.home.links import Addition, Link
from portal.people.models import Person
from portal.teams.models import Membership


def links(request: HttpRequest) -> Iterator[Link | Addition]:
    person: Person = request.user  # type: ignore[assignment]
    decides = person.has_perm(MeteringPermission.DECIDE_PERMITS)
    leads, waiting = _facts(person, decides)
    yield Link("My usage", reverse("usage:mine"), "chart-bar", 70)
    if leads:
        under = (
            reverse("reports:new_permit"),
            "/reports/teams/",
            *(() if decides else ("/reports/permits/",)),
        )
        yield Link("Team usage", reverse("reports:teams"), "chart-pie", 71, under=under)
    if decides:
        yield Link("Permits", reverse("reports:permits"), "key", 72, count=waiting)
    if person.has_perm(MeteringPermission.SEE_COST_CENTRES):
        yield Link("Cost centres", reverse("reports:cost_centres"), "banknotes", 73)
    if person.has_perm(MeteringPermission.SEE_LOOKS):
        yield Link("Looks", reverse("reports:looks"), "eye", 91)


def _facts(person: Person, decides: bool) -> tuple[bool, int]:
    """Has the person to do with reports of teams, and how many permits wait for their decision?"""
    waiting = Permit.objects.decidable_by(person) if decides else Permit.objects.none()
    count = waiting.order_by().values("state").annotate(n=Count("pk")).values("n")
    row = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            any_permits=Exists(Permit.objects.filter(viewer=OuterRef("pk"))),
            any_leads=Exists(
                Membership.objects.current().filter(person=OuterRef("pk"), role=Membership.Role.LEAD)
            ),
            any_reports=Exists(Person.objects.filter(manager=OuterRef("pk"), is_active=True)),
            waiting_permits=Coalesce(Subquery(count), Value(0), output_field=IntegerField())
            if decides
            else Value(0),
        )
        .values_list("any_permits", "any_leads", "any_reports", "waiting_permits")
        .first()
    )
    return (False, 0) if row is None else (any(row[:3]), row[3])
