"""Pages of ready-made agents: all of them, setting one up, requesting what one lacks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.gallery.needs import needs
from agents.gallery.setting_up import request_all, set_up
from agents.pages.gallery.forms import SetUpForm
from agents.permissions import AgentPermission
from agents.queue.examples import own_example
from agents.registry.models import Agent
from agents.registry.ready import every, ready_made
from agents.schedules import words
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page
from portal.teams.models import Team


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    found = [
        {
            "ready": ready,
            "needs": (wanted := needs(ready, request.user)),
            "lacks": [need for need in wanted if need.lacks],
            "when": words.in_words(ready.line) if ready.line else "",
        }
        for ready in every()
    ]
    context = {"found": found, "teams": Team.objects.of(request.user).exists()}
    return page(request, "agents/gallery/list.html", context)


@signed_in
@get_or_post
def new(request: PersonRequest, key: str) -> HttpResponse:
    ready = ready_made(key)
    if ready is None:
        raise Http404
    wanted = needs(ready, request.user)
    data = request.POST if request.method == "POST" else None
    form = SetUpForm(data, person=request.user, ready=ready, needs=wanted)
    lacks = [need for need in wanted if need.lacks]
    if not lacks and form.is_valid():
        with refusals_on(form):
            made = set_up(request.user, ready, **form.values())
            messages.success(
                request, f"{made} is registered. It starts in a trial run: it changes nothing yet."
            )
            return redirect(
                f"{reverse('queue:new', args=[made.pk])}?example={own_example(made, request.user)}"
            )
    context = {"ready": ready, "form": form, "needs": wanted, "lacks": lacks}
    context["teams"] = Team.objects.of(request.user).exists()
    return page(request, "agents/gallery/new.html", context, status=422 if form.errors else 200)


@requires(AgentPermission.MANAGE, on=Agent)
@require_POST
def request_(request: PersonRequest, agent: Agent) -> HttpResponse:
    """All that it lacks, at the first connection of each kind: one click."""
    ready = ready_made(agent.ready_made)
    wanted = needs(ready, request.user) if ready else []
    places = [(need, need.places[0]) for need in wanted if need.must and need.places]
    done = "Requested. The connections' admins see it now."
    attempt(request, done, request_all, request.user, agent, places)
    return redirect("queue:new", agent.pk)
