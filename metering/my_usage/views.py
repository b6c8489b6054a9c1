"""My usage: what only its person sees, and who else looked at a group they are in."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpResponse

from metering.my_usage import files
from metering.my_usage.own import Own, read
from metering.permits.models import Look
from metering.permits.repeats import grouped
from metering.privacy import visibility
from metering.privacy.visibility import Scope, Viewer
from metering.reports import charts
from metering.rollups.periods import FOUR_WEEKS, Period, chosen
from metering.usage.models import UsageEvent
from portal.access import PersonRequest, signed_in
from portal.download import document, response
from portal.pages import page, paged

EXPORTED = (
    "at",
    "agent_name",
    "task",
    "provider",
    "model",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "cost_micros",
    "priced_by",
    "kind",
    "note",
)


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    own, today = _read(request), _today()
    period = own.usage.period
    after = period.last + FOUR_WEEKS
    context = {
        "own": own,
        "usage": own.usage,
        "chart": charts.by_day(own.usage.costs()),
        "before": period.last - FOUR_WEEKS,
        "after": min(after, today) if period.last < today else None,
        "latest": period.last == today,
        "kept_since": today - timedelta(days=settings.RETENTION["events"]),
    }
    return page(request, "metering/my_usage/mine.html", context)


@signed_in
def mine_csv(request: PersonRequest) -> HttpResponse:
    """What the page shows, as a table."""
    own = _read(request)
    return response(_name(own.usage.period, "my-usage", "csv"), files.HEADER, files.lines(own))


@signed_in
def mine_json(request: PersonRequest) -> HttpResponse:
    """What the page shows, for programs."""
    own = _read(request)
    return document(_name(own.usage.period, "my-usage", "json"), files.document(own))


@signed_in
def export(request: PersonRequest) -> HttpResponse:
    """The period's model calls with their corrections, as the ledger has them. Empty ``cost_micros``: not priced."""
    period = _period(request)
    events = UsageEvent.objects.within(_scope(request)).during(period).order_by("at", "id")
    rows = events.values_list(*EXPORTED).iterator()
    return response(_name(period, "my-calls", "csv"), EXPORTED, ((_stamp(r[0]), *r[1:]) for r in rows))


@signed_in
def looks(request: PersonRequest) -> HttpResponse:
    rows = Look.objects.at(request.user).select_related("permit__decided_by")
    page_obj = paged(request, rows)
    context = {"page_obj": page_obj, "looks": grouped(page_obj)}
    return page(request, "metering/my_usage/looks.html", context)


def _read(request: PersonRequest) -> Own:
    return read(_scope(request), _period(request), request.user)


def _scope(request: PersonRequest) -> Scope:
    return visibility.own(Viewer(request.user.pk))


def _period(request: PersonRequest) -> Period:
    return chosen(request.GET.get("ending", ""), _today())


def _today() -> date:
    return datetime.now(UTC).date()


def _name(period: Period, what: str, form: str) -> str:
    return f"{what}-{period.first}-{period.last}.{form}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
