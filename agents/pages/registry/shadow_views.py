"""Pages of an agent's mode: the record of what it would have done, going live, going back to shadow."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from agents.pages.registry import going_live, shadow_record
from agents.pages.registry.forms import RecordFilter
from agents.permissions import AgentPermission, ModePermission
from agents.registry import actions
from agents.registry.models import Agent
from portal.access import PersonRequest, Refused, requires
from portal.addresses import absolute
from portal.answers import attempt
from portal.later import later
from portal.pages import get_or_post, page, paged
from portal.submissions.step_up import needs_fresh_sign_in

OUT_OF_DATE = "Nothing was decided, because the page you sent was out of date. Look at it again, then decide."


@requires(ModePermission.SEE, on=Agent, through="on_record_for")
def record(request: PersonRequest, agent: Agent) -> HttpResponse:
    calls = shadow_record.written_down(agent, request.user)
    every = shadow_record.counts(calls)
    form = RecordFilter(request.GET, counts=every)
    form.is_valid()
    found = paged(request, shadow_record.filtered(calls, form.cleaned_data))
    found.object_list = shadow_record.lines(found.object_list, request.user)
    whole = ModePermission.RECORD in agent.mode_rights(request.user)
    context = {
        "agent": agent,
        "form": form,
        "filtered": any(form.cleaned_data.values()),
        "counts": every,
        "total": shadow_record.total(every),
        "page_obj": found,
        "whole": whole,
        "agreements": shadow_record.agreements(agent, request.user) if whole else [],
        "standing": going_live.current_mode(agent),
        "agent_seen": agent.permits(request.user, AgentPermission.VIEW),
    }
    return page(request, "agents/registry/record.html", context, part="rows")


@requires(ModePermission.SEE, on=Agent, through="on_record_for")
@require_POST
def looks(request: PersonRequest, agent: Agent) -> HttpResponse:
    """Look once more at what people did. It takes a worker a moment."""
    later("agents.observe", agent.pk)
    messages.success(request, "The portal is checking again. Reload this page in a moment to see the result.")
    return redirect("registry:record", agent.pk)


def _second_admin(request: PersonRequest, agent: Agent) -> str:
    second = agent.owner_id != request.user.pk and agent.permits(request.user, ModePermission.LIVE)
    return f"Your yes, as the second person: {agent} acts for real" if second else ""


@requires(ModePermission.RECORD, on=Agent, through="on_record_for")
@get_or_post
@needs_fresh_sign_in(_second_admin)
def live(request: PersonRequest, agent: Agent) -> HttpResponse:
    if request.method == "POST":
        if not agent.permits(request.user, ModePermission.LIVE):
            raise Refused(
                f"You are not an admin of any connection that {agent} uses, so you cannot decide "
                "this. An admin of the connection can."
            )
        seen = {
            "as_seen": agent.changed_at,
            "record": going_live.in_view(agent, request.POST.get("seen", "")),
        }
        done = f"{agent} acts for real where you decide."
        if seen["record"] is None:
            messages.error(request, OUT_OF_DATE)
        elif attempt(request, done, actions.go_live, request.user, agent, **seen):
            return redirect(_home(request, agent))
    context = going_live.decision(agent, request.user) | {
        "link": absolute(reverse("registry:live", args=[agent.pk])),
        "agent_seen": agent.permits(request.user, AgentPermission.VIEW),
    }
    return page(request, "agents/registry/live.html", context)


@requires(ModePermission.SHADOW, on=Agent, through="on_record_for")
@require_POST
def into_shadow(request: PersonRequest, agent: Agent) -> HttpResponse:
    done = "Done. It is in a trial run again: it reads, and only records what else it would have done."
    attempt(request, done, actions.go_shadow, request.user, agent)
    return redirect(_home(request, agent))


def _home(request: PersonRequest, agent: Agent) -> str:
    """The agent's page, or its record for people who see only that."""
    name = "detail" if agent.permits(request.user, AgentPermission.VIEW) else "record"
    return reverse(f"registry:{name}", args=[agent.pk])
