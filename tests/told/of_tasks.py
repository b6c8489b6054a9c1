"""Tasks and schedules."""

from datetime import timedelta
from typing import Any

import pytest

from agents.lifecycle.agents import share_agent
from agents.lifecycle.tasks import cancel_task, fail_task, finish_task
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.schedules import actions as schedules
from agents.schedules.models import Run, Schedule
from agents.succession import actions as succession
from agents.succession.models import Handover
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.reasons import because
from tests import builders
from tests.agents.asking import running
from tests.agents.scheduled import beat, due, made
from tests.cast import Cast
from tests.told.row import WORDS, Row

Patch = pytest.MonkeyPatch


def done(cast: Cast, patch: Patch) -> None:
    task, _ = running(cast)
    finish_task(PORTAL, task, result=WORDS, counts={})


def failed(cast: Cast, patch: Patch) -> None:
    task, _ = running(cast)
    fail_task(PORTAL, task, reason=because("who_left", who=WORDS), counts={})


def stopped(cast: Cast, patch: Patch) -> None:
    task, _ = running(cast)
    cancel_task(cast.ada, task, why=WORDS)


def offered(cast: Cast, patch: Patch) -> Handover:
    """Olga may use the agent too, and nobody offered her anything."""
    agent = builders.agent(cast.mia, cast.support)
    for one in (cast.lea, cast.olga):
        share_agent(cast.mia, agent, reader=one, level=Level.OPERATOR)
    task = tasks.queue(cast.mia, agent, instruction=WORDS)
    return succession.offer(cast.mia, task, to=cast.lea)


def a_schedule(cast: Cast, **how: Any) -> Schedule:
    return made(builders.agent(cast.mia, cast.support), instruction=WORDS, **how)


def paused(cast: Cast, patch: Patch) -> Schedule:
    return schedules.pause(PORTAL, a_schedule(cast), cause=because("who_left", who=WORDS))


def late(cast: Cast, patch: Patch) -> Schedule:
    schedule = a_schedule(cast, misfire="ask")
    beat(due(schedule) + timedelta(hours=10))
    return schedule


def left_out(cast: Cast, schedule: Schedule) -> None:
    schedules.leave_late(cast.mia, Run.objects.get(schedule=schedule))


ROWS = [
    Row("task.ended", "Mia", done),
    Row("task.failed", "Mia", failed),
    Row("task.stopped", "Mia", stopped),
    Row("task.offered", "Lea", offered, lambda cast, row: succession.decline(cast.lea, row)),
    Row(
        "task.offered",
        "Lea",
        offered,
        lambda cast, row: people.deactivate(cast.ada, cast.lea),
        case="to who leaves",
    ),
    Row("schedule.paused", "Mia", paused, lambda cast, row: schedules.resume(cast.mia, row)),
    Row("schedule.asks", "Mia", late, left_out, words="schedule "),
]
