"""Pages of schedules: the list with its strip, make and change one, its own page, and the buttons on it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from agents.pages.schedules import queries
from agents.pages.schedules.forms import PreviewForm, ScheduleFilter, ScheduleForm, at_times
from agents.permissions import AgentPermission, SchedulePermission
from agents.queue.examples import chosen, examples
from agents.registry.models import Agent
from agents.schedules import actions, words
from agents.schedules.models import Run, Schedule
from agents.schedules.times import BadLine
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.pages import get_or_post, page, paged


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    form = ScheduleFilter(request.user, request.GET)
    found = paged(request, form.among(Schedule.objects.visible_to(request.user)).for_reading())
    context = {
        "form": form,
        "agent": form.cleaned_data.get("agent"),
        "filtered": bool(request.GET.get("state")),
        "page_obj": found,
        "lines": queries.lines(found),
        "strip": queries.strip(request.user, timezone.now()),
        "agents": Agent.objects.operable_by(request.user).exclude(state=Agent.State.RETIRED)[:20],
    }
    return page(request, "agents/schedules/list.html", context, part="rows")


@requires(AgentPermission.OPERATE, on=Agent)
@get_or_post
def new(request: PersonRequest, agent: Agent) -> HttpResponse:
    example = chosen(agent, request.user, request.GET.get("example", ""))
    data = request.POST if request.method == "POST" else None
    form = ScheduleForm(agent, request.user, data, instruction=example)
    look = False
    if form.is_bound and form.is_valid() and not (look := not form.looked_at):
        with refusals_on(form):
            made = actions.make(request.user, agent, **form.given())
            messages.success(request, "Made. It is switched off: try it, then switch it on.")
            return redirect(made)
    return _form(request, agent, form, look=look)


@requires(SchedulePermission.MANAGE, on=Schedule)
@get_or_post
def edit(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    agent, data = schedule.agent, request.POST if request.method == "POST" else None
    form = ScheduleForm(agent, request.user, data, schedule=schedule)
    valid, look = form.is_bound and form.is_valid(), False
    if form.is_bound:
        drawn = unchanged(form, schedule, lambda: ScheduleForm(agent, request.user, schedule=schedule))
        with refusals_on(form), drawn:
            if valid and not (look := not form.looked_at):
                actions.edit(request.user, schedule, **form.given())
                messages.success(request, "Saved.")
                return redirect(schedule)
    return _form(request, agent, form, look=look, schedule=schedule)


def _form(
    request: PersonRequest, agent: Agent, form: ScheduleForm, *, look: bool, schedule: Schedule | None = None
) -> HttpResponse:
    context = {
        "agent": agent,
        "form": form,
        "look": look,
        "schedule": schedule,
        "examples": words.EXAMPLES,
        "starters": [] if schedule else examples(agent, request.user),
        "preview": _preview(str(form["when"].value() or ""), str(form["zone"].value() or "")),
    }
    return page(request, "agents/schedules/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def preview(request: PersonRequest) -> HttpResponse:
    """What the times typed so far mean."""
    form = PreviewForm(request.POST)
    form.is_valid()
    said = _preview(form.cleaned_data.get("when", ""), form.cleaned_data.get("zone", "UTC"))
    return page(request, "agents/schedules/preview.html", {"preview": said}, part="preview")


def _preview(when: str, zone: str) -> dict[str, object]:
    """Nothing where nothing is typed: it may wait for an event."""
    if not when.strip():
        return {}
    try:
        trigger = at_times(when, zone)
    except BadLine as error:
        return {"wrong": str(error)}
    said = words.in_words(trigger.line) if trigger.line else ""
    return {
        "words": said,
        "line": trigger.line,
        "zone": zone,
        "next": queries.next_times(trigger, zone, timezone.now()),
    }


@requires(SchedulePermission.VIEW, on=Schedule)
def detail(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    runs = schedule.runs.for_reading()
    context = queries.about(schedule) | {"page_obj": paged(request, runs)}
    return page(request, "agents/schedules/detail.html", context)


@requires(SchedulePermission.MANAGE, on=Schedule)
@get_or_post
def switch_on(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    """What its last runs cost and did, what a month will cost, what tonight will ask; then on, and to the pack."""
    if request.method != "POST":
        if schedule.state != Schedule.State.OFF:
            return redirect(schedule)
        context = queries.about(schedule) | {
            "against": queries.against(schedule),
            "section": queries.pack(schedule),
        }
        return page(request, "agents/schedules/switch_on.html", context)
    on = attempt(request, "It is on.", actions.switch_on, request.user, schedule)
    clear = on and any(item.clearable for item in queries.pack(schedule).items)
    return redirect("nights:tonight" if clear else schedule)


@requires(SchedulePermission.MANAGE, on=Schedule)
@require_POST
def switch_off(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    attempt(request, "Switched off. It runs no more by itself.", actions.switch_off, request.user, schedule)
    return redirect(schedule)


@requires(SchedulePermission.MANAGE, on=Schedule)
@require_POST
def resumption(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    attempt(request, "It goes on.", actions.resume, request.user, schedule)
    return redirect(schedule)


@requires(SchedulePermission.MANAGE, on=Schedule)
@require_POST
def runs(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    """Run it now."""
    try:
        run = actions.run_now(request.user, schedule)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(schedule)
    return redirect(run.task or schedule)


@requires(SchedulePermission.MANAGE, on=Schedule)
@require_POST
def skips(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    attempt(request, "The next run is skipped.", actions.skip_next, request.user, schedule)
    return redirect(schedule)


@requires(SchedulePermission.MANAGE, on=Schedule)
@get_or_post
def ending(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    if request.method != "POST":
        return page(request, "agents/schedules/ending.html", {"schedule": schedule})
    attempt(request, "Ended. What it did stays on record.", actions.end, request.user, schedule)
    return redirect(schedule)


@requires(SchedulePermission.MANAGE, on=Run)
@require_POST
def late(request: PersonRequest, run: Run) -> HttpResponse:
    """The answer to a run that was due while the portal was away."""
    yes = request.POST.get("answer") == "run"
    verb, done = (actions.run_late, "It runs now.") if yes else (actions.leave_late, "Left out.")
    attempt(request, done, verb, request.user, run)
    return redirect(run.schedule)
