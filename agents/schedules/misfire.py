"""What becomes of times that are due: one run at most, the others are left out and say why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

PUNCTUAL = timedelta(minutes=2)  # later than this a run is late: the portal was away

Policy = Literal["skip", "late", "ask"]


@dataclass(frozen=True, slots=True)
class Plan:
    """``run``, else ``ask``: at most one of them. ``missed``: the times that are left out, earliest first."""

    run: datetime | None
    ask: datetime | None
    missed: tuple[datetime, ...]


def plan(due: Sequence[datetime], now: datetime, policy: str, late: timedelta) -> Plan:
    """Of the times in ``due``, earliest first and none after ``now``, only the last can still run: never a burst."""
    *earlier, last = due
    behind = now - last
    if behind <= PUNCTUAL or (policy == "late" and behind <= late):
        return Plan(last, None, tuple(earlier))
    if policy == "ask":
        return Plan(None, last, tuple(earlier))
    return Plan(None, None, tuple(due))
