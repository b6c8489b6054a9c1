"""Reports: a team behind a permit, cost centres for finance, who looked for the auditor."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from metering.permissions import MeteringPermission
from metering.reports import actions, figures, visibility
from metering.reports.disclosure import WITHHELD, Group
from metering.reports.forms import MonthForm
from metering.reports.models import Look, Permit
from metering.reports.viewers import viewer
from metering.reports.visibility import Scope
from metering.rollups.download import response
from metering.rollups.periods import Period, fixed, months
from portal.access import PersonRequest, Refused, requires, signed_in
from portal.pages import page, paged

NO_COST_CENTRE = "No cost centre"


@signed_in
def team(request: PersonRequest, pk: int) -> HttpResponse:
    """Without a live permit there is nothing here, as if there were no such team. Opening it is told."""
    scope = visibility.team(viewer(request.user), pk)
    if scope is None:
        raise Http404
    permits = Permit.objects.live().filter(viewer=request.user, team=pk).select_related("team", "decided_by")
    permit = get_object_or_404(permits.order_by("-ends_at")[:1])
    periods = fixed(_today())
    period = next((each for each in periods if str(each.first) == request.GET.get("from")), periods[0])
    group = figures.team(scope, period)
    actions.open_report(request.user, permit, period=period, shown=group is not None)
    context = {
        "period": period,
        "before": next((each for each in periods if each.last < period.first), None),
        "after": next((each for each in reversed(periods) if each.first > period.last), None),
        "permit": permit,
        "group": group,
        "withheld": WITHHELD,
    }
    return page(request, "metering/reports/team.html", context)


@requires(MeteringPermission.SEE_COST_CENTRES)
def cost_centres(request: PersonRequest) -> HttpResponse:
    scope = _finance(request)
    form = MonthForm(request.GET, months=months(_today()))
    page_obj = paged(request, figures.cost_centres(scope, form.chosen()))
    groups = figures.by_cost_centre(scope, form.chosen(), page_obj.object_list)
    context = {
        "form": form,
        "period": form.chosen(),
        "page_obj": page_obj,
        "centres": [(centre or NO_COST_CENTRE, group) for centre, group in groups.items()],
        "withheld": WITHHELD,
    }
    return page(request, "metering/reports/cost_centres.html", context, part="rows")


@requires(MeteringPermission.SEE_COST_CENTRES)
def cost_centres_export(request: PersonRequest) -> HttpResponse:
    """The whole month, the same figures as the page: what is withheld there is withheld here."""
    scope = _finance(request)
    month = MonthForm(request.GET, months=months(_today())).chosen()
    groups = figures.by_cost_centre(scope, month, figures.cost_centres(scope, month))
    header = ("month", "cost_centre", "model", "cost_usd", "state")
    return response(f"cost-centres-{month.first:%Y-%m}.csv", header, _lines(month, groups))


@requires(MeteringPermission.SEE_LOOKS)
def looks(request: PersonRequest) -> HttpResponse:
    scope = visibility.looks(viewer(request.user))
    if scope is None:
        raise Refused("Only an auditor sees who looked at what. An admin gives roles.")
    rows = Look.objects.within(scope).select_related("viewer", "permit__decided_by")
    return page(request, "metering/reports/looks.html", {"page_obj": paged(request, rows)}, part="rows")


def _finance(request: PersonRequest) -> Scope:
    scope = visibility.cost_centres(viewer(request.user))
    if scope is None:
        raise Refused("Only finance sees cost by cost centre. An admin gives roles.")
    return scope


def _lines(month: Period, groups: dict[str, Group | None]) -> Iterator[tuple[str, ...]]:
    """One line for each model, or for the whole cost centre where the models are not shown."""
    for centre, group in groups.items():
        start = (f"{month.first:%Y-%m}", centre or NO_COST_CENTRE)
        if group is None:
            yield (*start, "", "", "withheld")
            continue
        for figure in group.slices or (group.total,):
            cost = "" if figure.micros is None else f"{figure.micros / 1_000_000:.6f}"
            yield (*start, figure.label or "All models", cost, "shown" if cost else "not priced")


def _today() -> date:
    return datetime.now(UTC).date()
