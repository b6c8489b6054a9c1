"""Pages of teams. Everybody sees them; who manages people makes them; a lead decides who is in theirs."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from portal.access import PersonRequest, may, requires, signed_in
from portal.answers import refusals_on
from portal.editing import unchanged
from portal.pages import page, paged
from portal.permissions import PortalPermission, TeamPermission
from portal.teams import actions
from portal.teams.forms import FilterForm, MemberForm, TeamForm
from portal.teams.models import Membership, Team


@signed_in
def teams(request: PersonRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    found = Team.objects.visible_to(request.user).with_counts()
    wanted = form.cleaned_data if form.is_valid() else {}
    if wanted.get("q"):
        found = found.search(wanted["q"])
    if wanted.get("mine"):
        found = found.of(request.user)
    context = {
        "form": form,
        "page_obj": paged(request, found),
        "filtered": any(wanted.values()),
        "manages": may(request.user, PortalPermission.MANAGE_PEOPLE),
    }
    return page(request, "portal/teams/list.html", context, part="rows")


@signed_in
def detail(request: PersonRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    members = team.memberships.current().filter(person__is_active=True).select_related("person")
    context = {
        "team": team,
        "leads": members.filter(role="lead").order_by("person__display_name"),
        "page_obj": paged(request, members.order_by("role", "person__display_name", "pk")),
        "manages": may(request.user, PortalPermission.MANAGE_PEOPLE),
        "decides_members": may(request.user, TeamPermission.MEMBERS, team),
    }
    return page(request, "portal/teams/detail.html", context)


@requires(PortalPermission.MANAGE_PEOPLE)
def new(request: PersonRequest) -> HttpResponse:
    form = TeamForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            team = actions.create(request.user, **form.cleaned_data)
            messages.success(request, f"{team} is created. Now add its members.")
            return redirect(team)
    return page(request, "portal/teams/new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(PortalPermission.MANAGE_PEOPLE, on=Team)
def edit(request: PersonRequest, team: Team) -> HttpResponse:

    def drawn(data: QueryDict | None = None) -> TeamForm:
        return TeamForm(data, initial={"name": team.name, "cost_centre": team.cost_centre})

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, team, drawn):
                actions.edit(request.user, team, **form.cleaned_data)
            messages.success(request, f"{team} is changed.")
            return redirect(team)
        team.refresh_from_db()
    context = {"form": form, "team": team}
    return page(request, "portal/teams/edit.html", context, status=422 if form.is_bound else 200)


@requires(TeamPermission.MEMBERS, on=Team)
def add_member(request: PersonRequest, team: Team) -> HttpResponse:
    """Adds somebody; for who is in the team already, gives them the role chosen."""
    held = _member(request, team)

    def drawn(data: QueryDict | None = None) -> MemberForm:
        return MemberForm(data, initial={"person": held.person, "role": held.role} if held else None)

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, held, drawn):
                membership = actions.add_member(request.user, team, **form.cleaned_data)
            role = membership.get_role_display().lower()
            messages.success(request, f"{membership.person} is in {team} as {role}.")
            return redirect(team)
    context = {"form": form, "team": team}
    return page(request, "portal/teams/add_member.html", context, status=422 if form.is_bound else 200)


def _member(request: PersonRequest, team: Team) -> Membership | None:
    """Whom the link is about, by their e-mail; nothing else of an address is written into the form."""
    current = team.memberships.current().select_related("person")
    return current.filter(person__email=request.GET.get("person", "")).first()


@requires(TeamPermission.MEMBERS, on=Team)
def end_membership(request: PersonRequest, team: Team, membership: int) -> HttpResponse:
    """GET asks, POST ends it."""
    found = get_object_or_404(team.memberships.current().select_related("person", "team"), pk=membership)
    if request.method == "POST":
        actions.end_membership(request.user, found)
        messages.success(request, f"{found.person} is no longer in {team}.")
        return redirect(team)
    return page(request, "portal/teams/end_membership.html", {"team": team, "membership": found})
