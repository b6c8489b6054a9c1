"""Links of My data in the rail, with what waits for a reviewer."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from metering.disputes.models import CorrectionRequest, Objection
from metering.permissions import RightsPermission
from portal.parts import Addition, Link
from portal.people.models import Person


def links(person: Person) -> Iterator[Link | Addition]:
    decides = person.has_perm(RightsPermission.DECIDE)
    inbox, mine = reverse("rights:inbox"), reverse("rights:mine")
    yield Link("My data", mine, "identification", 74)
    if decides:
        under = (f"{mine}corrections/", f"{mine}objections/")
        yield Link("Corrections to decide", inbox, "scale", 75, count=waiting(person), under=under)
        yield Addition("people", under=(f"{mine}erasures/",))


def waiting(person: Person) -> int:
    """How many corrections and objections wait for this person, in one query."""
    counts = [
        rows.order_by().values("state").annotate(n=Count("pk")).values_list("n", flat=True)
        for rows in (CorrectionRequest.objects.decidable_by(person), Objection.objects.decidable_by(person))
    ]
    return sum(counts[0].union(counts[1], all=True))
