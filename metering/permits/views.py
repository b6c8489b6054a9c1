"""Permits: ask for one, see one's own, decide, end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from metering.events import Event
from metering.permissions import MeteringPermission, PermitPermission
from metering.permits import actions
from metering.permits.forms import AnswerForm, PermitFilter, PermitForm
from metering.permits.models import Permit
from metering.permits.repeats import grouped
from metering.permits.viewers import closed_because, people_in_line, teams_in_line, viewer
from portal.access import PersonRequest, may, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.audit.models import Entry
from portal.audit.sentences import sentence
from portal.pages import page, paged
from portal.submissions.step_up import needs_fresh_sign_in
from portal.teams.models import Team

LOOKS_READ = 100
HISTORY = {Event.PERMIT_GRANTED.value: "allow", Event.PERMIT_DENIED.value: "deny"}


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    """Group figures: the reports that are open to this person, what they have asked for, and what has ended."""
    permits = Permit.objects.filter(viewer=request.user).with_suspension()
    permits = permits.select_related("team", "person", "viewer", "decided_by")
    who = viewer(request.user)
    by_name = permits.live().order_by("team__name", "person__display_name", "-ends_at")
    live = [row for row in by_name if row.team_id in who.line or row.person_id in who.line_people]
    own = [team for team in Team.objects.of(request.user).order_by("name") if who.works_in(team.pk)]
    context = {
        "own": own,
        "live": live,
        "page_obj": paged(request, permits.exclude(pk__in=[permit.pk for permit in live])),
        "may_ask": _may_ask(request),
    }
    return page(request, "metering/permits/teams.html", context)


@signed_in
def new(request: PersonRequest) -> HttpResponse:
    """The form offers the teams in one's own line, and takes no other."""
    initial = {"team": request.GET.get("team"), "person": request.GET.get("person")}
    form = PermitForm(
        request.POST if request.method == "POST" else None, person=request.user, initial=initial
    )
    if form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            permit = actions.request(
                request.user, form.about(), purpose=data["purpose"], ends_at=form.ends_at()
            )
            messages.success(request, "Permit requested. An admin outside the report's scope decides.")
            return redirect(permit)
    context = {"form": form, "may_ask": _may_ask(request)}
    return page(request, "metering/permits/new.html", context, status=422 if form.errors else 200)


@requires(MeteringPermission.DECIDE_PERMITS)
def inbox(request: PersonRequest) -> HttpResponse:
    form = PermitFilter(request.GET)
    permits = Permit.objects.visible_to(request.user).select_related("viewer", "team", "person", "decided_by")
    permits = permits.with_suspension()
    state = form.cleaned_data["state"] if form.is_valid() else ""
    context = {
        "form": form,
        "waiting": permits.decidable_by(request.user).order_by("created_at"),
        "page_obj": paged(request, permits.filter(state=state) if state else permits),
        "filtered": bool(state),
    }
    return page(request, "metering/permits/permits.html", context, part="rows")


@signed_in
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    seen = Permit.objects.visible_to(request.user).select_related("viewer", "team", "person", "decided_by")
    permit = get_object_or_404(seen, pk=pk)
    waiting = permit.state == Permit.State.REQUESTED
    held, suspended = permit.is_held, permit.is_held and permit.suspended
    closed = closed_because(permit) if waiting or (held and not suspended) else ""
    context = {
        "permit": permit,
        "may_decide": waiting and may(request.user, MeteringPermission.DECIDE_PERMITS, permit),
        "may_end": (waiting or held) and may(request.user, PermitPermission.REVOKE, permit),
        "mine": permit.viewer_id == request.user.pk,
        "opens": held and not suspended and not closed and permit.viewer_id == request.user.pk,
        "suspended": suspended,
        "closed": closed,
        "history": [
            (
                HISTORY.get(entry.event, ""),
                sentence(entry.event, entry.actor_name, "it", entry.details),
                entry.at,
            )
            for entry in Entry.objects.about(permit)
        ],
        "looks": grouped(permit.looks.all()[:LOOKS_READ]),
    }
    return page(request, "metering/permits/permit.html", context)


def _second_yes(request: PersonRequest, permit: Permit) -> str:
    yes = request.POST.get("answer") == "yes"
    return f"Your yes, as the second person: {permit.viewer} sees the usage of {permit.target}" if yes else ""


@requires(MeteringPermission.DECIDE_PERMITS, on=Permit)
@require_POST
@needs_fresh_sign_in(_second_yes)
def decision(request: PersonRequest, permit: Permit) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose approve or decline. Nothing was decided.")
        return redirect(permit)
    yes = form.cleaned_data["answer"] == "yes"
    done = f"{permit.viewer} {'can now' if yes else 'cannot'} see the usage of {permit.target}."
    attempt(request, done, actions.grant if yes else actions.deny, request.user, permit)
    return redirect(permit)


@requires(PermitPermission.REVOKE, on=Permit)
@require_POST
def revocation(request: PersonRequest, permit: Permit) -> HttpResponse:
    done = "The permit has ended. The report is closed now."
    attempt(request, done, actions.revoke, request.user, permit)
    return redirect(permit)


def _may_ask(request: PersonRequest) -> bool:
    return teams_in_line(request.user).exists() or people_in_line(request.user).exists()
