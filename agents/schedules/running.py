"""Parts of every verb that runs a schedule or leaves a run out: the task, the row that says what became of a time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from agents.queue import actions as tasks
from agents.schedules import money
from agents.schedules.models import Run, Schedule
from agents.schedules.times import times
from portal.audit.record import detail, on
from portal.reasons import Stored


def next_time(schedule: Schedule, after: datetime) -> datetime | None:
    """When it is due next; None: not any more, or only after an event. A time that has its row is past, for good."""
    if schedule.kind == Schedule.Kind.TIMES:
        due: Iterable[datetime] = times(schedule.line, schedule.zone, after)
    else:
        due = [schedule.once_at] if schedule.once_at is not None and schedule.once_at > after else []
    for slot in due:
        if slot > schedule.ends_at:
            return None
        if not schedule.runs.filter(key=key_of(slot)).exists():
            return slot
    return None


def key_of(slot: datetime) -> str:
    """Names what became of this time: there is one row of it at most."""
    return f"time:{slot.astimezone(UTC).isoformat()}"


def start(schedule: Schedule, run: Run, now: datetime, *, attached: str = "") -> Run:
    """Queue the run's task. The schedule's row is locked. Raises ValidationError as ``queue`` does."""
    run.schedule, run.state, run.cause = schedule, Run.State.RAN, {}
    run.task = tasks.queue(
        schedule.person,
        schedule.agent,
        instruction=schedule.instruction,
        envelope=[(name, place) for name, place in schedule.envelope],
        attached=attached,
        at_most=max(1, min(schedule.run_micros, money.left(schedule, now))),
        trigger="manual" if run.how == Run.How.HAND else "schedule",
    )
    run.save()
    on(schedule)
    detail(task=run.task.pk, how=run.how)
    return run


def leave_out(schedule: Schedule, slots: Sequence[datetime], state: Run.State, cause: Stored) -> Run:
    """One row for the times that pass without a task."""
    run = Run(
        schedule=schedule,
        key=key_of(slots[0]),
        how=Run.How.TIME,
        state=state,
        slot=slots[0],
        until=slots[-1] if len(slots) > 1 else None,
        number=len(slots),
        cause=cause,
    )
    run.save()
    return run
