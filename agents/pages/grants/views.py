"""Pages of grants: the inbox, a request and its decision, a grant and its revocation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.card.card import card
from agents.connections.models import Connection
from agents.grants import actions
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.grants import revoke_grant
from agents.pages.grants import queries
from agents.pages.grants.forms import ConnectionForm, DecisionForm, GrantFilter, RequestForm, RevocationForm
from agents.permissions import AgentPermission, GrantPermission
from agents.registry.live_yes import locked
from agents.registry.models import Agent
from agents.registry.ready import needed
from portal.access import PersonRequest, may, requires, signed_in
from portal.answers import attempt, refusals_on, refused
from portal.editing import unchanged
from portal.pages import page, paged
from portal.submissions.step_up import needs_fresh_sign_in

AT_ONCE = 25  # requests shown in the inbox; more follow as these are decided


@signed_in
def inbox(request: PersonRequest) -> HttpResponse:
    person = request.user
    form = GrantFilter(request.GET)
    rows = form.apply(Grant.objects.visible_to(person)).select_related("agent", "connection").order_by("-id")
    shown = paged(request, rows)
    shown.object_list = queries.grant_rows(shown.object_list, person)
    deciding = GrantRequest.objects.to_decide_by(person).with_parts().order_by("id")
    # Lazy: these are read where the whole page is rendered, not its list alone.
    context = {
        "form": form,
        "page_obj": shown,
        "deciding": deciding[:AT_ONCE],
        "waiting": deciding.count,
        "own": GrantRequest.objects.filter(requested_by=person).open().with_parts()[:AT_ONCE],
    }
    return page(request, "agents/grants/inbox.html", context, part="rows")


@requires(AgentPermission.MANAGE, on=Agent)
def new(request: PersonRequest, agent: Agent) -> HttpResponse:
    """Choose a connection, then its capabilities. The address holds the choice."""
    preview = queries.preview(request)
    choice = ConnectionForm(request.GET or None, Connection.objects.requestable_by(request.user))
    connection = choice.chosen()
    context = {"agent": agent, "choice": choice, "connection": connection, "exact": preview is not None}
    context["card"] = card(agent) if preview is None else None
    if connection is None:
        return page(request, "agents/grants/new.html", context, part="terms")
    locked = queries.held(agent, connection)
    if request.method != "POST" or preview is not None:
        context["form"] = RequestForm(preview, connection, locked, needed(agent))
        part = "button" if preview else "terms"
        return page(request, "agents/grants/new.html", context, part=part)
    form = RequestForm(request.POST, connection, locked)
    if form.is_valid():
        with refusals_on(form):
            asked = actions.request(request.user, agent=agent, connection=connection, **form.given())
            messages.success(request, "Requested. The connection's admins see it now.")
            return redirect(asked)
    return page(request, "agents/grants/new.html", context | {"form": form}, status=422)


@requires(GrantPermission.VIEW, on=GrantRequest)
def request_page(request: PersonRequest, asked: GrantRequest) -> HttpResponse:
    may_decide = asked.waiting and asked.permits(request.user, GrantPermission.DECIDE)
    form = DecisionForm(queries.preview(request), asked) if may_decide else None
    return _request_page(request, asked, form)


def _request_page(
    request: PersonRequest, asked: GrantRequest, form: DecisionForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "asked": asked,
        "form": form,
        "exact": queries.preview(request) is not None,
        "grants": queries.grant_rows(asked.grants.all()),
        "card": card(asked.agent),
        "agent_seen": Agent.objects.visible_to(request.user).filter(pk=asked.agent_id).exists(),
        "may_withdraw": asked.waiting and asked.permits(request.user, GrantPermission.WITHDRAW),
        "deciders": asked.deciders()[:10] if asked.waiting and form is None else [],
    }
    return page(request, "agents/grants/request.html", context, part="button", status=status)


def _second_admin(request: PersonRequest, asked: GrantRequest) -> str:
    """Also where the person could have asked themself: nobody grants alone but on their own connection."""
    other = asked.requested_by_id != request.user.pk and request.POST.get("answer") != "nothing"
    return f"Your yes to what {asked.requested_by} requested: {asked}" if other else ""


@requires(GrantPermission.DECIDE, on=GrantRequest)
@require_POST
@needs_fresh_sign_in(_second_admin)
def decision(request: PersonRequest, asked: GrantRequest) -> HttpResponse:
    """A yes to what is ticked, or with ``answer=nothing`` a no to all of it."""
    if not asked.waiting:
        messages.error(
            request, "Somebody decided or withdrew this in the meantime. Your decision was not saved."
        )
        return redirect(asked)
    form = DecisionForm(request.POST, asked)
    nothing = request.POST.get("answer") == "nothing"
    if not form.is_valid() and not (nothing and "note" not in form.errors):
        return _request_page(request, asked, form, status=422)
    granted = {} if nothing else form.terms()
    ends_at = form.last_asked if nothing else form.ends_at()
    note, trial = form.cleaned_data.get("note", ""), form.cleaned_data.get("trial", False)
    try:
        with unchanged(form, asked, lambda: DecisionForm(None, asked), first=lambda: locked(asked.agent)):
            actions.decide(request.user, asked, granted=granted, ends_at=ends_at, note=note, trial=trial)
    except ValidationError as error:
        if asked.waiting:
            refused(form, error)
            return _request_page(request, asked, form, status=422)
        messages.error(request, " ".join(error.messages))
        return redirect(asked)
    messages.success(request, queries.decided(asked, len(granted)))
    return redirect("grants:inbox")


@requires(GrantPermission.WITHDRAW, on=GrantRequest)
@require_POST
def withdrawal(request: PersonRequest, asked: GrantRequest) -> HttpResponse:
    attempt(request, "Request withdrawn.", actions.withdraw, request.user, asked)
    return redirect(asked)


@requires(GrantPermission.VIEW, on=Grant)
def detail(request: PersonRequest, grant: Grant) -> HttpResponse:
    person, retired = request.user, grant.agent.retired
    manages = may(person, AgentPermission.MANAGE, grant.agent) and not retired
    context = {
        "grant": grant,
        "row": queries.grant_rows([grant])[0],
        "entries": queries.history(grant),
        "calls": queries.own_calls(grant, person),
        "may_revoke": not grant.over and grant.permits(person, GrantPermission.REVOKE),
        "may_ask": grant.over and manages,
        "may_renew": grant.renewable and manages,
        "agent_seen": Agent.objects.visible_to(person).filter(pk=grant.agent_id).exists(),
        "connection_seen": Connection.objects.visible_to(person).filter(pk=grant.connection_id).exists(),
        "form": RevocationForm(),
    }
    return page(request, "agents/grants/detail.html", context)


@requires(GrantPermission.REVOKE, on=Grant)
@require_POST
def revocation(request: PersonRequest, grant: Grant) -> HttpResponse:
    form = RevocationForm(request.POST)
    form.is_valid()
    done = f"Revoked. The next call of {grant.agent} under this grant is refused."
    said = form.cleaned_data
    attempt(request, done, revoke_grant, request.user, grant, why=said.get("why", ""))
    match said.get("back"):
        case "on":
            return redirect("grants:on", grant.connection_id)
        case "of":
            return redirect("grants:of", grant.agent_id)
        case "connection":
            return redirect("connections:detail", grant.connection_id)
        case "inbox":
            return redirect("grants:inbox")
    return redirect(grant)
