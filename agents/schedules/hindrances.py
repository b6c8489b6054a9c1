"""Why a schedule may not run now. Looked at before every run, when it is switched on, and in turns by the beat."""

from datetime import datetime

from agents.authority import LEFT, barred
from agents.connections.models import Connection
from agents.gate.events import Look, may_look
from agents.queue.envelopes import held
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.schedules import money
from agents.schedules.models import Schedule
from agents.stops.models import Stop
from portal.reasons import Stored, because

FAILURES = 3  # in a row
FAILED = (TaskState.FAILED, TaskState.EXPIRED)


def hindrance(schedule: Schedule, now: datetime, *, by_hand: bool = False) -> Stored | None:
    """The first thing that speaks against running, read from the database now; None: it may run.

    ``by_hand``: a person tries it, so earlier failures do not count.
    """
    person, agent = schedule.person, Agent.objects.get(pk=schedule.agent_id)
    if why := barred(person.pk, agent.pk):
        left = because("who_left", who=str(person))
        return left if why == LEFT else because("who_unshared", who=str(person), agent=str(agent))
    if agent.state != Agent.State.ACTIVE:
        return because("agent_not_active", state=agent.get_state_display().lower())
    if schedule.was_live and agent.mode == Agent.Mode.SHADOW:
        return because("schedule_shadow", agent=str(agent))
    if what := missing(schedule):
        return because("schedule_grant_ended", agent=str(agent), what=what)
    look = look_of(schedule)
    if look is not None and everything_stopped() is None and not may_look(look):
        return because("schedule_place_closed", agent=str(agent), connection=str(look.connection))
    if (place := broken(schedule)) is not None and place.broken_at is not None:
        return because("schedule_place_broken", connection=str(place), since=place.broken_at.isoformat())
    if not by_hand and failed_in_a_row(schedule):
        return because("schedule_failed", times=FAILURES)
    if money.left(schedule, now) <= 0:
        return because("schedule_spent", most=schedule.month_micros)
    return None


def missing(schedule: Schedule) -> list[str]:
    """The capabilities of its envelope that the agent no longer has for this person."""
    have = {choice.pair for choice in held(schedule.agent, schedule.person)}
    return sorted({name for name, place in schedule.envelope if (name, place) not in have})


def broken(schedule: Schedule) -> Connection | None:
    """A connection that it needs and that does not work."""
    places = {int(place) for _, place in schedule.envelope}
    if schedule.connection_id is not None:
        places.add(schedule.connection_id)
    rows = Connection.objects.active().filter(pk__in=places, broken_at__isnull=False)
    return rows.order_by("broken_at", "pk").first()


def look_of(schedule: Schedule) -> Look | None:
    """How the portal looks for its event; None where nothing is looked for."""
    if schedule.connection is None:
        return None
    return Look(
        schedule.agent,
        schedule.person,
        schedule.connection,
        schedule.event,
        schedule.place,
        schedule.cursor,
    )


def failed_in_a_row(schedule: Schedule) -> bool:
    """Did its last runs since it was switched on all fail? What a person stopped is no failure."""
    rows = schedule.runs.with_tasks().filter(task__finished_at__isnull=False)
    rows = rows.exclude(task__state=TaskState.CANCELLED).filter(
        task__created_at__gte=schedule.on_at or schedule.created_at
    )
    states = list(rows.order_by("-task__finished_at").values_list("task__state", flat=True)[:FAILURES])
    return len(states) == FAILURES and all(state in FAILED for state in states)


def everything_stopped() -> Stop | None:
    return Stop.objects.active().filter(scope=Stop.Scope.EVERYTHING).for_reading().first()
