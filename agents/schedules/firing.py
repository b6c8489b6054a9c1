"""The beat of schedules: runs what is due, pauses what may not run, closes asks that nobody cleared.

Several beats at once run each time once: who works on a schedule holds its row, and each time has one run at most.
Every slot ends in a row: with its task, or with the reason why there is none.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.db.models import Exists, F, OuterRef, Q

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections.heard import heard
from agents.events import Event
from agents.lifecycle.tasks import fail_task
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.schedules import arrivals, misfire
from agents.schedules.actions import end, pause
from agents.schedules.hindrances import everything_stopped, hindrance
from agents.schedules.models import Arrival, Run, Schedule, ScheduleQuerySet
from agents.schedules.running import key_of, leave_out, next_time, start
from agents.schedules.telling import tell_late
from agents.schedules.times import times
from portal.audit.record import PORTAL, action, detail
from portal.reasons import Stored, because
from portal.sessions import database_now

log = logging.getLogger(__name__)

AT_MOST = 200  # schedules of each kind in one beat
CHECKED = 50  # of those that are on, so many are looked at in turns
CHECK_EVERY = timedelta(minutes=1)  # each of them, at most
SECONDS = 10.0  # for each kind in one beat; what is left is the next one's


def beat(now: datetime | None = None) -> None:
    """One round. Safe to run twice at once. A schedule that breaks is logged and does not keep the others."""
    now = now or database_now()
    _each(Schedule.objects.due(now).order_by("next_at", "id"), lambda pk: run_due(pk, now))
    if everything_stopped() is None:
        _each(*_waiting(now))
    unchecked = Schedule.objects.on().filter(checked_at__lt=now - CHECK_EVERY)
    _each(unchecked.order_by("checked_at", "id"), lambda pk: _check(pk, now), CHECKED)
    _each(Schedule.objects.living().filter(agent__state=Agent.State.RETIRED).order_by("id"), _end_with_agent)
    _close_uncleared()


def look(connection: int) -> None:
    """Something was heard there: what waits for its events looks now. Raises what the database raises."""
    if everything_stopped() is not None:
        return
    rows = Schedule.objects.on_events().filter(connection=connection).order_by("id")
    for pk in list(rows.values_list("pk", flat=True)[:AT_MOST]):
        try:
            run_on_event(pk, database_now())
        except Error:
            raise
        except Exception:
            log.exception("Schedule %s is broken; the others go on", pk)


def _waiting(now: datetime) -> tuple[ScheduleQuerySet, Callable[[int], None]]:
    """What waits for events. Where a process hears at once what happens, the clock looks seldom, for what got lost."""
    rows = Schedule.objects.on_events().order_by(F("looked_at").asc(nulls_first=True), "id")
    places = rows.order_by().filter(connection__isnull=False).values_list("connection_id", flat=True)
    quiet = Q(connection__in=heard(places.distinct()), looked_at__gt=now - arrivals.SELDOM, look_failed=False)
    looked = set(rows.filter(quiet).values_list("pk", flat=True))
    came = Exists(Arrival.objects.filter(schedule=OuterRef("pk"), run__isnull=True))
    return rows.exclude(quiet & ~came), lambda pk: run_on_event(pk, now, look=pk not in looked)


def run_due(pk: int, now: datetime) -> None:
    """What is due of one schedule, if nobody else is at it."""
    with transaction.atomic():
        row = _mine(pk)
        if row is None or row.next_at is None or row.next_at > now:
            return
        due = _slots(row, now)
        if not (_held_back(row, due, now) or _paused(row, due, now)):
            _run(row, due, now)
        if row.state == Schedule.State.ON:
            _go_on(row, due[-1])


def _slots(row: Schedule, now: datetime) -> list[datetime]:
    """The times from the next one to now, none after its end."""
    first = row.next_at or now
    if row.kind == Schedule.Kind.ONCE:
        return [first]
    found = times(row.line, row.zone, first - timedelta(seconds=1))
    return list(takewhile(lambda slot: slot <= min(now, row.ends_at), found)) or [first]


def _held_back(row: Schedule, due: list[datetime], now: datetime) -> bool:
    """Everything is stopped: what was due is left out, and the schedule stays on."""
    stop = everything_stopped()
    if stop is not None:
        _miss(PORTAL, row, due, cause=because("run_stopped", who=stop.who, why=stop.reason))
    return stop is not None


def _paused(row: Schedule, due: list[datetime], now: datetime) -> bool:
    cause = hindrance(row, now)
    if cause is not None:
        _pause(row, cause, due)
    return cause is not None


def _pause(row: Schedule, cause: Stored, due: list[datetime]) -> None:
    if due:
        _miss(PORTAL, row, due, cause=because("run_paused", why=cause))
    pause(PORTAL, row, cause=cause)
    row.refresh_from_db()


def _run(row: Schedule, due: list[datetime], now: datetime) -> None:
    """Of several times the last one runs, or waits for an answer, or none does; never over a run under way."""
    plan = misfire.plan(due, now, row.misfire, timedelta(minutes=row.late_minutes))
    row.runs.filter(state=Run.State.ASKS).update(state=Run.State.MISSED, cause=because("run_superseded"))
    if plan.missed:
        _miss(PORTAL, row, list(plan.missed), cause=because("run_late"))
    if plan.ask is not None:
        _ask(PORTAL, row, plan.ask)
    if plan.run is None:
        return
    if row.runs.under_way().exists():
        _miss(PORTAL, row, [plan.run], cause=because("run_overlap"), state=Run.State.OVERLAPPED)
        return
    slot = plan.run
    _start_or_pause(row, [slot], lambda: run(PORTAL, row, slot=slot, now=now))


def _start_or_pause(row: Schedule, due: list[datetime], begin: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            begin()
    except ValidationError as error:
        log.warning("%s could not queue its task: %s", row, error)
        _pause(row, because("schedule_not_queued"), due)


def _go_on(row: Schedule, after: datetime) -> None:
    """To the next time; or its end, where there is none."""
    row.next_at = next_time(row, after)
    if row.next_at is None:
        over = "schedule_once_done" if row.kind == Schedule.Kind.ONCE else "schedule_over"
        end(PORTAL, row, cause=because(over))
        return
    row.save(update_fields=["next_at"])


@action(Event.SCHEDULE_RAN)
def run(actor: str, schedule: Schedule, *, slot: datetime, now: datetime) -> Run:
    new = Run(key=key_of(slot), how=Run.How.TIME, slot=slot)
    return start(schedule, new, now)


@action(Event.SCHEDULE_MISSED)
def _miss(
    actor: str,
    schedule: Schedule,
    slots: list[datetime],
    *,
    cause: Stored,
    state: Run.State = Run.State.MISSED,
) -> Run:
    detail(number=len(slots), since=slots[0].isoformat())
    return leave_out(schedule, slots, state, cause)


@action(Event.SCHEDULE_ASKS)
def _ask(actor: str, schedule: Schedule, slot: datetime) -> Run:
    tell_late(schedule)
    return leave_out(schedule, [slot], Run.State.ASKS, because("run_late"))


def run_on_event(pk: int, now: datetime, *, look: bool = True) -> None:
    """Look what happened, and run what came in, all of it at once, if nobody else is at it."""
    if look:
        arrivals.gather(pk, now)
    with transaction.atomic():
        row = _mine(pk)
        if row is None or row.kind != Schedule.Kind.EVENT:
            return
        open_ = arrivals.ready(row, now)
        if not open_:
            return
        if cause := hindrance(row, now):
            _pause(row, cause, [])
            return
        _start_or_pause(row, [], lambda: arrivals.run(PORTAL, row, open_, now))


def _check(pk: int, now: datetime) -> None:
    """Does it still have what it needs? Its person hears of it before the next time is due."""
    with transaction.atomic():
        row = _mine(pk)
        if row is None:
            return
        if row.ends_at <= now:
            end(PORTAL, row, cause=because("schedule_over"))
        elif cause := hindrance(row, now):
            _pause(row, cause, [])
        else:
            Schedule.objects.filter(pk=pk).update(checked_at=now)


def _end_with_agent(pk: int) -> None:
    """Nobody can resume a retired agent, so nobody is asked to."""
    with transaction.atomic():
        if row := _mine(pk, Schedule.objects.living()):
            end(PORTAL, row, cause=because("agent_retired"))


def _mine(pk: int, among: ScheduleQuerySet | None = None) -> Schedule | None:
    """The row, for this transaction alone; None where it is not among these (those that are on), or another has it."""
    rows = (Schedule.objects.on() if among is None else among).for_reading()
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=pk).first()


def _close_uncleared() -> None:
    """Asks of runs that nobody was there to clear: left without a yes, or the task ends, as its schedule says."""
    waiting = Task.objects.filter(state=TaskState.WAITING, waits={}, run__isnull=False).exclude(
        run__how=Run.How.HAND
    )
    for rule in (Schedule.Uncleared.SKIP, Schedule.Uncleared.FAIL):
        rows = waiting.filter(run__schedule__uncleared=rule).select_related("agent").order_by("pk")
        for task in rows[:AT_MOST]:
            try:
                _close(task, rule)
            except (ValidationError, Lost) as error:
                log.info("Left %s as it is: %s", task, error)
            except Exception:
                log.exception("%s is broken; the others go on", task)


def _close(task: Task, rule: Schedule.Uncleared) -> None:
    if rule == Schedule.Uncleared.FAIL:
        fail_task(PORTAL, task, reason=because("run_uncleared"), counts=task.counts)
        return
    for ask in Approval.objects.filter(call__task=task, state=Approval.State.OPEN).order_by("pk"):
        approvals.expire(PORTAL, ask)


def _each(rows: ScheduleQuerySet, work: Callable[[int], None], most: int = AT_MOST) -> None:
    until = time.monotonic() + SECONDS
    for pk in list(rows.values_list("pk", flat=True)[:most]):
        try:
            work(pk)
        except Exception:
            log.exception("Schedule %s is broken; the others go on", pk)
        if time.monotonic() >= until:
            return
