"""Pages of stops: the active ones, stop everything, stop one capability everywhere."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from agents.lifecycle.stops import lift_stop, set_stop
from agents.permissions import AgentsPermission, StopPermission
from agents.queue.models import Task
from agents.stops.forms import CapabilityForm, WhyForm
from agents.stops.models import Stop
from portal.access import PersonRequest, Refused, may, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page, paged
from portal.people.models import Person

# A stopped task does not go on: once no call of it is under way, its stop is history.
OVER = Q(lifted_at__isnull=False) | Q(scope=Stop.Scope.TASK, confirmed_at__isnull=False)


@signed_in
def stops(request: PersonRequest) -> HttpResponse:
    standing = _active(request.user)
    everything = any(stop.scope == Stop.Scope.EVERYTHING for stop, _ in standing)
    may_stop = may(request.user, AgentsPermission.STOP_ALL)
    context = {
        "standing": standing,
        "live": any(stop.confirmed_at is None for stop, _ in standing),
        "everything": everything,
        "everything_form": WhyForm() if may_stop and not everything else None,
        "capability_form": CapabilityForm(auto_id="one_%s") if may_stop else None,
        "under_way": may_stop and Task.objects.under_way().exists(),
        "page_obj": paged(request, Stop.objects.visible_to(request.user).filter(OVER).for_reading()),
    }
    return page(request, "agents/stops/list.html", context, part="standing")


def _active(person: Person) -> list[tuple[Stop, bool]]:
    """Each with whether the person may lift it; widest first, then the latest."""
    rows = Stop.objects.visible_to(person).exclude(OVER).for_reading()
    order = list(Stop.Scope)
    found = sorted(rows, key=lambda stop: (order.index(Stop.Scope(stop.scope)), -stop.pk))
    return [(stop, stop.permits(person, StopPermission.LIFT)) for stop in found]


@requires(AgentsPermission.STOP_ALL)
@get_or_post
def everything(request: PersonRequest) -> HttpResponse:
    form = WhyForm(request.POST if request.method == "POST" else None)
    context = {"under_way": Task.objects.under_way().exists()}
    return _set(request, form, "agents/stops/everything.html", Stop.Scope.EVERYTHING, context)


@requires(AgentsPermission.STOP_ALL)
@get_or_post
def capability(request: PersonRequest) -> HttpResponse:
    form = CapabilityForm(request.POST if request.method == "POST" else None)
    return _set(request, form, "agents/stops/capability.html", Stop.Scope.CAPABILITY, {})


@requires(StopPermission.VIEW, on=Stop)
@require_POST
def lifting(request: PersonRequest, stop: Stop) -> HttpResponse:
    if stop.lifted_at is None and not stop.permits(request.user, StopPermission.LIFT):
        raise Refused(stop.lifts)
    what = str(stop)
    attempt(request, f"{capfirst(what)} works again.", lift_stop, request.user, stop)
    return redirect(stop.about or "stops:list")


def _set(
    request: PersonRequest, form: WhyForm, template: str, scope: Stop.Scope, context: dict[str, Any]
) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form):
            set_stop(request.user, scope=scope, **form.cleaned_data)
            return redirect("stops:list")
    return page(request, template, {"form": form, **context}, status=422 if form.errors else 200)
