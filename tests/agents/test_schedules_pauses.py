"""A schedule pauses by itself, says why, and goes on after one click when the reason is gone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents import gate
from agents.approvals.models import Approval
from agents.grants.actions import Terms
from agents.lifecycle.agents import pause_agent, retire_agent, share_agent, unshare_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import claim_task, park_task
from agents.mydata import PERSONAL_DATA
from agents.permissions import Level
from agents.queue.models import Step, Task
from agents.registry.actions import go_shadow
from agents.schedules import actions, firing, retention
from agents.schedules.actions import Trigger
from agents.schedules.models import Schedule
from agents.succession.leaving import consequences
from metering.budgets.models import Budget
from metering.plugins import MeteringPlugin
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.personal_data import REMOVED
from portal.plugins import of_kind
from portal.reasons import render_reason
from tests import builders
from tests.agents.scheduled import at, beat, due, finish, made
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def paused(schedule: Schedule) -> str:
    schedule.refresh_from_db()
    return schedule.cause.get("code", "") if schedule.state == "paused" else ""


def test_what_it_needs_is_gone_before_the_time_is_due(cast: Cast):
    """Told at the next beat, not at the next run; one click goes on as soon as the reason is gone."""
    agent, box = builders.triage(cast)
    chat = builders.chat(cast.ada, cast.support)
    posts = builders.grant(agent, chat, "chat.post", by=cast.ada)
    schedule = made(agent, pairs=[("mail.list", box.pk), ("chat.post", chat.pk)])
    beat(timezone.now())
    assert paused(schedule) == ""
    revoke_grant(cast.ada, posts)
    beat(timezone.now())
    assert paused(schedule) == "schedule_grant_ended"
    assert "chat.post" in render_reason(schedule.cause)
    page = as_(cast.mia).get("/").content.decode()
    assert "Schedules that need you" in page
    assert "no longer has what this schedule needs" in page
    with pytest.raises(ValidationError, match="no longer has"):
        actions.resume(cast.mia, schedule)
    builders.grant(agent, chat, "chat.post", by=cast.ada)
    as_(cast.mia).post(f"/schedules/{schedule.pk}/resumption/")
    schedule.refresh_from_db()
    assert (schedule.state, schedule.cause) == ("on", {})
    go_shadow(cast.mia, agent)
    beat(timezone.now())
    assert paused(schedule) == "schedule_shadow"
    actions.resume(cast.mia, schedule)  # its person wants it in the trial run, too
    beat(timezone.now())
    assert paused(schedule) == ""
    pause_agent(cast.mia, agent, why="drill")
    beat(due(schedule))
    assert paused(schedule) == "agent_not_active"
    assert [(run.state, run.cause["code"]) for run in schedule.runs.all()] == [("missed", "run_paused")]
    assert not Task.objects.exists()


@pytest.mark.parametrize("state", ["off", "on", "paused"])
def test_an_agent_that_retires_takes_its_schedules_along(cast: Cast, state: str):
    """A retired agent never comes back, so nobody is asked to let a schedule of it go on."""
    agent = builders.agent(cast.mia, cast.support)
    schedule = _of(cast.mia, agent)
    if state != "on":
        Schedule.objects.update(state=state, next_at=None)
    retire_agent(cast.mia, agent)
    when = timezone.now()
    beat(when)
    beat(when)
    schedule.refresh_from_db()
    assert (schedule.state, schedule.cause["code"]) == ("ended", "agent_retired")
    assert Entry.objects.filter(event="schedule.ended").count() == 1
    assert "Schedules that need you" not in as_(cast.mia).get("/").content.decode()


def test_its_person_left_or_may_no_longer_use_the_agent(cast: Cast):
    agent = builders.agent(cast.lea, cast.support)
    share_agent(cast.lea, agent, reader=cast.mia, level=Level.OPERATOR)
    share_agent(cast.lea, agent, reader=cast.olga, level=Level.OPERATOR)
    theirs = [_of(person, agent) for person in (cast.mia, cast.olga)]
    unshare_agent(cast.lea, agent, reader=cast.mia)
    beat(timezone.now())
    assert "1 schedule of theirs pauses. Nobody else can let it go on." in consequences(cast.olga)
    people.deactivate(cast.ada, cast.olga)
    assert [paused(schedule) for schedule in theirs] == ["who_unshared", "who_left"]


def _of(person, agent) -> Schedule:
    given = {"instruction": "Sum up", "envelope": [], "trigger": Trigger(line="0 6 * * *"), "zone": "UTC"}
    limits = {"ends_at": timezone.now() + timedelta(days=9), "run_micros": 10, "month_micros": 100}
    return actions.switch_on(person, actions.make(person, agent, **given, **limits))


def test_three_failures_in_a_row(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support), trigger=Trigger(line="0 * * * *"))
    for fails in (True, True, False, True, True, True):
        assert paused(schedule) == ""
        beat(due(schedule))
        finish(schedule.runs.with_tasks().first().task, fails=fails)
    beat(timezone.now())
    assert paused(schedule) == "schedule_failed"
    assert actions.run_now(cast.mia, schedule).task, "a person may try it"
    Task.objects.under_way().update(state="cancelled")
    with at(timezone.now() + timedelta(days=1)):
        actions.resume(cast.mia, schedule)
        firing.beat(timezone.now())
    assert paused(schedule) == ""


def test_the_months_money(cast: Cast):
    schedule = made(
        builders.agent(cast.mia, cast.support), trigger=Trigger(line="0 * * * *"), run_micros=1_000_000,
        month_micros=1_500_000,
    )  # fmt: skip
    limits = []
    for cost in (900_000, 600_000):
        beat(due(schedule))
        task = schedule.runs.with_tasks().first().task
        limits.append(task.pk)
        finish(task, cost=cost)
    found = [Budget.objects.get(scope="task", target=str(pk)).limit_micros for pk in limits]
    assert found == [1_000_000, 600_000], "what is left of the month bounds the last run"
    beat(timezone.now())
    assert paused(schedule) == "schedule_spent"
    actions.edit(cast.mia, schedule, month_micros=3_000_000)
    actions.resume(cast.mia, schedule)


def test_nobody_reads_its_results(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support))
    pauses = [plugin.pause_schedule for plugin in of_kind(MeteringPlugin) if plugin.pause_schedule]
    assert pauses[0](cast.mia.pk, schedule.agent_id, "told")
    assert paused(schedule) == "schedule_unread"
    assert not pauses[0](cast.mia.pk, schedule.agent_id, "told")


@pytest.mark.parametrize(("rule", "ends"), [("park", "waiting"), ("skip", "queued"), ("fail", "failed")])
def test_an_ask_that_nobody_cleared(cast: Cast, rule: str, ends: str):
    agent = builders.agent(cast.mia, cast.support)
    chat = builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    schedule = made(agent, pairs=[("chat.post", chat.pk)], uncleared=rule)
    beat(due(schedule))
    task = claim_task(schedule.runs.get().task_id, worker="here")
    assert task is not None
    step = Step.objects.create(task=task, number=1, response={})
    gate.call(
        task, step, 0, tool_call_id="c1", tool_name="chat_post", capability="chat.post", connection=chat.pk,
        arguments={"to": cast.lea.email, "text": "Hello"},
    )  # fmt: skip
    assert park_task(task, counts={})
    beat(timezone.now())
    task.refresh_from_db()
    assert task.state == ends
    assert Approval.objects.filter(state="open").exists() == (rule == "park")


def test_what_it_says_goes_in_its_time_and_with_its_person(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    old, fresh, theirs = (made(agent) for _ in range(3))
    for schedule in (old, fresh):
        actions.end(cast.mia, schedule)
    Schedule.objects.filter(pk=old.pk).update(
        state_at=timezone.now() - retention.content_kept() - timedelta(days=1)
    )
    assert retention.forget_texts() == 1
    assert list(Schedule.objects.order_by("pk").values_list("instruction", flat=True)) == [
        "",
        *["Sort the inbox"] * 2,
    ]
    table = next(table for table in PERSONAL_DATA.tables if table.name == "schedules")
    assert "signing_key" not in table.columns()
    table.erase(table.rows(cast.mia), cast.mia)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.next_at, theirs.instruction) == ("ended", None, REMOVED)
