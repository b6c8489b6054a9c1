"""When a cron line is due in a time zone, in UTC, also around the change of the clocks. Pure.

``cronsim`` reads the line and names local times. What those mean in the zone is decided here: a local time that the
clocks skip is due once, at the first moment after the gap; one that they show twice is due at its first showing, and
at both where the line says every hour.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

LEAST = 5  # minutes between two runs
DAY = timedelta(days=1)
EVERY_HOUR = frozenset(range(24))


class BadLine(ValueError):
    """The cron line cannot be read, or says what no schedule may; in words for its author."""


def check(line: str) -> str:
    """``line`` with single spaces. Raises BadLine."""
    fields = line.split()
    if len(fields) != 5:  # with six, cronsim takes the first for seconds
        raise BadLine("A cron line has five fields: minute, hour, day of month, month, day of week.")
    line = " ".join(fields)
    try:
        found = CronSim(line, datetime(2026, 1, 1))
        next(found)
    except CronSimError as error:
        raise BadLine(f"The cron line cannot be read: {str(error)[:1].lower()}{str(error)[1:]}.") from error
    except StopIteration:
        raise BadLine("The cron line names a day that never comes.") from None
    if _closest(found) < LEAST:
        raise BadLine(f"Runs must be {LEAST} minutes apart or more.")
    return line


def explain(line: str) -> str:
    """The library's own English for lines that have no words of ours."""
    text = CronSim(line, datetime(2026, 1, 1)).explain()
    return text[:1].lower() + text[1:]


def times(line: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The moments after ``after`` at which the line is due, earliest first."""
    place, last = ZoneInfo(zone), after.astimezone(UTC)
    begin = datetime.combine(after.astimezone(place).date() - DAY, time()) - timedelta(seconds=1)
    found = CronSim(line, begin)
    twice = found.hours == EVERY_HOUR
    for _, of_day in groupby(found, datetime.date):
        for moment in sorted({moment for local in of_day for moment in moments(local, place, twice=twice)}):
            if moment > last:
                yield moment
                last = moment


def following(line: str, zone: str, after: datetime) -> datetime | None:
    """The first moment after ``after``; None where there is none any more."""
    return next(times(line, zone, after), None)


def several(line: str, zone: str, after: datetime, number: int) -> list[datetime]:
    return list(islice(times(line, zone, after), number))


def moments(local: datetime, place: ZoneInfo, *, twice: bool = False) -> list[datetime]:
    """What a local time is in UTC: one moment, or both where the clocks show it ``twice``."""
    first = local.replace(tzinfo=place, fold=0)
    while not _real(first):
        local += timedelta(minutes=1)
        first = local.replace(tzinfo=place, fold=0)
    second = local.replace(tzinfo=place, fold=1)
    both = twice and second.utcoffset() != first.utcoffset()
    return [moment.astimezone(UTC) for moment in ((first, second) if both else (first,))]


def _real(moment: datetime) -> bool:
    """Do the clocks of the zone ever show it?"""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(
        tzinfo=None
    )


def _closest(line: CronSim) -> int:
    """The fewest minutes between two local times of a day, or of a day and the next."""
    daily = sorted(60 * hour + minute for hour in line.hours for minute in line.minutes)
    return min(
        later - earlier for earlier, later in zip(daily, [*daily[1:], daily[0] + 24 * 60], strict=True)
    )


def start_of_month(day: date, zone: str) -> datetime:
    """When the day's month began there."""
    return moments(datetime.combine(day.replace(day=1), time()), ZoneInfo(zone))[0]
