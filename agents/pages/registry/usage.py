"""An agent's totals for its owner: exact where only the owner used it, else as published for the group."""

from dataclasses import dataclass

from agents.registry.models import Agent
from metering.privacy import visibility
from metering.reports import figures
from metering.reports.figures import Line, Report
from metering.rollups.periods import Period
from metering.rollups.sums import Usage, per_item
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Totals:
    """``alone``: nobody but the owner used it. ``micros`` None: nothing in it has a price.

    ``items``: distinct verified ones; None: not shown. ``micros_per_item`` None: not enough to say.
    """

    micros: int | None
    tokens: int
    alone: bool = False
    items: int | None = None
    micros_per_item: int | None = None


@dataclass(frozen=True, slots=True)
class AgentUsage:
    """``totals`` of the four weeks looked at; None: not shown. ``lines``: the same for the year, latest first."""

    report: Report
    lines: tuple[tuple[Period, Totals | None], ...]

    @property
    def totals(self) -> Totals | None:
        return dict(self.lines)[self.report.period]


def usage(agent: Agent, person: Person, wanted: str = "") -> AgentUsage | None:
    """For the agent's owner. None for everybody else."""
    viewer = visibility.Viewer(person.pk, active=person.is_active)
    scope = visibility.agent(viewer, agent.pk, agent.owner_id)
    if scope is None:
        return None
    report = figures.group(scope, wanted)
    alone = figures.used_alone(scope, [line.period for line in report.lines])
    lines = {line.period: _totals(line, alone.get(line.period)) for line in report.lines}
    chosen = lines[report.period]
    if chosen is not None and chosen.alone:
        lines[report.period] = _own(alone[report.period], figures.items_alone(scope, report.period))
    return AgentUsage(report, tuple(lines.items()))


def _totals(line: Line, own: Usage | None) -> Totals | None:
    figure = line.figure
    if figure is not None:
        return Totals(
            figure.cost_micros,
            figure.tokens or 0,
            items=figure.items,
            micros_per_item=figure.micros_per_item,
        )
    return None if own is None else _own(own)


def _own(own: Usage, items: int | None = None) -> Totals:
    """``items`` are asked for of the period that is looked at."""
    whole = own.whole
    each = None if whole.unpriced else per_item(whole.cost, items)
    return Totals(whole.cost, whole.tokens, alone=True, items=items, micros_per_item=each)
