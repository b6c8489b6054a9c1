"""Pages of the stops: what stands, who set it and why; stop everything, or one capability everywhere."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from agents.answers import attempt, refused
from agents.permissions import AgentsPermission, StopPermission
from agents.queue.models import Task
from agents.stops import actions
from agents.stops.forms import CapabilityForm, WhyForm
from agents.stops.models import Stop
from portal.access import PersonRequest, requires
from portal.pages import page, paged

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@requires(AgentsPermission.STOP_ALL)
def stops(request: PersonRequest) -> HttpResponse:
    every = Stop.objects.visible_to(request.user).select_related("connection", "set_by", "lifted_by")
    standing = list(every.standing())
    context = {
        "standing": standing,
        "everything": any(stop.scope == Stop.Scope.EVERYTHING for stop in standing),
        "page_obj": paged(request, every.filter(lifted_at__isnull=False)),
    }
    return page(request, "agents/stops/list.html", context)


@requires(AgentsPermission.STOP_ALL)
@get_or_post
def everything(request: PersonRequest) -> HttpResponse:
    form = WhyForm(request.POST if request.method == "POST" else None)
    context = {"under_way": Task.objects.under_way().count()}
    return _set(request, form, "agents/stops/everything.html", Stop.Scope.EVERYTHING, context)


@requires(AgentsPermission.STOP_ALL)
@get_or_post
def capability(request: PersonRequest) -> HttpResponse:
    form = CapabilityForm(request.POST if request.method == "POST" else None)
    return _set(request, form, "agents/stops/capability.html", Stop.Scope.CAPABILITY, {})


@requires(StopPermission.LIFT, on=Stop)
@require_POST
def lifting(request: PersonRequest, stop: Stop) -> HttpResponse:
    what = str(stop)
    attempt(request, f"{what[:1].upper()}{what[1:]} works again.", actions.lift, request.user, stop)
    return redirect(stop.connection or "stops:list")


def _set(
    request: PersonRequest, form: WhyForm, template: str, scope: Stop.Scope, context: dict[str, Any]
) -> HttpResponse:
    if form.is_valid():
        try:
            actions.set_stop(request.user, scope=scope, **form.cleaned_data)
            return redirect("stops:list")
        except ValidationError as error:
            refused(form, error)
    return page(request, template, {"form": form, **context}, status=422 if form.errors else 200)
