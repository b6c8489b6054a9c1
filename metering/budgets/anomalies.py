"""Spend anomalies: an agent spends far more in an hour than ever before. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.reasons import Stored, because

FLOOR = 10_000_000  # micros: below ten dollars an hour nothing is far above anything; see ``watching.floor``
FACTOR = 5  # times the agent's own busiest hour
PAST = timedelta(weeks=4)  # how far back that hour is looked for
FRESH = timedelta(days=1)  # hours younger than that are no past yet, unless somebody accepted them
KEPT = timedelta(weeks=8)  # hours older than that are dropped


@dataclass(frozen=True, slots=True)
class Hour:
    """What one agent spent since ``begun``, a full hour in UTC, and in the busiest hour of its past. Micros.

    ``floor``: what it may always spend. ``let_go``: spent before somebody lifted its stop, and so accepted.
    """

    begun: datetime
    micros: int
    busiest: int
    let_go: int = 0
    floor: int = FLOOR

    @property
    def most(self) -> int:
        return max(self.floor, FACTOR * self.busiest)

    @property
    def is_anomaly(self) -> bool:
        return self.micros - self.let_go > self.most


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


REASONS = {
    "ran_away": "It spent more than {floor:money} since {begun:moment}, over {factor} times as much "
    "as in its busiest hour of the past four weeks. Is this intended?"
}


def reason(hour: Hour) -> Stored:
    """Everybody who sees the agent reads the rule; only its owner sees what it spent."""
    return because("ran_away", floor=hour.floor, begun=hour.begun.isoformat(), factor=FACTOR)
