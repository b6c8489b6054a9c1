"""When may be deployed, and what: pure. Days, hours, freezes, green checks, patterns of a grant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agents.connectors.deployments import Check, CheckState, green

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
FREEZE = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)(?: ([a-z0-9][a-z0-9-]{0,39}))?(?:: (.{1,100}))?")


@dataclass(frozen=True, slots=True)
class Freeze:
    """Whole days, in the connection's zone, on which nothing is deployed; ``environment`` empty: to none."""

    first: date
    last: date
    environment: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """``hours``: from, until; None: any. ``days``: numbers as ``date.weekday`` has them."""

    zone: str = "UTC"
    days: frozenset[int] = frozenset(range(7))
    hours: tuple[int, int] | None = None
    freezes: tuple[Freeze, ...] = ()

    def against(self, environment: str, now: datetime, only: Sequence[str] = ()) -> str:
        """Why not now, as a sentence; empty where it may be. ``only``: the days of a grant, by their names."""
        local = now.astimezone(ZoneInfo(self.zone))
        day = DAYS[local.weekday()]
        for one in self.freezes:
            if one.first <= local.date() <= one.last and one.environment in ("", environment):
                said = f" ({one.why})" if one.why else ""
                return (
                    f"Deployments to {environment} are frozen until the end of {one.last.isoformat()}{said}."
                )
        if local.weekday() not in self.days:
            return f"Nothing is deployed here on a {day} ({self.zone})."
        if self.hours is not None and not self.hours[0] <= local.hour < self.hours[1]:
            return f"Here it is deployed from {self.hours[0]}:00 to {self.hours[1]}:00 ({self.zone}) only."
        if only and not any(is_day(pattern, day) for pattern in only):
            return f"The grant allows no deployments on a {day} ({self.zone})."
        return ""


def is_day(pattern: str, day: str) -> bool:
    """``Mon`` and ``monday`` are Monday."""
    word = pattern.strip().lower()
    return word == "*" or (len(word) >= 3 and day.lower().startswith(word))


def freezes(text: str) -> tuple[Freeze, ...]:
    """One a line: ``2026-12-24 to 2027-01-01 production: Christmas``. Raises ValueError with the line."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        told = FREEZE.fullmatch(line)
        if told is None:
            raise ValueError(f"“{line[:60]}”: write 2026-12-24 to 2027-01-01 production: why")
        first, last = date.fromisoformat(told[1]), date.fromisoformat(told[2])
        if last < first:
            raise ValueError(f"“{line[:60]}” ends before it begins.")
        found.append(Freeze(first, last, told[3] or "", told[4] or ""))
    return tuple(found)


def hours(text: str) -> tuple[int, int] | None:
    """``9-17``; empty: any. Raises ValueError."""
    if not text.strip():
        return None
    told = re.fullmatch(r"\s*(\d{1,2})\s*[-–]\s*(\d{1,2})\s*", text)
    if told is None or not 0 <= int(told[1]) < int(told[2]) <= 24:
        raise ValueError("Write hours of a day as 9-17.")
    return int(told[1]), int(told[2])


def names(text: str) -> tuple[str, ...]:
    """``staging, production``. Raises ValueError."""
    found = tuple(part.strip() for part in re.split(r"[,\n]", text) if part.strip())
    for name in found:
        if not NAME.fullmatch(name):
            raise ValueError(f"“{name[:40]}”: small letters, digits and - only.")
    if not found or len(set(found)) != len(found):
        raise ValueError("Name each one, once.")
    return found


def pairs(text: str) -> Mapping[str, str]:
    """``name = value``, one a line. Raises ValueError."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not name or not value or name in found:
            raise ValueError(f"“{line[:60]}”: write name = value, each name once.")
        found[name] = value
    return found


def unchecked(checks: Sequence[Check], wanted: Sequence[str]) -> str:
    """Why these are not green enough; empty where they are. ``wanted``: names, or ``*`` for all there are."""
    only = [name for name in wanted if name != "*"]
    if green(checks, only) and (only == list(wanted) or green(checks)):
        return ""
    if not checks:
        return "No check has said anything about this version, and only green ones are deployed here."
    missing = [name for name in only if name not in {one.name for one in checks}]
    bad = [one.name for one in checks if one.state is not CheckState.GREEN]
    return f"Its checks are not green: {', '.join([*bad, *missing][:5])}."
