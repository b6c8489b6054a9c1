"""Which night a person is in: their hours, the night that comes, the one behind them."""

from dataclasses import dataclass
from datetime import datetime

from agents.nights import times
from agents.nights.models import NightHours
from agents.nights.times import Night
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Clock:
    """``evening``: has the evening's hour come, and the morning's not yet?"""

    hours: NightHours
    coming: Night
    last: Night
    evening: bool


def clock(person: Person, now: datetime) -> Clock:
    hours = NightHours.objects.all().of(person)
    about = (hours.evening, hours.morning, person.time_zone)
    coming = times.coming(now, *about)
    return Clock(hours, coming, times.last(now, *about), coming.evening <= now)
