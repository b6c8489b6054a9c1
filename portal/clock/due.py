"""Which entries are due. The table is the clock's only memory, and the database's time the only time it goes by."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab

from portal.clock.models import Tick
from portal.plugins import Beat
from portal.sessions import database_now

EARLY = timedelta(seconds=0.5)  # that an entry may come before its time: half of a look
PATIENCE = timedelta(seconds=60)  # for a worker to take a message; or four times as long as until the next


def begin(beats: Mapping[str, Beat], leave: Iterable[str] = ()) -> dict[str, datetime | None]:
    """Take what is due, each with when it began before; ``leave`` out these. Another clock does not get them."""
    ticks = {tick.name: tick for tick in Tick.objects.filter(name__in=beats)}
    now = database_now()
    if missing := beats.keys() - ticks.keys():
        # An hour of the day that was before the first start was not missed.
        new = [Tick(name=name, begun_at=_hour(beats[name], now)) for name in missing]
        Tick.objects.bulk_create(new, ignore_conflicts=True)
        ticks |= {tick.name: tick for tick in new}
    taken = {}
    for name, beat in beats.items():
        if name not in leave and due(beat, ticks[name], now):
            before = ticks[name].begun_at
            if Tick.objects.filter(name=name, begun_at=before).update(begun_at=now):
                taken[name] = before
    return taken


def due(beat: Beat, tick: Tick, now: datetime) -> bool:
    """Is it time? An hour of the day that was missed runs once, as soon as there is a clock."""
    last = tick.begun_at
    if last is None or last > now + PATIENCE:  # never; or the database's clock was put back
        return True
    if isinstance(beat.when, crontab):
        line: Any = copy(beat.when)
        line.nowfun = lambda: now
        return bool(line.is_due(last).is_due)
    every = timedelta(seconds=beat.when)
    if now - last < every - EARLY:
        return False
    return beat.here or not tick.busy(now, max(PATIENCE, 4 * every))


def _hour(beat: Beat, now: datetime) -> datetime | None:
    return now if isinstance(beat.when, crontab) else None


def done(names: Iterable[str]) -> None:
    Tick.objects.filter(name__in=names).update(done_at=database_now())


def not_begun(name: str, before: datetime | None) -> None:
    """It could not be sent: due again."""
    Tick.objects.filter(name=name).update(begun_at=before)
