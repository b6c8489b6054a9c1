"""Queries of the schedules' pages: the strip of tonight and the coming week, next times, what a month would cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

from django.utils import timezone

from agents.connections.heard import heard
from agents.nights.now import clock
from agents.nights.pack import Section, section
from agents.nights.times import LATEST
from agents.schedules import describe, money
from agents.schedules.actions import Trigger
from agents.schedules.hindrances import hindrance
from agents.schedules.models import Run, Schedule
from agents.schedules.times import several, times
from portal.days import start_of
from portal.people.models import Person
from portal.reasons import render_reason

NEXT = 5  # times that a page shows
DAYS = 7  # of the strip
SINGLE = 3  # runs of a schedule on one day that have a line each


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: a schedule with when it runs in words, and its last run."""

    schedule: Schedule
    when: str
    last: Run | None


@dataclass(frozen=True, slots=True)
class Slot:
    """Runs of one schedule on one day: a single one, or many of them in one line, from the first to the last."""

    schedule: Schedule
    first: datetime
    last: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the strip: what is due, in order."""

    day: date
    slots: tuple[Slot, ...]


def lines(schedules: Iterable[Schedule]) -> list[Line]:
    rows = list(schedules)
    runs = (
        Run.objects.filter(schedule__in=rows).order_by("schedule_id", "-slot", "-id").distinct("schedule_id")
    )
    last = {run.schedule_id: run for run in runs.select_related("task")}
    return [Line(row, describe.when(row), last.get(row.pk)) for row in rows]


def strip(person: Person, now: datetime) -> list[Day]:
    """Today and the six days after, in the reader's zone: what of theirs is due when."""
    today = timezone.localdate(now)
    end = start_of(today + timedelta(days=DAYS))
    rows = Schedule.objects.visible_to(person).due_within(now - timedelta(days=1), end).for_reading()
    found: dict[date, list[Slot]] = {}
    for row in rows:
        for day, due in groupby(coming(row, end), timezone.localdate):
            found.setdefault(day, []).extend(_slots(row, list(due)))
    days = (today + timedelta(days=number) for number in range(DAYS))
    return [
        Day(day, tuple(sorted(found.get(day, []), key=lambda slot: (slot.first, slot.schedule.pk))))
        for day in days
    ]


def _slots(schedule: Schedule, due: list[datetime]) -> list[Slot]:
    if len(due) > SINGLE:
        return [Slot(schedule, due[0], due[-1], len(due))]
    return [Slot(schedule, moment, moment, 1) for moment in due]


def coming(schedule: Schedule, end: datetime) -> list[datetime]:
    """When it is due before ``end``, from its next time on: one that is skipped is not due."""
    if schedule.next_at is None:
        return []
    found: Iterable[datetime] = [schedule.next_at]
    if schedule.kind == Schedule.Kind.TIMES:
        found = times(schedule.line, schedule.zone, schedule.next_at - timedelta(seconds=1))
    return list(takewhile(lambda moment: moment < min(end, schedule.ends_at), found))


def next_times(trigger: Trigger | Schedule, zone: str, now: datetime) -> list[datetime]:
    if trigger.line:
        return several(trigger.line, zone, now, NEXT)
    return [trigger.once_at] if trigger.once_at is not None and trigger.once_at > now else []


def about(schedule: Schedule) -> dict[str, Any]:
    """Everything on a schedule's own page but its history."""
    now = timezone.now()
    after = schedule.next_at - timedelta(seconds=1) if schedule.next_at else now
    return {
        "schedule": schedule,
        "when": describe.when(schedule),
        "next": [
            moment for moment in next_times(schedule, schedule.zone, after) if moment <= schedule.ends_at
        ],
        "under_way": schedule.runs.under_way().select_related("task").first(),
        "asks": schedule.runs.filter(state=Run.State.ASKS).first(),
        "spent": money.spent(schedule, now),
        "why": render_reason(schedule.cause),
        "noticed": noticed(schedule),
        **costs(schedule, now),
    }


def noticed(schedule: Schedule) -> str:
    """How soon it is noticed what it waits for; empty where no connection is looked at."""
    connection = schedule.connection
    if not schedule.running or connection is None:
        return ""
    if not heard([connection.pk]):
        return "The portal looks every ten seconds."
    waiting = Schedule.objects.on_events().filter(connection=connection).values_list("place", flat=True)
    told = connection.connector.hears_of(frozenset(waiting))
    if schedule.place in told:
        return "The portal is told at once what happens there."
    names = ", ".join(sorted(told))
    return f"The portal looks once a minute: of {connection} it is told at once about {names} only."


def costs(schedule: Schedule, now: datetime) -> dict[str, Any]:
    """What its last runs cost and did, and what a month would cost at that rate."""
    runs = money.last_runs(schedule)
    return {"last_runs": runs, "rate": money.rate(schedule, now, runs)}


def pack(schedule: Schedule) -> Section:
    """What its next night will probably ask."""
    now = timezone.now()
    return section(schedule, schedule.person, now, clock(schedule.person, now).coming.until(LATEST))


def against(schedule: Schedule) -> str:
    """What speaks against switching it on now, in words."""
    return render_reason(hindrance(schedule, timezone.now()))
