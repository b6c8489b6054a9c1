"""Figures as pages, charts and files show them. Each query takes a Scope first; groups are as they were published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Subquery

from metering.disputes.models import CorrectionRequest
from metering.outcomes import counts
from metering.permits import exposure
from metering.privacy import visibility
from metering.privacy.disclosure import may_see
from metering.privacy.visibility import Kind, Scope, Viewer
from metering.publications import running
from metering.publications.models import Publication, PublicationQuerySet, PublishedPeriod, Settled
from metering.publishing import gathering
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period, folds_before
from metering.rollups.sums import DayRow, Usage, add_up
from portal.teams.models import Team


@dataclass(frozen=True, slots=True)
class Line:
    """One period of a report. ``figure`` None: not shown, for whatever reason."""

    period: Period
    figure: Publication | None


@dataclass(frozen=True, slots=True)
class Report:
    """The year's periods that have ended, latest first, and the one that is looked at."""

    lines: tuple[Line, ...]
    chosen: Line

    @property
    def period(self) -> Period:
        return self.chosen.period

    @property
    def figure(self) -> Publication | None:
        return self.chosen.figure

    @property
    def before(self) -> Period | None:
        return next((line.period for line in self.lines if line.period.last < self.period.first), None)

    @property
    def after(self) -> Period | None:
        return next((line.period for line in self.lines[::-1] if line.period.first > self.period.last), None)

    @property
    def shown(self) -> list[Publication]:
        """Every figure that the page and the file show, latest first: the chosen period's is one of them."""
        return [line.figure for line in self.lines if line.figure]

    @property
    def people(self) -> set[int]:
        """Whose usage is in any of them."""
        return {person for figure in self.shown for person in figure.people}

    @property
    def span(self) -> Period:
        """From the first day to the last of what is shown; where nothing is, the chosen period."""
        periods = [line.period for line in self.lines if line.figure] or [self.period]
        return Period(periods[-1].first, periods[0].last)

    @property
    def costs(self) -> list[tuple[Period, int | None]]:
        """What the chart draws, earliest first."""
        return [(line.period, line.figure.cost_micros if line.figure else None) for line in self.lines[::-1]]


@dataclass(frozen=True, slots=True)
class Weeks:
    """One person's four weeks. ``row`` None: nothing to show, perhaps because some of it was ``corrected`` since.
    ``late_micros`` None: not shown."""

    report: Report
    row: Settled | None
    corrected: bool
    late_micros: int | None


def own(scope: Scope, period: Period) -> Usage:
    if scope.kind is not Kind.OWN:
        raise ValueError("Days, agents and tokens are shown to the person themselves only")
    rows = DayUsage.objects.within(scope).during(period).order_by("day", "id").values_list(*DayRow._fields)
    return add_up(period, (DayRow(*row) for row in rows))


def group(scope: Scope, wanted: str = "") -> Report:
    """The figures of one team, one agent or the organisation; ``wanted``: the first day of the period looked at."""
    if not scope.grouped or scope.kind is Kind.COST_CENTRES:
        raise ValueError("Only what is published of one group has a report")
    found = {row.period.first_day: row for row in _shown(scope, _published(scope))}
    lines = tuple(Line(period, found.get(period.first)) for period in running.periods())
    return Report(lines, _chosen(lines, wanted))


def cost_centres(scope: Scope, period: Period) -> list[tuple[str, Publication | None]]:
    """Every cost centre by name, and what is shown of it in ``period``. "" stands for teams without one."""
    rows = _shown(scope, _published(scope).during(period))
    found = {row.ref: row for row in rows}
    names = set(Team.objects.values_list("cost_centre", flat=True).order_by().distinct()) | found.keys()
    return [(name, found.get(name)) for name in sorted(names)]


def person(scope: Scope, wanted: str = "") -> Weeks:
    """Which weeks of one person are looked at, and what they came to, without what is not theirs."""
    if scope.kind is not Kind.PERSON or scope.person is None:
        raise ValueError("The weeks of one person are shown with a permit for that person only")
    lines = tuple(Line(period, None) for period in running.periods())
    chosen = _chosen(lines, wanted)
    kept = folds_before(datetime.now(UTC).date(), settings.RETENTION["person_days"])
    row = Settled.objects.within(scope).filter(first_day=chosen.period.first, first_day__gte=kept).first()
    if row is None:
        return Weeks(Report(lines, chosen), None, corrected=False, late_micros=None)
    if _corrected_since(scope.person, chosen.period):
        return Weeks(Report(lines, chosen), None, corrected=True, late_micros=None)
    # What was not theirs in earlier weeks would be told by the difference that it made.
    earlier = CorrectionRequest.objects.accepted_of(scope.person).filter(first_day__lt=chosen.period.first)
    late = None if earlier.exists() else row.late_micros
    return Weeks(Report(lines, chosen), row, corrected=False, late_micros=late)


def used_alone(scope: Scope, periods: Sequence[Period]) -> dict[Period, Usage]:
    """What an agent used in those of ``periods`` (latest first) in which nobody but its owner used it: their own."""
    if scope.kind is not Kind.AGENT or scope.agent is None:
        raise ValueError("Only an agent's owner is asked about")
    whole = Period(periods[-1].first, periods[0].last)
    others = gathering.days_of_others(scope.agent, scope.viewer, whole)
    mine = (
        DayUsage.objects.within(visibility.own(Viewer(scope.viewer)))
        .during(whole)
        .filter(agent_id=scope.agent)
    )
    rows = [DayRow(*row) for row in mine.order_by("day", "id").values_list(*DayRow._fields)]
    return {
        period: add_up(period, (row for row in rows if period.first <= row.day <= period.last))
        for period in periods
        if not any(period.first <= day <= period.last for day in others)
    }


def items_alone(scope: Scope, period: Period) -> int:
    """The owner's own verified items of the agent: all of its items in a period that ``used_alone`` has."""
    if scope.kind is not Kind.AGENT or scope.agent is None:
        raise ValueError("Only an agent's owner is asked about")
    found = counts.by_agent(visibility.own(Viewer(scope.viewer)), period)
    return found.get(scope.agent, {}).get(scope.viewer, 0)


def _corrected_since(person: int, period: Period) -> bool:
    """Was usage of these weeks found not to be the person's after they were settled? What was settled counts it."""
    accepted = CorrectionRequest.objects.accepted_of(person)
    settled = PublishedPeriod.objects.filter(first_day=period.first).values("made_at")
    of_them = accepted.filter(first_day__lte=period.last, last_day__gte=period.first)
    return of_them.filter(decided_at__gte=Subquery(settled)).exists()


def _published(scope: Scope) -> PublicationQuerySet:
    return (
        Publication.objects.within(scope)
        .in_year(running.running_year())
        .select_related("period")
        .defer("parts")
    )


def _shown(scope: Scope, rows: Iterable[Publication]) -> list[Publication]:
    """What the viewer may be shown, knowing what else they may see now, by the rule as it is now."""
    known, rule = exposure.seen_by(scope.viewer, running.running_year()), exposure.the_rule()
    return [row for row in rows if may_see(scope.viewer, known, set(row.people), row.least, rule)]


def _chosen(lines: tuple[Line, ...], wanted: str) -> Line:
    return next((line for line in lines if str(line.period.first) == wanted), lines[0])
