"""A schedule's person is told that it paused by itself, and that a late run waits for an answer."""

from agents.schedules.models import Schedule
from portal.notices.telling import settle, tell
from portal.reasons import Stored


def tell_paused(row: Schedule, cause: Stored) -> Schedule:
    link, agent = row.get_absolute_url(), str(row.agent)
    tell([row.person], "schedule.paused", row, link, schedule=str(row), agent=agent, why=cause)
    return row


def tell_late(row: Schedule) -> None:
    link, agent = row.get_absolute_url(), str(row.agent)
    tell([row.person], "schedule.asks", row, link, schedule=str(row), agent=agent)


def settled(row: Schedule, *kinds: str) -> None:
    """It goes on, rests or has ended; or of these kinds only."""
    settle(row, *kinds)
