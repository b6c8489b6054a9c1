"""Verbs of a schedule's person: make, change, switch on and off, run now, skip, answer, end. Each locks its row."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.authority import barred
from agents.connections.models import Connection
from agents.events import Event
from agents.gate.events import may_look
from agents.queue.envelopes import held
from agents.registry.models import Agent
from agents.schedules import times
from agents.schedules.hindrances import everything_stopped, hindrance, look_of
from agents.schedules.models import HOOK, Run, Schedule
from agents.schedules.running import leave_out, next_time, start
from agents.schedules.telling import settled, tell_paused
from agents.storable import storable
from portal.audit.record import action, detail, on
from portal.people import zones
from portal.people.models import Person
from portal.reasons import Stored, because, public, render_reason
from portal.sealing import seal

LONGEST = timedelta(days=366)
TYPED = {"instruction", "zone", "place", "misfire", "late_minutes", "uncleared", "hourly"}  # what people type
S = Schedule.State


@dataclass(frozen=True, slots=True)
class Trigger:
    """When it runs: a cron ``line``, ``once_at``, or an ``event`` with its connection and place."""

    line: str = ""
    once_at: datetime | None = None
    event: str = ""
    connection: Connection | None = None
    place: str = ""
    hourly: int = 4

    @property
    def kind(self) -> Schedule.Kind:
        if self.event:
            return Schedule.Kind.EVENT
        return Schedule.Kind.TIMES if self.line else Schedule.Kind.ONCE


@action(Event.SCHEDULE_MADE)
def make(
    actor: Person,
    agent: Agent,
    *,
    instruction: str,
    envelope: Iterable[tuple[str, int]],
    trigger: Trigger,
    zone: str,
    ends_at: datetime,
    run_micros: int,
    month_micros: int,
    **rules: Any,
) -> Schedule:
    """A schedule of ``actor``, switched off. Raises ValidationError."""
    if barred(actor.pk, agent.pk):
        raise ValidationError(f"{actor} may not queue tasks for {agent}, so not schedule them either.")
    agent.refuse_retired()
    made = Schedule(person=actor, agent=agent, instruction="", envelope=[])
    _set(
        made,
        instruction=instruction,
        envelope=envelope,
        trigger=trigger,
        zone=zone,
        ends_at=ends_at,
        run_micros=run_micros,
        month_micros=month_micros,
        **rules,
    )
    made.save()
    on(made)
    detail(agent=str(agent), kind=made.kind)
    return made


@action(Event.SCHEDULE_EDITED)
def edit(actor: Person, schedule: Schedule, **changes: Any) -> Schedule:
    """Change it, as ``make`` takes it. One that is on goes on with the new times. Raises ValidationError."""
    row = locked(schedule)
    _set(row, **changes)
    if row.running:
        _on(row, timezone.now())
    row.save()
    detail(changed=sorted(changes))
    return row


def _set(row: Schedule, **given: Any) -> None:
    """Take these values, looked at together. What is not given stays."""
    now = timezone.now()
    if "instruction" in given:
        row.instruction = storable(given["instruction"].strip())
    if "envelope" in given:
        wanted = frozenset(given["envelope"])
        if not wanted <= {choice.pair for choice in held(row.agent, row.person)}:
            raise ValidationError(
                {"envelope": f"{row.agent} may not use a part of this. Check what it may use."}
            )
        row.envelope = sorted(wanted)
    for name in ("zone", "ends_at", "run_micros", "month_micros", "misfire", "late_minutes", "uncleared"):
        setattr(row, name, given.get(name, getattr(row, name)))
    if row.zone not in zones.known():
        raise ValidationError({"zone": f"“{row.zone}” is not a time zone."})
    if not now < row.ends_at <= now + LONGEST:
        raise ValidationError({"ends_at": "It must end in the future, in a year at the latest."})
    if row.run_micros > row.month_micros:
        raise ValidationError({"run_micros": "One run may not cost more than a whole month."})
    if "trigger" in given:
        _take(row, given["trigger"], now)
    row.changed_at = now
    row.clean_fields(exclude={field.name for field in Schedule._meta.fields} - TYPED)
    row.validate_constraints(exclude={"agent", "person", "connection"})


def _take(row: Schedule, trigger: Trigger, now: datetime) -> None:
    before = (row.event, row.connection_id, row.place)
    row.kind, row.hourly = trigger.kind, trigger.hourly
    row.line, row.once_at, row.event = "", trigger.once_at, trigger.event
    row.connection, row.place = trigger.connection, trigger.place
    if trigger.line:
        try:
            row.line = times.check(trigger.line)
        except times.BadLine as error:
            raise ValidationError({"when": str(error)}) from error
    if trigger.once_at is not None and not now < trigger.once_at <= row.ends_at:
        raise ValidationError({"when": "Choose a time in the future, before the schedule ends."})
    if trigger.event and trigger.event != HOOK:
        _watchable(row)
    if (row.event, row.connection_id, row.place) != before:
        row.cursor = None


def _watchable(row: Schedule) -> None:
    look = look_of(row)
    if look is None or look.kind is None:
        raise ValidationError({"event": "This connection cannot tell of such an event."})
    if everything_stopped() is None and not may_look(look):
        raise ValidationError(
            {"event": f"{row.agent} may not look there without asking. It needs a grant that covers it."}
        )


@action(Event.SCHEDULE_ON)
def switch_on(actor: Person, schedule: Schedule) -> Schedule:
    """From now on it runs. Raises ValidationError with what speaks against it."""
    row = locked(schedule, S.OFF)
    _on(row, timezone.now())
    row.save()
    return row


@action(Event.SCHEDULE_RESUMED)
def resume(actor: Person, schedule: Schedule) -> Schedule:
    """Let a paused one go on: what came or was due while it paused stays left out. Raises ValidationError."""
    row = locked(schedule, S.PAUSED)
    _on(row, timezone.now())
    row.save()
    return row


def _on(row: Schedule, now: datetime) -> None:
    """As from now: earlier failures, events and times do not count. Saving is the verb's."""
    agent = Agent.objects.get(pk=row.agent_id)
    row.was_live = agent.mode == Agent.Mode.LIVE
    if not row.running:
        row.on_at, row.cursor = now, None
        row.arrivals.filter(run__isnull=True).update(text="")  # its keys stay: nothing is delivered twice
    if why := hindrance(row, now):
        raise ValidationError(render_reason(why))
    row.next_at = next_time(row, now)
    if row.kind != Schedule.Kind.EVENT and row.next_at is None:
        raise ValidationError("It is not due any more before it ends. Edit when it runs, or when it ends.")
    row.state, row.state_at, row.cause = S.ON, now, {}
    settled(row)


@action(Event.SCHEDULE_OFF)
def switch_off(actor: Person, schedule: Schedule) -> Schedule:
    row = locked(schedule, S.ON, S.PAUSED)
    return _rest(row, S.OFF, {})


@action(Event.SCHEDULE_ENDED)
def end(actor: Person | str, schedule: Schedule, *, cause: Stored | None = None) -> Schedule:
    """For good; its runs stay on record."""
    detail(why=public(cause or {}))
    return _rest(locked(schedule), S.ENDED, cause or {})


@action(Event.SCHEDULE_PAUSED)
def pause(actor: str, schedule: Schedule, *, cause: Stored) -> Schedule:
    """The portal's: until its person lets it go on. Raises ValidationError where it is not on."""
    detail(why=public(cause))
    return tell_paused(_rest(locked(schedule, S.ON), S.PAUSED, cause), cause)


def _rest(row: Schedule, state: Schedule.State, cause: Stored) -> Schedule:
    """Nothing is due any more, and a late run that waits for an answer is left out."""
    row.runs.filter(state=Run.State.ASKS).update(state=Run.State.MISSED, cause=because("run_off"))
    settled(row)
    row.state, row.state_at, row.next_at, row.cause = state, timezone.now(), None, cause
    row.save(update_fields=["state", "state_at", "next_at", "cause"])
    return row


@action(Event.SCHEDULE_RAN)
def run_now(actor: Person, schedule: Schedule) -> Run:
    """Queue a task of it at once, also while it is switched off. Raises ValidationError."""
    row, now = locked(schedule), timezone.now()
    row.refuse_overlap()
    if row.state == S.OFF:  # nothing to compare with yet
        row.was_live = False
    if why := hindrance(row, now, by_hand=True):
        raise ValidationError(render_reason(why))
    return start(row, Run(key=f"hand:{uuid.uuid4()}", how=Run.How.HAND, slot=now), now)


@action(Event.SCHEDULE_SKIPPED)
def skip_next(actor: Person, schedule: Schedule) -> Schedule:
    """Leave out the next time. Raises ValidationError."""
    row = locked(schedule, S.ON)
    if row.next_at is None:
        raise ValidationError("It waits for an event, so there is no next time to skip.")
    slot = row.next_at
    leave_out(row, [slot], Run.State.SKIPPED, because("run_by_person"))
    detail(at=slot.isoformat())
    row.next_at = next_time(row, slot)
    if row.next_at is None:
        return _rest(row, S.ENDED, because("schedule_over"))
    row.save(update_fields=["next_at"])
    return row


@action(Event.SCHEDULE_RAN)
def run_late(actor: Person, run: Run) -> Run:
    """Yes to a run that was due while the portal was away. Raises ValidationError."""
    row, now = locked(run.schedule, S.ON), timezone.now()
    waiting = _asking(row, run)
    row.refuse_overlap()
    if why := hindrance(row, now):
        raise ValidationError(render_reason(why))
    return start(row, waiting, now)


@action(Event.SCHEDULE_SKIPPED)
def leave_late(actor: Person, run: Run) -> Run:
    waiting = _asking(locked(run.schedule), run)
    waiting.state, waiting.cause = Run.State.SKIPPED, because("run_by_person")
    waiting.save(update_fields=["state", "cause"])
    return waiting


def _asking(row: Schedule, run: Run) -> Run:
    if (found := row.runs.filter(pk=run.pk, state=Run.State.ASKS).first()) is None:
        raise ValidationError("This run no longer waits for an answer.")
    settled(row, "schedule.asks")
    found.schedule = row
    return found


def new_key(actor: Person, schedule: Schedule) -> str:
    """A new signing key of its web hook, which nobody can read later. The one before is worth nothing now."""
    key = secrets.token_urlsafe(32)
    _keyed(actor, schedule, seal(key))
    return key


@action(Event.SCHEDULE_KEYED)
def _keyed(actor: Person, schedule: Schedule, sealed: bytes) -> Schedule:
    row = locked(schedule)
    if not row.by_hook:
        raise ValidationError("Only a schedule that waits for a web hook has a signing key.")
    row.signing_key = sealed
    row.save(update_fields=["signing_key"])
    return row


def locked(schedule: Schedule, *states: Schedule.State) -> Schedule:
    """The row as it is now, for this transaction alone. Raises ValidationError where it is in no such state."""
    rows = Schedule.objects.for_reading().select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=schedule.pk)
    if row.ended:
        raise ValidationError("This schedule has ended.")
    if states and row.state not in states:
        raise ValidationError(f"This schedule is {row.tag.word} already.")
    return row
