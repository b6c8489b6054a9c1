"""What finance sees: the organisation, and cost centres by model, without people. As pages and as files."""

from django.http import HttpResponse

from metering.permissions import MeteringPermission
from metering.permits.viewers import given, viewer
from metering.privacy import visibility
from metering.privacy.disclosure import WITHHELD
from metering.publications import running
from metering.reports import charts, figures, focus, lines
from metering.reports.forms import PeriodForm
from portal.access import PersonRequest, requires
from portal.download import response
from portal.pages import page, paged

REFUSAL = "Only finance can see cost by cost centre. An admin can give you this role."
NO_COST_CENTRE = "No cost centre"


@requires(MeteringPermission.SEE_COST_CENTRES)
def cost_centres(request: PersonRequest) -> HttpResponse:
    scope = given(visibility.cost_centres(viewer(request.user)), REFUSAL)
    form = PeriodForm(request.GET, periods=running.periods())
    page_obj = paged(request, figures.cost_centres(scope, form.chosen()))
    context = {
        "form": form,
        "period": form.chosen(),
        "page_obj": page_obj,
        "centres": [(name or NO_COST_CENTRE, figure) for name, figure in page_obj],
        "withheld": WITHHELD,
    }
    return page(request, "metering/reports/cost_centres.html", context, part="rows")


@requires(MeteringPermission.SEE_COST_CENTRES)
def cost_centres_export(request: PersonRequest) -> HttpResponse:
    """The four weeks as FOCUS 1.2 has it: the same figures as the page; what is withheld there has no line here."""
    scope = given(visibility.cost_centres(viewer(request.user)), REFUSAL)
    period = PeriodForm(request.GET, periods=running.periods()).chosen()
    rows = focus.charges(period, figures.cost_centres(scope, period), NO_COST_CENTRE)
    return response(f"cost-centres-{period.first}.csv", focus.HEADER, rows)


@requires(MeteringPermission.SEE_COST_CENTRES)
def organisation(request: PersonRequest) -> HttpResponse:
    scope = given(visibility.organisation(viewer(request.user)), REFUSAL)
    report = figures.group(scope, request.GET.get("from", ""))
    context = {"report": report, "chart": charts.by_period(report.costs), "withheld": WITHHELD}
    return page(request, "metering/reports/organisation.html", context)


@requires(MeteringPermission.SEE_COST_CENTRES)
def organisation_export(request: PersonRequest) -> HttpResponse:
    scope = given(visibility.organisation(viewer(request.user)), REFUSAL)
    report = figures.group(scope, request.GET.get("from", ""))
    return response(
        f"organisation-{report.period.first}.csv", lines.GROUP, lines.group("Organisation", report)
    )
