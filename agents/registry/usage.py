"""An agent's totals for its owner: their own where nobody else used it, else as published for all of its users."""

from dataclasses import dataclass

from agents.registry.models import Agent
from metering.reports import figures, visibility
from metering.reports.figures import Line, Report
from metering.rollups.periods import Period
from metering.rollups.sums import Usage
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Totals:
    """``alone``: nobody but the owner used it. ``micros`` None: nothing in it has a price."""

    micros: int | None
    tokens: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class AgentUsage:
    """``totals`` of the four weeks looked at; None: not shown. ``lines``: the same for the year, latest first."""

    report: Report
    lines: tuple[tuple[Period, Totals | None], ...]

    @property
    def totals(self) -> Totals | None:
        return dict(self.lines)[self.report.period]


def usage(agent: Agent, person: Person, wanted: str = "") -> AgentUsage | None:
    """For whoever may see the agent's totals: its owner. None: nobody else."""
    viewer = visibility.Viewer(person.pk, active=person.is_active)
    scope = visibility.agent(viewer, agent.pk, agent.owner_id)
    if scope is None:
        return None
    report = figures.group(scope, wanted)
    alone = figures.used_alone(scope, [line.period for line in report.lines])
    return AgentUsage(
        report, tuple((line.period, _totals(line, alone.get(line.period))) for line in report.lines)
    )


def _totals(line: Line, own: Usage | None) -> Totals | None:
    if line.figure is not None:
        return Totals(line.figure.cost_micros, line.figure.tokens or 0)
    return None if own is None else Totals(own.whole.cost, own.whole.tokens, alone=True)
