"""Pages of openings: open one's own connection to others, and end that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from agents.connections.models import Connection
from agents.openings import actions
from agents.openings.models import Opening
from agents.pages.openings.forms import OpeningForm
from agents.permissions import OpeningPermission
from agents.readers import suggestions
from portal.access import PersonRequest, requires
from portal.answers import attempt, refused
from portal.pages import page


@requires(OpeningPermission.GIVE, on=Connection)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, connection: Connection) -> HttpResponse:
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given, done = form.values(), f"Tasks of {form.cleaned_data['reader']} can use {connection} now."
        try:
            actions.give(request.user, connection, **given)
        except ValidationError as error:
            refused(form, error)
        else:
            messages.success(request, done)
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
