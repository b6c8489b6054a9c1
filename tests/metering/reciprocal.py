"""Circles of many acceptances, by the rule that the portal asks for one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from metering.outcomes.reciprocity import WINDOW, Pair, closed_by


@dataclass(frozen=True, slots=True)
class Acceptance:
    by: int
    of: int
    at: datetime

    @property
    def pair(self) -> Pair:
        return self.by, self.of


def reciprocal(acceptances: Iterable[Acceptance], window: timedelta = WINDOW) -> set[Acceptance]:
    """All that are in a circle, as they come to be known one after the other."""
    known: list[Acceptance] = []
    void: set[Acceptance] = set()
    for new in sorted(acceptances, key=lambda one: one.at):
        near = [one for one in known if new.at - one.at <= window]
        pairs = closed_by(new.pair, (one.pair for one in near))
        void.update(one for one in [*near, new] if one.pair in pairs)
        known.append(new)
    return void
