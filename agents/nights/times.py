"""The nights of a person: from the evening to the morning hour in their zone, also where the clocks change. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agents.schedules.times import moments

DAY = timedelta(days=1)
LATEST = 12  # the last hour of a morning


@dataclass(frozen=True, slots=True)
class Night:
    """``day``: the day of its morning. ``evening`` and ``morning`` are moments."""

    day: date
    evening: datetime
    morning: datetime
    zone: str

    def until(self, hour: int) -> datetime:
        """That hour of its morning."""
        return at(self.day, hour, self.zone)


def at(day: date, hour: int, zone: str) -> datetime:
    return moments(datetime.combine(day, time(hour)), ZoneInfo(zone))[0]


def night_to(day: date, evening: int, morning: int, zone: str) -> Night:
    """The night that ends in the morning of ``day``."""
    return Night(day, at(day - DAY, evening, zone), at(day, morning, zone), zone)


def coming(now: datetime, evening: int, morning: int, zone: str) -> Night:
    """The night under way, or the next one: the first whose morning is still to come."""
    today = now.astimezone(ZoneInfo(zone)).date()
    night = night_to(today, evening, morning, zone)
    return night if now < night.morning else night_to(today + DAY, evening, morning, zone)


def last(now: datetime, evening: int, morning: int, zone: str) -> Night:
    """The last night that is over."""
    today = now.astimezone(ZoneInfo(zone)).date()
    night = night_to(today, evening, morning, zone)
    return night if night.morning <= now else night_to(today - DAY, evening, morning, zone)
