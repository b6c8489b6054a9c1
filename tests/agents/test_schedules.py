"""A schedule from its making to its end: born off, one run for each time, never twice, never over itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.lifecycle.stops import set_stop
from agents.queue.models import Task
from agents.schedules import actions, firing
from agents.schedules.actions import Trigger
from agents.schedules.models import Run, Schedule
from agents.stops.models import Stop
from metering.budgets.models import Budget
from metering.signals.models import TaskFact
from portal.audit.models import Entry
from tests import builders
from tests.agents import scheduled
from tests.agents.scheduled import at, beat, due, finish, made
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def state(run: Run) -> tuple[str, str]:
    return run.state, run.cause.get("code", "")


def test_from_born_off_to_its_end(cast: Cast):
    agent, box = builders.triage(cast)
    schedule = made(
        agent, on=False, pairs=[("mail.list", box.pk)], ends_at=timezone.now() + timedelta(days=2, hours=1)
    )
    assert (schedule.state, schedule.next_at) == ("off", None)
    beat(timezone.now() + timedelta(days=1))
    assert not schedule.runs.exists()
    actions.switch_on(cast.mia, schedule)
    first = due(schedule)
    assert (first.hour, first.minute) == (6, 0)
    beat(first - MINUTE)
    assert not schedule.runs.exists()
    beat(first)
    beat(first)  # a second beat at the same moment
    firing.run_due(schedule.pk, first + MINUTE)
    run = schedule.runs.get()
    task = run.task
    assert task is not None
    assert (run.how, run.state, run.slot, task.run) == ("time", "ran", first, run)
    assert (task.person, task.instruction, task.envelope) == (
        cast.mia,
        "Sort the inbox",
        [["mail.list", box.pk]],
    )
    assert Budget.objects.get(scope="task", target=str(task.pk)).limit_micros == 1_000_000
    assert TaskFact.objects.get(ref=str(task.pk)).trigger == "schedule"
    assert due(schedule) == first + timedelta(days=1)
    finish(task)
    beat(first + timedelta(days=1))
    finish(schedule.runs.first().task)
    schedule.refresh_from_db()
    assert (schedule.state, schedule.cause["code"]) == ("ended", "schedule_over")
    assert set(Entry.objects.about(schedule).values_list("event", flat=True)) == {
        "schedule.made", "schedule.on", "schedule.ran", "schedule.ended",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="has ended"):
        actions.switch_on(cast.mia, schedule)


def test_it_never_runs_over_itself_and_never_in_a_burst(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support), trigger=Trigger(line="0 * * * *"))
    first = due(schedule)
    beat(first)
    beat(first + timedelta(hours=1))
    assert [state(run) for run in schedule.runs.all()] == [("overlap", "run_overlap"), ("ran", "")]
    finish(schedule.runs.with_tasks().get().task)
    beat(first + timedelta(hours=30, minutes=1))
    ran, missed = schedule.runs.all()[:2]
    assert (ran.state, ran.slot) == ("ran", first + timedelta(hours=30))
    assert (missed.state, missed.number, missed.until) == ("missed", 28, first + timedelta(hours=29))
    assert Task.objects.count() == 2


@pytest.mark.parametrize(
    ("policy", "late", "found"),
    [
        ("skip", 10, ("missed", "run_late")),
        ("late", 10, ("ran", "")),
        ("late", 61, ("missed", "run_late")),
        ("ask", 600, ("asks", "run_late")),
    ],
)
def test_after_an_outage(cast: Cast, policy: str, late: int, found: tuple[str, str]):
    schedule = made(builders.agent(cast.mia, cast.support), misfire=policy, late_minutes=60)
    first = due(schedule)
    beat(first + late * MINUTE)
    assert [state(run) for run in schedule.runs.all()] == [found]
    assert due(schedule) == first + timedelta(days=1)


def test_a_late_run_waits_for_an_answer_until_the_next_time(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support), misfire="ask")
    first = due(schedule)
    beat(first + timedelta(hours=5))
    asked = schedule.runs.get()
    with at(first + timedelta(hours=6)):
        run = actions.run_late(cast.mia, asked)
    assert run.task is not None
    with pytest.raises(ValidationError, match="no longer waits"):
        actions.leave_late(cast.mia, asked)
    finish(run.task)
    beat(first + timedelta(hours=29))
    actions.leave_late(cast.mia, schedule.runs.first())
    beat(first + timedelta(hours=53))
    beat(first + timedelta(hours=72))
    states = [state(run) for run in schedule.runs.all()]
    assert states == [("ran", ""), ("missed", "run_superseded"), ("skipped", "run_by_person"), ("ran", "")]


def test_while_everything_is_stopped_times_are_left_out_and_it_stays_on(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support))
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="drill")
    beat(due(schedule))
    assert [state(run) for run in schedule.runs.all()] == [("missed", "run_stopped")]
    schedule.refresh_from_db()
    assert schedule.running


def test_run_now_skip_the_next_and_once(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    schedule = made(agent, on=False)
    run = actions.run_now(cast.mia, schedule)  # to try it before it is switched on
    assert run.task is not None
    with pytest.raises(ValidationError, match="never runs twice at once"):
        actions.run_now(cast.mia, schedule)
    finish(run.task)
    actions.switch_on(cast.mia, schedule)
    first = due(schedule)
    actions.skip_next(cast.mia, schedule)
    assert due(schedule) == first + timedelta(days=1)
    actions.edit(cast.mia, schedule, zone="UTC", late_minutes=5)  # does not bring the skipped time back
    assert due(schedule) == first + timedelta(days=1)
    beat(first)
    assert [run.state for run in schedule.runs.all()] == ["skipped", "ran"]
    moment = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    once = made(agent, trigger=Trigger(once_at=moment), zone="Europe/Berlin")
    beat(moment)
    once.refresh_from_db()
    assert (once.state, once.cause["code"], once.runs.get().state) == ("ended", "schedule_once_done", "ran")


def test_what_no_schedule_may_be(cast: Cast):
    agent, box = builders.triage(cast)
    now = timezone.now()
    for wrong, words in (
        ({"ends_at": now + timedelta(days=400)}, "a year at the latest"),
        ({"ends_at": now - MINUTE}, "in the future"),
        ({"trigger": Trigger(line="*/2 * * * *")}, "5 minutes apart"),
        ({"trigger": Trigger(once_at=datetime(2020, 1, 1, tzinfo=UTC))}, "in the future"),
        ({"zone": "Europe/Nowhere"}, "not a time zone"),
        ({"run_micros": 30_000_000}, "whole month"),
        ({"pairs": [("chat.post", box.pk)]}, "may not use"),
        ({"instruction": "  "}, "cannot be blank"),
    ):
        with pytest.raises(ValidationError, match=words):
            made(agent, **wrong)
    with pytest.raises(ValidationError, match="may not queue"):
        actions.make(cast.olga, agent, instruction="x", envelope=[], trigger=scheduled.DAILY, zone="UTC",
                     ends_at=now + MINUTE, run_micros=1, month_micros=1)  # fmt: skip
    assert not Schedule.objects.exists()
