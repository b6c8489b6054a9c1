"""Importing an org chart: choose a file, look at every change and every bad row, import what was shown."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from portal import words
from portal.access import PersonRequest, requires
from portal.accounts import actions
from portal.accounts.forms import ChartForm
from portal.org_chart import importing
from portal.org_chart.chart import Plan, plan
from portal.org_chart.sheet import COLUMNS, MAX_ROWS, REQUIRED, Unreadable, read
from portal.pages import page
from portal.permissions import PortalPermission

SHOWN = 500  # rows of each table on the page; the counts are always of all
CHANGED = "People or teams changed in the meantime. Nothing was imported yet. This is what would change now."


@requires(PortalPermission.MANAGE_PEOPLE)
def chart(request: PersonRequest) -> HttpResponse:
    form = ChartForm(request.POST, request.FILES) if request.method == "POST" else ChartForm()
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            agreed = plan(read(text), importing.here())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return _preview(request, text, agreed, note=form.cleaned_data["note"])
    context = {"form": form, "columns": COLUMNS, "required": REQUIRED, "max_rows": MAX_ROWS}
    return page(request, "portal/people/chart.html", context, status=422 if form.is_bound else 200)


def _preview(
    request: PersonRequest, text: str, shown: Plan, *, note: str = "", status: int = 200
) -> HttpResponse:
    """The plan, with the file in a hidden field: what is shown is what will be imported."""
    context = {
        "text": text,
        "plan": shown,
        "note": note,
        "shown": shown.changes[:SHOWN],
        "bad": shown.bad[:SHOWN],
        "alike": shown.alike[:SHOWN],
    }
    return page(request, "portal/people/preview.html", context, status=status)


@requires(PortalPermission.MANAGE_PEOPLE)
@require_POST
def imports(request: PersonRequest) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        done = actions.import_chart(request.user, text=text, digest=request.POST.get("digest", ""))
    except Unreadable as error:
        messages.error(request, str(error))
        return redirect("people:chart")
    except (ValidationError, IntegrityError):
        messages.warning(request, CHANGED)
        return _preview(request, text, plan(read(text), importing.here()), status=409)
    messages.success(request, f"Imported: {words.plural(len(done.changes), 'change')}.")
    return redirect("people:list")
