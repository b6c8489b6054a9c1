"""A schedule for tests: Mia's, every day at 06:00 UTC, with her triage agent. And the portal's clock, set by hand."""

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from agents.lifecycle.tasks import claim_task, fail_task, finish_task
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.schedules import actions, firing
from agents.schedules.actions import Trigger
from agents.schedules.models import Schedule
from portal.audit.record import PORTAL
from portal.reasons import because

DAILY = Trigger(line="0 6 * * *")


def made(agent: Agent, *, on: bool = True, pairs: Any = (), **changes: Any) -> Schedule:
    given: dict[str, Any] = {
        "instruction": "Sort the inbox",
        "envelope": pairs,
        "trigger": DAILY,
        "zone": "UTC",
        "ends_at": timezone.now() + timedelta(days=90),
        "run_micros": 1_000_000,
        "month_micros": 20_000_000,
        **changes,
    }
    schedule = actions.make(agent.owner, agent, **given)
    return actions.switch_on(agent.owner, schedule) if on else schedule


def at(moment: datetime) -> Any:
    return mock.patch("django.utils.timezone.now", return_value=moment)


def beat(moment: datetime) -> None:
    """One beat at this moment, a while after the one before."""
    Schedule.objects.update(checked_at=moment - timedelta(hours=1))
    with at(moment):
        firing.beat(moment)


def due(schedule: Schedule) -> datetime:
    schedule.refresh_from_db()
    assert schedule.next_at is not None
    return schedule.next_at


def finish(task: Task, *, cost: int | None = 0, fails: bool = False) -> None:
    claimed = claim_task(task.pk, worker="here")
    assert claimed is not None
    if fails:
        fail_task(PORTAL, claimed, reason=because("portal_broke"), counts={})
    else:
        finish_task(PORTAL, claimed, result="Sorted.", counts={"read": 3})
    Task.objects.filter(pk=task.pk).update(cost_micros=cost)
