"""Whatever the clocks, the portal and people do: no time runs twice, and each is on record with its task or a reason.

``SCHEDULE_EXAMPLES=500`` tries so many random ones; without it the same few are tried each time.
"""

import os
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.queue.models import Task
from agents.registry.models import Agent
from agents.schedules import actions, firing, running
from agents.schedules.actions import Trigger
from agents.schedules.models import Schedule
from agents.schedules.times import times
from tests import builders
from tests.agents.scheduled import at, due, made
from tests.cast import Cast

pytestmark = pytest.mark.django_db
START = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)  # the night in which Berlin's clocks go forward
STEPS = st.one_of(
    st.tuples(st.just("beat"), st.integers(0, 90)),  # minutes that pass, then a beat
    st.tuples(st.just("outage"), st.integers(30, 900)),
    st.tuples(st.just("back"), st.integers(1, 240)),  # the clock is set back
    st.tuples(
        st.just("askew"), st.integers(-180, 180)
    ),  # of two beats, the second's machine has another clock
    st.tuples(st.sampled_from(["beats", "pause", "off", "on", "skip", "end task", "leave"]), st.just(1)),
)
BEATS = ("beat", "beats", "outage", "pause", "askew")
EXAMPLES = int(os.environ.get("SCHEDULE_EXAMPLES", "20"))


def task_of(person, agent, **given) -> Task:
    """The row alone, so that hundreds of runs take no time."""
    return Task.objects.create(
        agent=agent, person=person, instruction=given["instruction"], envelope=[], max_steps=1, max_tokens=1,
        max_cost_micros=1, max_seconds=1,
    )  # fmt: skip


def do(what: str, schedule: Schedule, now: datetime) -> None:
    person = schedule.person
    if what in ("beat", "beats", "outage", "back", "askew"):
        for _ in range(2 if what == "beats" else 1):
            firing.run_due(schedule.pk, now)
    elif what == "end task":
        Task.objects.under_way().update(state="succeeded", finished_at=now)
    elif what == "pause":
        Agent.objects.filter(pk=schedule.agent_id).update(state="paused")
        firing.run_due(schedule.pk, now)
        Agent.objects.filter(pk=schedule.agent_id).update(state="active")
    elif what == "leave":
        for run in schedule.runs.filter(state="asks"):
            actions.leave_late(person, run)
    else:
        resume = (
            actions.resume if Schedule.objects.get(pk=schedule.pk).state == "paused" else actions.switch_on
        )
        verb = {"off": actions.switch_off, "on": resume, "skip": actions.skip_next}[what]
        verb(person, schedule)


@given(
    line=st.sampled_from(["*/30 * * * *", "15 * * * *", "*/30 2 * * *", "0 6 * * *"]),
    zone=st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe"]),
    policy=st.sampled_from(["skip", "late", "ask"]),
    steps=st.lists(STEPS, min_size=4, max_size=14),
)
@settings(
    max_examples=EXAMPLES,
    derandomize="SCHEDULE_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_time_runs_twice_and_none_is_lost(cast: Cast, line: str, zone: str, policy: str, steps):
    with transaction.atomic(), mock.patch.object(running.tasks, "queue", task_of):
        agent = Agent.objects.first() or builders.agent(cast.mia, cast.support)
        now = START
        with at(now):
            schedule = made(
                agent,
                trigger=Trigger(line=line),
                zone=zone,
                misfire=policy,
                ends_at=START + timedelta(days=40),
            )
        owed: set[datetime] = set()
        for what, minutes in steps:
            before = Schedule.objects.get(pk=schedule.pk).next_at
            latest = now = now + timedelta(minutes={"back": -minutes, "askew": 0}.get(what, minutes))
            with at(now):
                try:
                    do(what, schedule, now)
                except ValidationError:
                    continue  # not in a state for that
            if what == "askew":
                latest = max(now, now + timedelta(minutes=minutes))
                with at(now + timedelta(minutes=minutes)):
                    firing.run_due(schedule.pk, now + timedelta(minutes=minutes))
            if before is not None and (what in BEATS and before <= latest):
                first = before - timedelta(seconds=1)
                owed |= set(takewhile(lambda slot, end=latest: slot <= end, times(line, zone, first)))
            if what == "skip" and before is not None:
                owed.add(before)
        runs = list(schedule.runs.all())
        ran = [run.slot for run in runs if run.task_id]
        assert len(ran) == len(set(ran)), "twice"
        lost = {slot for slot in owed if not any(run.slot <= slot <= (run.until or run.slot) for run in runs)}
        assert lost == set(), "lost"
        assert all(run.task_id or run.cause for run in runs), "without a word"
        live = Schedule.objects.get(pk=schedule.pk)
        assert live.state != "on" or due(live) is not None
        transaction.set_rollback(True)
