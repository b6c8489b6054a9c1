"""What a schedule has cost: this month, and its last runs."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Sum

from agents.queue.models import Task
from agents.schedules.models import Run, Schedule
from agents.schedules.times import start_of_month, times

LOOKED_AT = 10  # runs
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """``each``: the middle cost of its last priced runs, in micros. ``month``: that times ``runs`` of a month."""

    each: int | None
    highest: int | None
    runs: int
    month: int | None


def spent(schedule: Schedule, now: datetime) -> int:
    """What its tasks of this month (in its zone) cost so far. A call without a price counts nothing."""
    since = start_of_month(now.astimezone(ZoneInfo(schedule.zone)).date(), schedule.zone)
    rows = Task.objects.filter(run__schedule=schedule, created_at__gte=since)
    return rows.aggregate(total=Sum("cost_micros"))["total"] or 0


def left(schedule: Schedule, now: datetime) -> int:
    return max(0, schedule.month_micros - spent(schedule, now))


def last_runs(schedule: Schedule) -> list[Run]:
    """Its last runs that had a task and ended, the latest first."""
    rows = schedule.runs.with_tasks().filter(task__finished_at__isnull=False).for_reading()
    return list(rows[:LOOKED_AT])


def rate(schedule: Schedule, now: datetime, runs: list[Run]) -> Rate:
    """What a month would cost if each run cost what the last ones did."""
    costs = [run.task.cost_micros for run in runs if run.task and run.task.cost_micros is not None]
    each = round(median(costs)) if costs else None
    number = runs_of_a_month(schedule, now)
    return Rate(each, max(costs) if costs else None, number, None if each is None else each * number)


def runs_of_a_month(schedule: Schedule, now: datetime) -> int:
    """At times: those of the next 30 days. On events: as many as came in the last 30."""
    end = min(now.timestamp() + MONTH_DAYS * 86_400, schedule.ends_at.timestamp())
    if schedule.kind == Schedule.Kind.TIMES:
        due = times(schedule.line, schedule.zone, now)
        return sum(1 for _ in takewhile(lambda moment: moment.timestamp() <= end, due))
    if schedule.kind == Schedule.Kind.ONCE:
        return 1
    since = datetime.fromtimestamp(now.timestamp() - MONTH_DAYS * 86_400, now.tzinfo)
    return schedule.runs.with_tasks().filter(how=Run.How.EVENT, slot__gte=since).count()
