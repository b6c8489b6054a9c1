"""Pages of connections: list, add, test, edit, stop, share, remove."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.connections import actions
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.stops import set_stop
from agents.pages.connections import queries
from agents.pages.connections.forms import (
    AddForm,
    FilterForm,
    RightsForm,
    drawn,
    edit_form,
    inside_form,
    settings_form,
)
from agents.permissions import AgentsPermission, ConnectionPermission, StopPermission
from agents.readers import suggestions
from agents.stops.forms import WhyForm
from agents.stops.models import Stop
from portal.access import PersonRequest, Refused, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.pages import get_or_post, page, paged


@signed_in
def connections(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    form.is_valid()
    found = paged(request, queries.listed(request.user, form.cleaned_data))
    context = {"form": form, "page_obj": found, "filtered": any(form.cleaned_data.values())}
    return page(request, "agents/connections/list.html", context, part="rows")


@signed_in
def choose(request: PersonRequest) -> HttpResponse:
    return page(request, "agents/connections/choose.html", {"connectors": queries.addable(request.user)})


@signed_in
@get_or_post
def add(request: PersonRequest, kind: str) -> HttpResponse:
    connector = connectors().get(kind)
    if connector is None:
        raise Http404
    if connector not in queries.addable(request.user):
        raise Refused(f"Only an admin can add {connector.title}, because a team shares it.")
    data = request.POST if request.method == "POST" else None
    form = AddForm(data, connector=connector, person=request.user)
    settings = settings_form(connector, data)
    if form.is_valid() and settings.is_valid():
        with refusals_on(form):
            added = actions.add(request.user, kind=kind, settings=settings.cleaned_data, **form.cleaned_data)
            actions.test(request.user, added)
            messages.success(request, f"{added} is added. No agent can use it until you grant access.")
            return redirect(added)
    context = {**drawn(form, settings), "connector": connector}
    return page(request, "agents/connections/add.html", context, status=_status(form, settings))


@requires(ConnectionPermission.VIEW, on=Connection)
def connection(request: PersonRequest, connection: Connection) -> HttpResponse:
    return page(request, "agents/connections/detail.html", queries.about(connection, request.user))


@requires(ConnectionPermission.MANAGE, on=Connection)
@get_or_post
def edit(request: PersonRequest, connection: Connection) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, settings = edit_form(connection, data)
    if form.is_valid() and settings.is_valid():
        with refusals_on(form):
            with unchanged(form, connection, lambda: edit_form(connection)[0]):
                actions.edit(request.user, connection, settings=settings.cleaned_data, **form.cleaned_data)
            messages.success(request, "Saved.")
            actions.test(request.user, connection)
            return redirect(connection)
        connection.refresh_from_db()
    context = {"connection": connection, **drawn(form, settings)}
    return page(request, "agents/connections/edit.html", context, status=_status(form, settings))


@requires(ConnectionPermission.MANAGE, on=Connection)
@require_POST
def test(request: PersonRequest, connection: Connection) -> HttpResponse:
    try:
        actions.test(request.user, connection)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(connection)
    context = {"connection": connection, "manages": True, **queries.found_out(connection)}
    return page(request, "agents/connections/detail.html", context, part="check")


@requires(ConnectionPermission.VIEW, on=Connection)
@get_or_post
def inside(request: PersonRequest, connection: Connection) -> HttpResponse:
    if not request.user.has_perm(AgentsPermission.ADD_SHARED):
        raise Refused("Only an admin can let a connection reach addresses inside the company.")
    form = inside_form(connection, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, connection, lambda: inside_form(connection)):
                actions.allow_inside(request.user, connection, places=form.cleaned_data["places"].split())
            messages.success(request, "Saved.")
            return redirect(connection)
    context = {"connection": connection, "form": form}
    return page(request, "agents/connections/inside.html", context, status=_status(form))


@requires(StopPermission.SET, on=Connection)
@get_or_post
def stop(request: PersonRequest, connection: Connection) -> HttpResponse:
    form = WhyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        why = form.cleaned_data["why"]
        with refusals_on(form):
            set_stop(request.user, scope=Stop.Scope.CONNECTION, connection=connection, why=why)
            return redirect(connection)
    context = {"connection": connection, "form": form, "live": connection.grants.live().count()}
    return page(request, "agents/connections/stop.html", context, status=_status(form))


@requires(ConnectionPermission.MANAGE, on=Connection)
@get_or_post
def rights(request: PersonRequest, connection: Connection) -> HttpResponse:
    if connection.personal:
        raise Refused("A personal connection belongs to one person. Nobody else can get rights on it.")
    form = RightsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.give(request.user, connection, **form.cleaned_data)
            messages.success(request, f"{form.cleaned_data['holder']} has these rights now.")
            return redirect("connections:rights", connection.pk)
    context = {
        "connection": connection,
        "form": form,
        "holders": queries.rights(connection),
        "suggestions": suggestions(request.user),
    }
    return page(request, "agents/connections/rights.html", context, status=_status(form))


@requires(ConnectionPermission.MANAGE, on=Connection)
@require_POST
def take(request: PersonRequest, connection: Connection) -> HttpResponse:
    key = request.POST.get("holder", "")
    holder = next((holder.holder for holder, _ in queries.rights(connection) if holder.key == key), None)
    if holder is None:
        messages.info(request, "These rights were removed already.")
    else:
        done = f"{holder} has no rights on {connection} any more."
        attempt(request, done, actions.take, request.user, connection, holder=holder)
    if connection.permits(request.user, ConnectionPermission.MANAGE):
        return redirect("connections:rights", connection.pk)
    return redirect("connections:list")


@requires(ConnectionPermission.MANAGE, on=Connection)
@get_or_post
def removal(request: PersonRequest, connection: Connection) -> HttpResponse:
    if request.method != "POST":
        ending = connection.grants.holding().select_related("agent")
        context = {"connection": connection, "grants": ending}
        return page(request, "agents/connections/removal.html", context)
    attempt(request, f"{connection} is removed.", remove_connection, request.user, connection)
    return redirect("connections:list")


def _status(*forms_: forms.Form) -> int:
    return 422 if any(form.errors for form in forms_) else 200
