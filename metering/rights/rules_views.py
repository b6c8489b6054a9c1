"""What is visible to whom, its history, and the documents about it."""

from pathlib import Path

from django.http import Http404, HttpResponse

from metering.permits.models import Permit
from metering.rights import history, rules
from metering.rights.documents import blocks
from metering.rights.models import VisibilitySettings
from portal.access import PersonRequest, signed_in
from portal.pages import page
from portal.people.models import Person
from portal.permissions import Role
from portal.plugins import personal_data

DOCS = Path(__file__).resolve().parent.parent / "docs"
DOCUMENTS = {
    "works-agreement": "Draft works agreement",
    "impact-assessment": "Draft data protection impact assessment",
}


@signed_in
def visible(request: PersonRequest) -> HttpResponse:
    history.notice()
    holders = Person.objects.active().filter(groups__name__in=Role.values).prefetch_related("groups")
    people = list(holders.distinct())
    context = {
        "settings": rules.values(),
        "figures": [(title, more) for title, more, _ in rules.FIGURES.values()],
        "table": rules.table(),
        "roles": [(role, [person for person in people if role in person.roles]) for role in Role],
        "permits": Permit.objects.live().count(),
        "parts": personal_data(),
        "history": VisibilitySettings.objects.all(),
        "documents": DOCUMENTS,
    }
    return page(request, "metering/rights/visible.html", context)


@signed_in
def document(request: PersonRequest, name: str) -> HttpResponse:
    if name not in DOCUMENTS:
        raise Http404
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    context = {"title": DOCUMENTS[name], "blocks": [block for block in blocks(text) if block.kind != "h1"]}
    return page(request, "metering/rights/document.html", context)
