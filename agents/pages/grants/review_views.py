"""Pages that review grants: all on a connection, all of an agent, revoke several, renew."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from agents.connections.models import Connection
from agents.connectors import capability_title
from agents.grants import actions
from agents.grants.models import GrantQuerySet
from agents.lifecycle.grants import revoke_grants
from agents.pages.grants import queries, review
from agents.pages.grants.forms import ConnectionForm, RenewalForm, ReviewFilter, RevocationForm
from agents.permissions import AgentPermission, ConnectionPermission
from agents.registry.models import Agent
from portal.access import PersonRequest, Refused, may, requires
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page, paged


@requires(ConnectionPermission.GRANT, on=Connection)
def on_connection(request: PersonRequest, connection: Connection) -> HttpResponse:
    live = review.live_on(connection)
    counts = review.counts(live)
    form = ReviewFilter(request.GET, counts=counts)
    shown = paged(request, form.apply(live))
    shown.object_list = queries.grant_rows(shown.object_list, request.user)
    context = {"connection": connection, "form": form, "page_obj": shown, "counts": counts}
    context["link"] = reverse("grants:end-on", args=[connection.pk])
    return page(request, "agents/grants/on.html", context, part="rows")


@requires(ConnectionPermission.GRANT, on=Connection)
@get_or_post
def end_on(request: PersonRequest, connection: Connection) -> HttpResponse:
    """Revoke all grants of one capability here (``?capability=``), or all there are."""
    grants = review.live_on(connection)
    name = request.GET.get("capability", "")
    if name:
        grants = grants.filter(capability=name)
    back = reverse("grants:on", args=[connection.pk])
    return _end(request, connection, grants, back, capability_title(name) if name else "")


@requires(AgentPermission.VIEW, on=Agent)
def of_agent(request: PersonRequest, agent: Agent) -> HttpResponse:
    shown = paged(request, review.live_of(agent))
    shown.object_list = queries.grant_rows(shown.object_list, request.user)
    manages = may(request.user, AgentPermission.MANAGE, agent) and not agent.retired
    return page(request, "agents/grants/of.html", {"agent": agent, "page_obj": shown, "manages": manages})


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def end_of(request: PersonRequest, agent: Agent) -> HttpResponse:
    return _end(request, agent, review.live_of(agent), reverse("grants:of", args=[agent.pk]), "")


def _end(
    request: PersonRequest, target: Agent | Connection, grants: GrantQuerySet, back: str, title: str
) -> HttpResponse:
    """Asked once on a page of its own, then done at once."""
    form = RevocationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        why = form.cleaned_data["why"]
        done = "Revoked. The next call under each is refused."
        attempt(request, done, revoke_grants, request.user, target, grants=grants, why=why)
        return redirect(back)
    context = {
        "target": target,
        "on": isinstance(target, Connection),
        "grants": grants[:10],
        "number": grants.count(),
        "title": title,
        "form": form,
        "back": back,
    }
    return page(request, "agents/grants/end_all.html", context)


@requires(AgentPermission.MANAGE, on=Agent)
@get_or_post
def renewal(request: PersonRequest, agent: Agent) -> HttpResponse:
    """Ask once more for what was used in the last 30 days, on the same terms or narrower ones."""
    if agent.retired:
        raise Refused(f"{agent} is retired and cannot get access any more.")
    connection = ConnectionForm(request.GET, Connection.objects.requestable_by(request.user)).chosen()
    if connection is None:
        return redirect("grants:of", agent.pk)
    used, unused = review.renewal(agent, connection)
    form = RenewalForm(request.POST if request.method == "POST" else None, used) if used else None
    if form and form.is_valid():
        with refusals_on(form):
            asked = actions.request(request.user, agent=agent, connection=connection, **form.given())
            messages.success(
                request, "Requested. Its present grants run on until they end, whatever is decided."
            )
            return redirect(asked)
    context = {"agent": agent, "connection": connection, "form": form, "unused": unused}
    status = 422 if form and form.is_bound else 200
    return page(request, "agents/grants/renewal.html", context, status=status)
