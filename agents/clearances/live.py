"""Which clearances count for a call now, and their uses. Read from the database inside the gate's transaction."""

from datetime import datetime

from django.db.models import F, Q

from agents.clearances.binding import agent_state, last_stopped
from agents.clearances.models import Clearance, ClearanceUse
from agents.connectors import catalogue
from agents.policy.facts import Cleared
from agents.policy.shapes import shape
from agents.queue.models import Call, Task

BY_ITSELF = ("time", "event")  # a run that a person starts has the person there
# Its last run is under way when a schedule ends by itself; what a person ends is ended.
ON = Q(schedule__state="on") | Q(schedule__cause__code__in=["schedule_once_done", "schedule_over"])


def cleared(row: Call, task: Task, now: datetime) -> tuple[Cleared, ...]:
    """For a call of a task that a schedule started by itself; for another there is none.

    ``task``: as it is in the database now, with its agent and run.
    """
    run, declared = getattr(task, "run", None), catalogue().get(row.capability)
    if run is None or run.how not in BY_ITSELF or declared is None or row.connection_id is None:
        return ()
    tonight = Clearance.objects.filter(
        schedule=run.schedule_id,
        shape=shape(declared, row.connection_id, row.arguments),
        schedule__person=task.person_id,
        schedule__agent=task.agent_id,
    )
    if not tonight.exists():
        return ()
    unused = Q(used__lt=F("most")) | Q(uses__call=row.pk or 0)
    found = tonight.open(now).current().filter(ON, unused).select_related("by").distinct().order_by("pk")
    was = agent_state(task.agent)
    stop = last_stopped(connection=row.connection_id, capability=row.capability, agent=task.agent_id)
    return tuple(_fact(yes) for yes in found if _unchanged(yes, was, stop))


def _fact(yes: Clearance) -> Cleared:
    return Cleared(
        yes.pk, yes.shape, yes.grant_id, yes.grant_version, str(yes.by), yes.until, yes.second_person
    )


def take(clearance: int, row: Call, now: datetime) -> bool:
    """Take one use, if there is one left; a call that has taken its use takes no other. One conditional update."""
    if _has(clearance, row):
        return True
    rows = Clearance.objects.filter(
        pk=clearance, withdrawn_at__isnull=True, until__gt=now, used__lt=F("most")
    )
    return bool(rows.update(used=F("used") + 1))


def give_back(clearance: int, row: Call) -> None:
    """The call did not go after all, in the same transaction."""
    if not _has(clearance, row):
        Clearance.objects.filter(pk=clearance).update(used=F("used") - 1)


def _has(clearance: int, row: Call) -> bool:
    return bool(row.pk) and ClearanceUse.objects.filter(clearance=clearance, call=row.pk).exists()


def note(clearance: int, row: Call) -> None:
    """The call has its row now: it is the one that took the use."""
    ClearanceUse.objects.get_or_create(call=row, defaults={"clearance_id": clearance})


def holds(yes: Clearance) -> bool:
    """Of one that is open and current: is its agent as it was, and was nothing of it stopped since?"""
    agent = yes.schedule.agent
    stop = last_stopped(connection=yes.connection_id, capability=yes.capability, agent=agent.pk)
    return _unchanged(yes, agent_state(agent), stop)


def _unchanged(yes: Clearance, agent_is: str, stopped: datetime | None) -> bool:
    return yes.agent_was == agent_is and (stopped is None or stopped < yes.given_at)
