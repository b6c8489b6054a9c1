"""The trail as auditors read it: filtered, newest first, by day, and as a CSV file."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models.expressions import RawSQL
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from portal.access import PersonRequest, requires
from portal.audit import actions, exporting, seals
from portal.audit.forms import FilterForm
from portal.audit.models import Entry, EntryQuerySet
from portal.docs import verify_trail
from portal.download import response
from portal.pages import page
from portal.permissions import PortalPermission

PER_PAGE = 50
MOST = 10_000
MOST_RECORDS = 100_000
PROGRAM = Path(verify_trail.__file__)
EXPORTED = ("id", "at", "event", "who", "sentence", "about", "details", "digest", "digested")


@requires(PortalPermission.READ_AUDIT)
def trail(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    found = _found(request, form)
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    entries, older, newer = found.around(before, after, PER_PAGE)
    days = groupby(entries, key=lambda entry: timezone.localtime(entry.at).date())
    context = {
        "form": form,
        "days": [(day, list(group)) for day, group in days],
        "older": older,
        "newer": newer,
        "filtered": bool(form.is_bound and any(form.data.get(name) for name in form.fields)),
        "about": entries[0].target_name
        if entries and "about" in request.GET
        else request.GET.get("about", ""),
        "most": MOST,
        "state": seals.state(),
    }
    return page(
        request,
        "portal/audit/list.html",
        context,
        part="check" if request.headers.get("HX-Target") == "check" else "rows",
    )


@requires(PortalPermission.READ_AUDIT)
def export(request: PersonRequest) -> HttpResponse:
    """The newest entries of what is filtered, as CSV."""
    found = _found(request, FilterForm(request.GET or None)).order_by("-id")
    found = found.annotate(digested=RawSQL("portal_entry_text(portal_entry)", []))[:MOST]
    return response(f"trail-{timezone.localdate()}.csv", EXPORTED, map(_row, found.iterator()))


@requires(PortalPermission.READ_AUDIT)
def records(request: PersonRequest) -> HttpResponse:
    """The newest seals with their entries, all that is digested: what the program verifies."""
    lines = exporting.lines(exporting.newest(MOST_RECORDS))
    answer = HttpResponse("".join(f"{line}\n" for line in lines), content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="trail-{timezone.localdate()}.jsonl"'
    return answer


@requires(PortalPermission.READ_AUDIT)
def program(request: PersonRequest) -> FileResponse:
    return FileResponse(PROGRAM.open("rb"), as_attachment=True, content_type="text/x-python")


@require_POST
@requires(PortalPermission.READ_AUDIT)
def check(request: PersonRequest) -> HttpResponse:
    actions.check_trail(request.user)
    messages.success(request, "The audit log is being verified. The result appears on this page.")
    return redirect("audit:list")


def _found(request: HttpRequest, form: FilterForm) -> EntryQuerySet:
    found = Entry.objects.select_related("actor").matching(**(form.cleaned_data if form.is_valid() else {}))
    kind, _, pk = request.GET.get("about", "").partition(":")
    target = _number(pk)
    return found if target is None else found.filter(target_type=kind, target_id=target)


def _number(given: str | None) -> int | None:
    """An id from an address, None for anything that cannot be one."""
    return int(given) if given and given.isdecimal() and len(given) < 19 else None


def _row(entry: Entry) -> list[Any]:
    about = f"{entry.target_type}:{entry.target_id}" if entry.target_id else ""
    return [
        entry.id,
        entry.at.isoformat(),
        entry.event,
        entry.who,
        str(entry),
        about,
        json.dumps(entry.shown, ensure_ascii=False),
        bytes(entry.digest).hex(),
        entry.digested,  # type: ignore[attr-defined]
    ]
