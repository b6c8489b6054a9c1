"""Pages of deployments: what runs where, the runs of one environment, one run while it goes on, and the way back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from agents.connectors import the_desk
from agents.connectors.base import ConnectorError
from agents.connectors.deploy import queries
from agents.connectors.deploy.backend import Backend
from agents.connectors.deploy.connector import backend
from portal.access import PersonRequest, signed_in
from portal.pages import page, paged

LINES = 60  # of a log, the last ones


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    boards = [queries.board(place) for place in queries.places(request.user)]
    return page(request, "deploy/list.html", {"boards": boards})


@signed_in
def environment(request: PersonRequest, pk: int, service: str, environment: str) -> HttpResponse:
    """Its runs, the newest first, and how it did."""
    place, back = _back(request, pk, service, environment)
    runs = back.runs(service, environment)
    found = paged(request, runs)
    told = {"place": place, "where": queries.where(back, service, environment), "page_obj": found}
    told["told"] = queries.told(found.object_list)
    return page(request, "deploy/environment.html", told | _back_to(request, place, runs))


@signed_in
def run(request: PersonRequest, pk: int, service: str, environment: str, run: int) -> HttpResponse:
    """While it goes on the page looks again by itself."""
    place, back = _back(request, pk, service, environment)
    runs = back.runs(service, environment)
    found = next((one for one in runs if one.id == str(run)), None)
    if found is None:
        raise Http404
    (one,) = queries.told([found])
    log = back.log(service, environment, found.id).splitlines()
    told = {"place": place, "one": one, "run": found, "log": "\n".join(log[-LINES:]), "cut": len(log) > LINES}
    told["changes"] = queries.changes(back, found)
    told["own"] = one.call is not None and one.call.task.person_id == request.user.pk
    return page(
        request, "deploy/run.html", told | (_back_to(request, place, runs) if runs[0] == found else {})
    )


class AgentForm(forms.Form):
    agent = forms.IntegerField(min_value=1)


@signed_in
@require_POST
def rollback(request: PersonRequest, pk: int, service: str, environment: str) -> HttpResponse:
    """Queues the task; its agent asks for the roll-back, and a second person says yes or no."""
    place, back = _back(request, pk, service, environment)
    form, version = AgentForm(request.POST), queries.before(back.runs(service, environment))
    if not form.is_valid() or version is None:
        messages.error(request, "There is nothing to go back to by now. Look at what runs.")
        return redirect("deploy:environment", pk, service, environment)
    words = f"Roll back {service} in {environment} to {version.name}."
    if form.cleaned_data["agent"] not in queries.agents_for(request.user, place, "deploy.rollback"):
        messages.error(request, "This agent may not roll back here. Its manager can request it.")
        return redirect("deploy:environment", pk, service, environment)
    try:
        queued = the_desk().queue(request.user, form.cleaned_data["agent"], words=words, attached="")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("deploy:environment", pk, service, environment)
    messages.success(
        request, f"{queued.agent} was asked to. A second person answers before anything changes."
    )
    return redirect(queued.link)


def _back(request: PersonRequest, pk: int, service: str, environment: str) -> tuple[Any, Backend]:
    """404 where the person does not see the connection, or it has no such service and environment."""
    place = get_object_or_404(queries.places(request.user), pk=pk)
    try:
        back = backend(place.context())
        back.running(service, environment)
    except ConnectorError as error:
        raise Http404(str(error)) from error
    return place, back


def _back_to(request: PersonRequest, place: Any, runs: list[Any]) -> dict[str, Any]:
    version = queries.before(runs)
    if version is None:
        return {}
    return {"back_to": version, "agents": queries.agents_for(request.user, place, "deploy.rollback")}
