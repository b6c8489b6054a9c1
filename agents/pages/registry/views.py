"""Pages of agents: list, register, view, edit, share, stop, retire."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.lifecycle.agents import (
    end_agent_tasks,
    hand_over_agent,
    pause_agent,
    resume_agent,
    retire_agent,
    share_agent,
    unshare_agent,
)
from agents.pages.registry import queries
from agents.pages.registry.forms import FilterForm, HandOverForm, RegisterForm, ShareForm, edit_form
from agents.pages.registry.usage import usage as usage_of
from agents.permissions import AgentPermission
from agents.queue.models import Task
from agents.readers import suggestions
from agents.registry import actions
from agents.registry.models import Agent
from agents.registry.ready import every, ready_made
from agents.stops.forms import StopForm
from metering.privacy.disclosure import WITHHELD
from portal.access import PersonRequest, Refused, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.editing import unchanged
from portal.pages import get_or_post, page, paged
from portal.permissions import PortalPermission
from portal.teams.models import Team


@signed_in
def agents(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    form.is_valid()
    found = paged(request, queries.listed(request.user, form.cleaned_data))
    context = {"form": form, "page_obj": found, "filtered": any(form.cleaned_data.values())}
    return page(request, "agents/registry/list.html", context, part="rows")


@signed_in
@get_or_post
def register(request: PersonRequest) -> HttpResponse:
    ready = ready_made(request.GET.get("ready", ""))
    data = request.POST if request.method == "POST" else None
    form = RegisterForm(data, person=request.user, ready=ready)
    if form.is_valid():
        with refusals_on(form):
            made = actions.register(request.user, **form.values())
            messages.success(
                request, f"{made} is registered. It starts in a trial run: it changes nothing yet."
            )
            return redirect("grants:new", made.pk) if made.ready_made else redirect(made)
    context = {
        "form": form,
        "ready": ready,
        "ready_made": every(),
        "teams": Team.objects.of(request.user).exists(),
        "manages_people": request.user.has_perm(PortalPermission.MANAGE_PEOPLE),
    }
    return page(request, "agents/registry/new.html", context, status=422 if form.errors else 200)


@requires(AgentPermission.VIEW, on=Agent)
def agent(request: PersonRequest, agent: Agent) -> HttpResponse:
    return page(request, "agents/registry/detail.html", queries.about(agent, request.user))


@requires(AgentPermission.VIEW, on=Agent)
def history(request: PersonRequest, agent: Agent) -> HttpResponse:
    context = {"agent": agent, "page_obj": paged(request, queries.history(agent, request.user))}
    return page(request, "agents/registry/history.html", context)


@requires(AgentPermission.VIEW, on=Agent)
def usage(request: PersonRequest, agent: Agent) -> HttpResponse:
    found = usage_of(agent, request.user, request.GET.get("from", ""))
    if found is None:
        raise Refused(f"Only {agent.owner}, its owner, can see what {agent} used.")
    context = {"agent": agent, "usage": found, "withheld": WITHHELD}
    return page(request, "agents/registry/usage.html", context)


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def edit(request: PersonRequest, agent: Agent) -> HttpResponse:
    form = edit_form(agent, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form), unchanged(form, agent, lambda: edit_form(agent)):
            actions.edit(request.user, agent, **form.values())
            messages.success(request, "Saved.")
            return redirect(agent)
        agent.refresh_from_db()
    context = {"agent": agent, "form": form}
    return page(request, "agents/registry/edit.html", context, status=422 if form.errors else 200)


@requires(AgentPermission.STOP, on=Agent)
@get_or_post
def stop(request: PersonRequest, agent: Agent) -> HttpResponse:
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        tasks = Task.objects.filter(agent=agent)
        context = {"agent": agent, "form": form, **queries.held_by_a_stop(tasks)}
        return page(request, "agents/registry/stop.html", context, status=422 if form.errors else 200)
    done = f"{agent} is stopped. All its calls are refused."
    attempt(request, done, pause_agent, request.user, agent, why=form.cleaned_data["why"])
    return redirect(agent)


@requires(AgentPermission.STOP, on=Agent)
@require_POST
def endings(request: PersonRequest, agent: Agent) -> HttpResponse:
    """Stop what it works on now, whose it is and how much stays unsaid; the agent itself may go on."""
    done = f"The tasks of {agent} are stopped. It can take new ones."
    attempt(request, done, end_agent_tasks, request.user, agent)
    return redirect(agent)


@requires(AgentPermission.STOP, on=Agent)
@require_POST
def resumption(request: PersonRequest, agent: Agent) -> HttpResponse:
    attempt(request, f"{agent} works again.", resume_agent, request.user, agent)
    return redirect(agent)


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def shares(request: PersonRequest, agent: Agent) -> HttpResponse:
    def drawn(data: QueryDict | None = None) -> ShareForm:
        return ShareForm(data, levels=queries.levels(agent))

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form), unchanged(form, agent, drawn):
            share_agent(request.user, agent, **form.cleaned_data)
            messages.success(request, f"{agent} is shared with {form.cleaned_data['reader']} now.")
            return redirect("registry:shares", agent.pk)
    context = {
        "agent": agent,
        "form": form,
        "shares": queries.shares(agent),
        "suggestions": suggestions(request.user),
        "personal": agent.grants.on_personal_connections().exists(),
    }
    return page(request, "agents/registry/shares.html", context, status=422 if form.errors else 200)


@requires(AgentPermission.MANAGE, on=Agent)
@require_POST
def unshare(request: PersonRequest, agent: Agent) -> HttpResponse:
    key = request.POST.get("share", "")
    holder = next((share.holder for share in queries.shares(agent) if share.key == key), None)
    if holder is None:
        messages.info(request, "This share has already ended.")
    else:
        done = f"{holder} can no longer use {agent}."
        attempt(request, done, unshare_agent, request.user, agent, reader=holder)
    return redirect("registry:shares", agent.pk)


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def owner(request: PersonRequest, agent: Agent) -> HttpResponse:
    form = HandOverForm(request.POST if request.method == "POST" else None, agent=agent)
    if form.is_valid():
        with refusals_on(form), unchanged(form, agent, lambda: HandOverForm(agent=agent)):
            hand_over_agent(request.user, agent, owner=form.cleaned_data["owner"])
            messages.success(request, f"{agent.owner} owns {agent} now.")
            return redirect(agent if agent.permits(request.user, AgentPermission.VIEW) else "registry:list")
    context = {"agent": agent, "form": form, "personal": agent.grants.on_personal_connections()}
    return page(request, "agents/registry/owner.html", context, status=422 if form.errors else 200)


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def retirement(request: PersonRequest, agent: Agent) -> HttpResponse:
    if request.method != "POST":
        context = {
            "agent": agent,
            "grants": agent.grants.live().select_related("connection", "agent"),
            "under_way": Task.objects.filter(agent=agent).under_way().exists(),
        }
        return page(request, "agents/registry/retirement.html", context)
    attempt(request, f"{agent} is retired.", retire_agent, request.user, agent)
    return redirect(agent)
