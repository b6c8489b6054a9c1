"""My usage: what only its person sees, and who else looked at a group they are in."""

from datetime import UTC, date, datetime

from django.http import HttpResponse

from metering.reports import charts, figures, visibility
from metering.reports.looked import gathered
from metering.reports.models import Look, Permit
from metering.reports.visibility import Scope, Viewer
from metering.rollups.download import response
from metering.rollups.periods import FOUR_WEEKS, Period, chosen
from metering.usage.models import UsageEvent
from portal.access import PersonRequest, signed_in
from portal.pages import page, paged
from portal.teams.models import Team

LOOKS_READ, LOOKS_SHOWN = 50, 4
EXPORTED = (
    "at",
    "agent_name",
    "task_id",
    "provider",
    "model",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "cost_micros",
    "priced_by",
)


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    period, today = _period(request), _today()
    usage = figures.own(_scope(request), period)
    looks = gathered(Look.objects.at(request.user).select_related("permit__decided_by")[:LOOKS_READ])
    after = period.last + FOUR_WEEKS
    context = {
        "usage": usage,
        "chart": charts.by_day(usage.costs()),
        "before": period.last - FOUR_WEEKS,
        "after": min(after, today) if period.last < today else None,
        "latest": period.last == today,
        "looks": looks[:LOOKS_SHOWN],
        "more_looks": len(looks) > LOOKS_SHOWN,
        "permits": _permits_about(request),
    }
    return page(request, "metering/usage/mine.html", context)


@signed_in
def export(request: PersonRequest) -> HttpResponse:
    """Every model call of the period, as the ledger has it. An empty ``cost_micros`` is not priced."""
    period = _period(request)
    events = UsageEvent.objects.within(_scope(request)).during(period).order_by("at", "id")
    rows = events.values_list(*EXPORTED).iterator()
    return response(
        f"my-usage-{period.first}-{period.last}.csv", EXPORTED, ((_stamp(r[0]), *r[1:]) for r in rows)
    )


@signed_in
def looks(request: PersonRequest) -> HttpResponse:
    rows = Look.objects.at(request.user).select_related("permit__decided_by")
    page_obj = paged(request, rows)
    context = {"page_obj": page_obj, "looks": gathered(page_obj)}
    return page(request, "metering/usage/looks.html", context)


def _permits_about(request: PersonRequest) -> list[Permit]:
    """Who may look at a team of this person now."""
    live = Permit.objects.live().filter(team__in=Team.objects.of(request.user).values("pk"))
    return list(live.exclude(viewer=request.user).select_related("viewer", "team", "decided_by"))


def _scope(request: PersonRequest) -> Scope:
    return visibility.own(Viewer(request.user.pk))


def _period(request: PersonRequest) -> Period:
    return chosen(request.GET.get("ending", ""), _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
