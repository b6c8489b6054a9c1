"""Pages of the evening and the morning: tonight's pack, the digest of a night, the hours of both."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from agents.clearances.models import Clearance
from agents.nights import actions, times
from agents.nights.digest import digest
from agents.nights.now import clock
from agents.nights.pack import sections
from agents.pages.nights.forms import HoursForm, PackForm
from agents.permissions import NightPermission
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page
from portal.submissions.step_up import password_first


@signed_in
@get_or_post
def tonight(request: PersonRequest) -> HttpResponse:
    """The asks that tonight's runs will probably raise; those that are ticked are cleared."""
    now = timezone.now()
    told = clock(request.user, now)
    found = sections(request.user, now, told.coming)
    form = PackForm(told.coming, found, now, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if form.second and (
            asked := password_first(request, f"Cleared for tonight, as the second person: {form.second}")
        ):
            return asked
        with refusals_on(form):
            messages.success(request, form.clear(request.user))
            return redirect("nights:tonight")
    context = {"sections": found, "clock": told, "form": form, "ticked": form.ticked}
    return page(request, "agents/nights/tonight.html", context, status=422 if form.errors else 200)


@requires(NightPermission.WITHDRAW, on=Clearance)
@require_POST
def withdrawal(request: PersonRequest, clearance: Clearance) -> HttpResponse:
    attempt(request, "Taken back. It asks again.", actions.withdraw, request.user, clearance)
    return redirect("nights:tonight")


@signed_in
def morning(request: PersonRequest, year: int = 0, month: int = 0, day: int = 0) -> HttpResponse:
    """What a night brought: the last one, or the one that ended on that day."""
    told = clock(request.user, timezone.now())
    night = told.last
    if year:
        night = times.night_to(_day(year, month, day), told.hours.evening, told.hours.morning, night.zone)
        if night.day > told.last.day:
            raise Http404
    context = {
        "digest": digest(request.user, night),
        "clock": told,
        "before": night.day - timedelta(days=1),
        "after": night.day + timedelta(days=1) if night.day < told.last.day else None,
    }
    return page(request, "agents/nights/morning.html", context)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(max(year, 2000), month, day)
    except ValueError:
        raise Http404 from None


@signed_in
@get_or_post
def hours(request: PersonRequest) -> HttpResponse:
    stored = clock(request.user, timezone.now()).hours
    form = HoursForm(stored, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.choose_hours(request.user, **form.cleaned_data)
        messages.success(request, "Your hours are changed.")
        return redirect("nights:tonight")
    context = {"form": form, "zone": request.user.time_zone}
    return page(request, "agents/nights/hours.html", context, status=422 if form.errors else 200)
