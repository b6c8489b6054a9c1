"""The portal's own parts of the start page: a person sees those that concern them."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest

from portal.access import may
from portal.accounts.lockout import ACCOUNT, tried
from portal.admin_requests.models import AdminRequest, vouchers
from portal.audit import seals
from portal.audit.models import Entry
from portal.parts import HomePart
from portal.people import line
from portal.people.models import Person
from portal.people.rings import in_words
from portal.permissions import PortalPermission
from portal.teams.models import Team


def parts(request: HttpRequest) -> Iterable[HomePart]:
    person: Person = request.user  # type: ignore[assignment]
    if (failures := tried(person.email)) >= ACCOUNT.free:
        yield HomePart("portal/home/_tried.html", {"failures": failures}, order=7, count=1)
    if links := list(AdminRequest.objects.untold(person).select_related("asked_by", "decided_by")):
        yield HomePart("portal/people/_told_links.html", {"links": links}, order=0, count=len(links))
    held = [someone for someone in Person.objects.held() if vouchers(someone).filter(pk=person.pk).exists()]
    if held:
        yield HomePart("portal/home/_held.html", {"held": held}, order=1, count=len(held))
    if may(person, PortalPermission.MANAGE_PEOPLE):
        yield from _for_who_manages_people(person)
    if may(person, PortalPermission.READ_AUDIT):
        entries = Entry.objects.order_by("-id")[:6]
        yield HomePart("portal/home/_trail.html", {"entries": entries}, order=70)
    if may(person, PortalPermission.MANAGE_PEOPLE) or may(person, PortalPermission.READ_AUDIT):
        yield from _for_who_watches(person)
    memberships = person.memberships.current().select_related("team").order_by("team__name")
    yield HomePart("portal/home/_teams.html", {"memberships": memberships}, order=80, column="aside")


def _for_who_watches(person: Person) -> Iterator[HomePart]:
    """Auditors and admins: a link that its person did not know of; a check of the trail that failed or did not run."""
    disowned = AdminRequest.objects.disowned(person).select_related("person", "asked_by", "decided_by")
    if rows := list(disowned):
        yield HomePart("portal/home/_disowned.html", {"rows": rows}, order=2, count=len(rows))
    auditor = may(person, PortalPermission.READ_AUDIT)
    state = seals.state()
    if count := bool(state.check and state.check.reason) + state.overdue:
        context = {"check": state.check, "overdue": state.overdue, "auditor": auditor}
        yield HomePart("portal/home/_trail_check.html", context, order=3, count=count)


def _for_who_manages_people(person: Person) -> Iterator[HomePart]:
    if asked := list(AdminRequest.objects.decidable_by(person).select_related("asked_by", "person")):
        yield HomePart("portal/home/_account_requests.html", {"asked": asked}, order=2, count=len(asked))
    if not Team.objects.exists() or not Person.objects.all()[1:2]:
        yield HomePart("portal/home/_empty_company.html", {}, order=5)
        return
    if rings := [in_words(ring) for ring in line.rings()]:
        yield HomePart("portal/home/_rings.html", {"rings": rings}, order=6, count=len(rings))
    invited = Person.objects.invited().order_by("-joined_at", "-pk")
    count = invited.count()
    if count:
        yield HomePart(
            "portal/home/_invited.html", {"invited": invited[:4], "invited_count": count}, order=60
        )
