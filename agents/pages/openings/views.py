"""Pages of openings: open one's own connection to others, and end that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.connections.models import Connection
from agents.openings import actions
from agents.openings.models import Opening
from agents.pages.openings.forms import OpeningForm
from agents.permissions import OpeningPermission
from agents.readers import suggestions
from portal.access import PersonRequest, requires
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page


@requires(OpeningPermission.GIVE, on=Connection)
@get_or_post
def new(request: PersonRequest, connection: Connection) -> HttpResponse:
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            given = actions.give(request.user, connection, **form.values())
            messages.success(request, f"Tasks of {given.reader} can use {connection} now.")
            return redirect(connection)
    grants = connection.grants.live().select_related("agent").order_by("agent", "id")
    context = {
        "connection": connection,
        "form": form,
        "suggestions": suggestions(request.user),
        "grants": grants,
    }
    return page(request, "agents/openings/new.html", context, status=422 if form.errors else 200)


@requires(OpeningPermission.END, on=Opening)
@require_POST
def ending(request: PersonRequest, opening: Opening) -> HttpResponse:
    done = f"Tasks of {opening.reader} can no longer use {opening.connection}."
    attempt(request, done, actions.end, request.user, opening)
    return redirect(opening.connection)
