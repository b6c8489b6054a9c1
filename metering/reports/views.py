"""Reports about a team and about one person; who looked at what. Opening one with a permit notifies its people."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from metering.permissions import MeteringPermission
from metering.permits import actions
from metering.permits.models import Look, Permit
from metering.permits.viewers import given, viewer, with_permits
from metering.privacy import visibility
from metering.privacy.disclosure import WITHHELD
from metering.publications.models import DisclosureCheck
from metering.publishing import checking
from metering.reports import charts, figures, lines
from metering.reports.figures import Report
from portal.access import PersonRequest, requires, signed_in
from portal.download import response
from portal.pages import page, paged
from portal.teams.models import Team


@signed_in
def team(request: PersonRequest, pk: int) -> HttpResponse:
    """One's own team, or one that a live permit opens; else there is nothing here, as if there were no such team."""
    found, report, permit = _team(request, pk)
    context = {
        "team": found,
        "report": report,
        "chart": charts.by_period(report.costs),
        "permit": permit,
        "withheld": WITHHELD,
    }
    return page(request, "metering/reports/team.html", context)


@signed_in
def team_export(request: PersonRequest, pk: int) -> HttpResponse:
    """The same figures as the page, all periods of the year; it is a look like any other."""
    found, report, _ = _team(request, pk)
    return response(
        f"team-{found.pk}-{report.period.first}.csv", lines.GROUP, lines.group(str(found), report)
    )


@signed_in
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Four weeks of one person: cost and verified items. Without a live permit there is nothing here."""
    who, permits = with_permits(request.user)
    scope = visibility.person(who, pk)
    if scope is None:
        raise Http404
    permit = _permit(held.pk for held in permits if held.person == pk)
    weeks = figures.person(scope, request.GET.get("from", ""))
    actions.open_report(request.user, permit, period=weeks.report.period, shown=weeks.row is not None)
    context = {"person": permit.person, "weeks": weeks, "report": weeks.report, "permit": permit}
    return page(request, "metering/reports/person.html", context)


@requires(MeteringPermission.SEE_LOOKS)
def looks(request: PersonRequest) -> HttpResponse:
    refusal = "Only auditors can see who looked. An admin can give you this role."
    scope = given(visibility.looks(viewer(request.user)), refusal)
    rows = Look.objects.within(scope).select_related("viewer", "permit__decided_by")
    context = {"page_obj": paged(request, rows), "nights": checking.nights(scope)}
    return page(request, "metering/reports/looks.html", context, part="rows")


@requires(MeteringPermission.SEE_LOOKS)
def checks(request: PersonRequest) -> HttpResponse:
    """Night by night: did anything that is shown tell fewer people apart than it may?"""
    refusal = "Only auditors can see the checks. An admin can give you this role."
    scope = given(visibility.looks(viewer(request.user)), refusal)
    rows = DisclosureCheck.objects.within(scope)
    context = {"page_obj": paged(request, rows), "nights": checking.nights(scope)}
    return page(request, "metering/reports/checks.html", context, part="rows")


def _team(request: PersonRequest, pk: int) -> tuple[Team, Report, Permit | None]:
    """What is opened, and under which permit; None: as one of the team. A look with a permit is told at once."""
    who, permits = with_permits(request.user)
    scope = visibility.team(who, pk)
    if scope is None:
        raise Http404
    report = figures.group(scope, request.GET.get("from", ""))
    if who.works_in(pk):
        return get_object_or_404(Team.objects.visible_to(request.user), pk=pk), report, None
    permit = _permit(held.pk for held in permits if held.team == pk)
    assert permit.team is not None, "it was asked for by its team"
    shown = bool(report.shown)
    people = report.people if shown else None
    actions.open_report(request.user, permit, period=report.span, people=people, shown=shown)
    return permit.team, report, permit


def _permit(held: Iterable[int]) -> Permit:
    """The first of the viewer's own that are live."""
    found = Permit.objects.select_related("team", "person", "decided_by")
    return get_object_or_404(found, pk=next(iter(held), None))
