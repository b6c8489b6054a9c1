"""Usage added up, in rows a page shows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from metering.rollups.periods import Period


class DayRow(NamedTuple):
    """What is read of one DayUsage, in the order of its fields."""

    day: date
    agent_id: int
    agent_name: str
    provider: str
    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    cost_micros: int
    unpriced_requests: int


def per_item(micros: int | None, items: int | None) -> int | None:
    """Micros for one verified item, to the nearest; None, not enough to say: no item, or nothing is priced."""
    return None if micros is None or not items or items < 0 else round(micros / items)


@dataclass
class Sum:
    """``unpriced`` counts model calls."""

    label: str = ""
    agent_id: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    micros: int = 0
    unpriced: int = 0

    def add(self, row: DayRow) -> None:
        self.requests += row.requests
        self.input_tokens += row.input_tokens
        self.output_tokens += row.output_tokens
        self.micros += row.cost_micros
        self.unpriced += row.unpriced_requests

    @property
    def cost(self) -> int | None:
        """Millionths of the ledger's currency of what is priced; None where nothing is."""
        return None if self.requests and self.unpriced == self.requests else self.micros

    @property
    def unpriced_part(self) -> int:
        """The calls that ``cost`` leaves out, where it is a cost at all."""
        return 0 if self.cost is None else self.unpriced

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass
class Usage:
    """One period of usage: the whole, each of its days, each agent and each model by name."""

    period: Period
    whole: Sum = field(default_factory=Sum)
    days: dict[date, Sum] = field(default_factory=dict)
    agents: dict[int, Sum] = field(default_factory=dict)
    models: dict[tuple[str, str], Sum] = field(default_factory=dict)

    def costs(self) -> list[tuple[date, int | None]]:
        """The cost of every day of the period, those without usage included."""
        return [(day, self.days[day].cost if day in self.days else None) for day in self.period.days]


def add_up(period: Period, rows: Iterable[DayRow]) -> Usage:
    """``rows`` by day: where an agent changed its name the last one stands."""
    usage = Usage(period)
    for row in rows:
        agent = usage.agents.setdefault(row.agent_id, Sum(agent_id=row.agent_id))
        agent.label = row.agent_name or agent.label
        model = usage.models.setdefault((row.provider, row.model), Sum(f"{row.provider}:{row.model}"))
        for total in (usage.whole, usage.days.setdefault(row.day, Sum()), agent, model):
            total.add(row)
    usage.agents = dict(sorted(usage.agents.items(), key=lambda item: item[1].label.lower()))
    usage.models = dict(sorted(usage.models.items()))
    return usage
