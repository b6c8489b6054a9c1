"""Metering's links in the rail, with counts of what waits for the reader."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from metering.outcomes.models import WorkItem
from metering.permissions import LedgerPermission, MeteringPermission
from metering.permits.models import Permit
from metering.rights.links import links as rights_links
from portal.compiled import Counts
from portal.parts import Addition, Link
from portal.people.models import Person

ASKED = Counts(lambda person, now: WorkItem.objects.to_confirm_by(person))


def links(request: HttpRequest) -> Iterator[Link | Addition]:
    person: Person = request.user  # type: ignore[assignment]
    decides = person.has_perm(MeteringPermission.DECIDE_PERMITS)
    yield Link("My usage", reverse("usage:mine"), "chart-bar", 70)
    (asked,) = ASKED.of(person)
    yield Link("Work items", reverse("outcomes:mine"), "check-badge", 69, count=asked)
    yield from rights_links(person)
    yield Link("Budgets", reverse("budgets:list"), "scale", 74)
    under = (
        reverse("reports:new_permit"),
        "/reports/teams/",
        "/reports/people/",
        *(() if decides else ("/reports/permits/",)),
    )
    yield Link("Team usage", reverse("reports:teams"), "chart-pie", 71, under=under)
    if decides:
        waiting = Permit.objects.decidable_by(person).count()
        yield Link("Permits", reverse("reports:permits"), "key", 72, count=waiting)
    if person.has_perm(MeteringPermission.SEE_COST_CENTRES):
        under = (reverse("reports:organisation"),)
        yield Link("Cost centres", reverse("reports:cost_centres"), "banknotes", 73, under=under)
    if person.has_perm(LedgerPermission.KEEP_PRICES):
        under = (reverse("usage:new_price"), reverse("usage:new_rate"))
        yield Link("Prices", reverse("usage:prices"), "calculator", 75, under=under)
    if person.has_perm(LedgerPermission.SEE_REFUSALS):
        yield Link("Rejected usage records", reverse("usage:refusals"), "no-symbol", 76)
    if person.has_perm(MeteringPermission.SEE_LOOKS):
        yield Link("Who looked", reverse("reports:looks"), "eye", 91)
