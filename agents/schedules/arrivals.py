"""Events that schedules wait for: gathered from connections and web hooks, run together, never as an order.

What several said meanwhile goes to one task as text to work on. A run under way is waited for, and so is the hour,
where as many runs began as it may have; nothing of it is lost.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from agents.connectors.base import ConnectorError, Happened
from agents.events import Event
from agents.gate.events import look_at
from agents.schedules.hindrances import look_of
from agents.schedules.models import Arrival, Run, Schedule
from agents.schedules.running import start
from agents.storable import storable
from portal.audit.record import action, detail

log = logging.getLogger(__name__)

TOGETHER = 60_000  # characters that one task is given
LONGEST = 20_000  # of one event; the rest is cut
HOUR = timedelta(hours=1)
SELDOM = timedelta(minutes=1)  # between two looks of the clock where what happens is heard at once


def gather(pk: int, now: datetime) -> None:
    """Look at the connection once, outside of any lock; two looks at the same time store one.

    A connection that cannot be looked at is looked at again with the next beat.
    """
    row = Schedule.objects.on_events().for_reading().filter(pk=pk, connection__isnull=False).first()
    look = look_of(row) if row is not None else None
    if row is None or look is None:
        return
    try:
        news = look_at(look)
    except ConnectorError as error:
        log.warning("%s was not looked at for %s: %s", look.connection, row, error)
        Schedule.objects.filter(pk=pk).update(looked_at=now, look_failed=True)
        return
    if news is None:
        Schedule.objects.filter(pk=pk).update(looked_at=now)
        return
    with transaction.atomic():
        mine = Schedule.objects.on_events().select_for_update(no_key=True).filter(pk=pk).first()
        if mine is None or (mine.cursor, mine.on_at) != (row.cursor, row.on_at):
            return
        store(mine, news.happened, now)
        Schedule.objects.filter(pk=pk).update(cursor=news.cursor, looked_at=now, look_failed=False)


def store(schedule: Schedule, happened: Iterable[Happened], now: datetime) -> None:
    """Each event once, by its key."""
    rows = [
        Arrival(
            schedule=schedule,
            key=storable(event.key)[:200],
            text=storable(event.text)[:LONGEST],
            happened_at=event.at,
            at=now,
        )
        for event in happened
    ]
    Arrival.objects.bulk_create(rows, ignore_conflicts=True)


def ready(schedule: Schedule, now: datetime) -> list[Arrival]:
    """What its next task is given; nothing while a run is under way, or where the hour has had its runs."""
    lately = schedule.runs.filter(how=Run.How.EVENT, slot__gt=now - HOUR)
    if schedule.runs.under_way().exists() or lately.count() >= schedule.hourly:
        return []
    taken: list[Arrival] = []
    size = 0
    since = schedule.on_at or schedule.created_at
    for arrival in schedule.arrivals.filter(run__isnull=True, at__gte=since).order_by("pk")[:500]:
        size += len(arrival.text) + 100
        if taken and size > TOGETHER:
            break
        taken.append(arrival)
    return taken


@action(Event.SCHEDULE_RAN)
def run(actor: str, schedule: Schedule, arrivals: Sequence[Arrival], now: datetime) -> Run:
    new = Run(key=f"event:{arrivals[0].pk}", how=Run.How.EVENT, slot=now, number=len(arrivals))
    begun = start(schedule, new, now, attached=_attached(arrivals))
    Arrival.objects.filter(pk__in=[arrival.pk for arrival in arrivals]).update(run=begun, text="")
    detail(events=len(arrivals))
    return begun


def _attached(arrivals: Sequence[Arrival]) -> str:
    parts = (
        f"{number}. {arrival.happened_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n{arrival.text}"
        for number, arrival in enumerate(arrivals, 1)
    )
    return "\n\n".join(parts)
