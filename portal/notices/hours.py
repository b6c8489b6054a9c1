"""When a notice may leave the portal: at once, after quiet hours, or once a day. In the person's time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Wish:
    """``quiet_from`` and ``quiet_until`` are both set or neither; ``digest_at``: everything of a day at this hour."""

    zone: str
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None


def due(now: datetime, wish: Wish, *, urgent: bool) -> datetime:
    """The first moment from ``now`` on at which it may be sent."""
    if urgent:
        return now
    if wish.digest_at is not None:
        return _next(now, wish.digest_at, wish.zone)
    if wish.quiet_from is not None and wish.quiet_until is not None:
        local = now.astimezone(ZoneInfo(wish.zone)).time()
        if _between(wish.quiet_from, local, wish.quiet_until):
            return _next(now, wish.quiet_until, wish.zone)
    return now


def _between(first: time, at: time, end: time) -> bool:
    return first <= at < end if first < end else at >= first or at < end


def _next(now: datetime, at: time, zone: str) -> datetime:
    """When clocks there next show that hour. One that is skipped in spring comes an hour later."""
    there = ZoneInfo(zone)
    day = now.astimezone(there).date()
    found = datetime.combine(day, at, there).astimezone(UTC)
    return found if found > now else datetime.combine(day + timedelta(days=1), at, there).astimezone(UTC)
