"""An agent that spends far more in an hour than it ever did is stopped; its owner is told; it can be let go on."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from agents import home
from agents.lifecycle.agents import resume_agent, share_agent
from agents.permissions import Level
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.stops.models import Stop
from metering import budgets
from metering.budgets import watching
from metering.budgets.anomalies import FACTOR, FLOOR, KEPT
from metering.budgets.models import AgentHour
from portal.audit.models import Entry
from tests.agents.scripted import on, queued, run
from tests.cast import as_
from tests.metering.budgeted import NOON

pytestmark = pytest.mark.django_db
__all__ = ["on"]


def spend(agent: Agent, micros: int, *, hours_ago: int = 0) -> None:
    one = budgets.Caller("x", "", agent.pk, str(agent), agent.team_id, "")
    budgets.settle(one, micros=micros, now=timezone.now() - timedelta(hours=hours_ago))


@pytest.fixture
def stopped(cast, on):
    """Its agent has spent the floor already: the next model call is one too many."""
    with on([("mail_list", {})], "Done.") as model:
        task = queued(cast)
        spend(task.agent, FLOOR)
        task = run(task)
        yield task, model


def test_it_is_stopped_and_the_task_ends_with_the_reason(cast, stopped):
    task, model = stopped
    assert (task.state, len(model.requests)) == (TaskState.FAILED, 1)
    assert "The portal stopped Inbox triage (It spent more than $10.00 since " in task.why()
    assert "Somebody who may stop Inbox triage can lift this stop." in task.why()
    assert not task.calls.exists()  # after the stop nothing more is decided
    agent = Agent.objects.get(pk=task.agent_id)
    assert agent.state == Agent.State.PAUSED
    assert "Agent Portal stopped the agent Inbox triage" in map(str, Entry.objects.about(agent))


def test_its_owner_finds_that_on_the_start_page_and_nobody_else(cast, stopped):
    def shown(person) -> list[str]:
        request = RequestFactory().get("/")
        request.user = type(person).objects.get(pk=person.pk)
        return [part.template for part in home.parts(request)]

    assert "agents/home/_stopped.html" in shown(cast.mia)
    assert "agents/home/_stopped.html" not in shown(cast.lea)
    assert "since" in as_(cast.mia).get("/").text
    agent = Agent.objects.get(pk=stopped[0].agent_id)
    resume_agent(cast.mia, agent)
    assert "agents/home/_stopped.html" not in shown(cast.mia)


def test_whoever_may_stop_it_lets_it_go_on_and_it_is_not_stopped_again_at_once(cast, stopped):
    task, _ = stopped
    agent = Agent.objects.get(pk=task.agent_id)
    with pytest.raises(ValidationError, match="Somebody who may stop"):
        resume_agent(cast.lea, agent)
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    resume_agent(cast.lea, agent)
    hour = watching.this_hour(agent.pk)
    assert hour is not None
    assert not hour.is_anomaly
    spend(agent, FLOOR)
    assert not watching.this_hour(agent.pk).is_anomaly
    spend(agent, 2)
    assert watching.this_hour(agent.pk).is_anomaly


def test_an_admin_lifts_it_too(cast, stopped):
    agent = Agent.objects.get(pk=stopped[0].agent_id)
    resume_agent(cast.ada, agent)
    assert not Stop.objects.active().exists()


def test_what_is_usual_is_its_own_busiest_hour_of_four_weeks(cast):
    agent = queued(cast).agent
    spend(agent, 4 * FLOOR, hours_ago=50)
    spend(agent, 90 * FLOOR, hours_ago=24 * 29)
    spend(agent, 20 * FLOOR)
    hour = watching.this_hour(agent.pk)
    assert (hour.busiest, hour.is_anomaly) == (4 * FLOOR, False)
    spend(agent, 1)
    assert watching.this_hour(agent.pk).is_anomaly
    assert watching.this_hour(agent.pk + 1) is None, "what others spend is no measure"


def test_what_was_let_go_on_is_usual_from_the_next_hour_on_and_nothing_beyond_it(cast):
    agent = queued(cast).agent
    spend(agent, 9 * FLOOR, hours_ago=1)
    AgentHour.objects.update(let_go_micros=2 * FLOOR)
    spend(agent, FACTOR * 2 * FLOOR)
    hour = watching.this_hour(agent.pk)
    assert (hour.busiest, hour.is_anomaly) == (2 * FLOOR, False)
    spend(agent, 1)
    assert watching.this_hour(agent.pk).is_anomaly


def minute_by_minute(cast, an_hour: int, begins: datetime) -> tuple[int, int]:
    """Spend ``an_hour`` for two days, let go on whenever stopped: how often it was, and what was spent by the first."""
    stops = first = spent = 0
    for n in range(2 * 24 * 12):
        at, spent = begins + timedelta(minutes=5 * n), spent + an_hour // 12
        budgets.settle(budgets.Caller("x", "", 7, "A", cast.support.pk, ""), micros=an_hour // 12, now=at)
        hour = watching.this_hour(7, at)
        if hour.is_anomaly:
            watching.stopped_for(7, hour)
            stops, first = stops + 1, first or spent
    return stops, first


@pytest.mark.parametrize("minute", [0, 30, 48, 55])
def test_its_own_first_minutes_are_no_past_whenever_in_the_hour_it_begins(cast, minute):
    begins = NOON + timedelta(minutes=minute)
    old = [AgentHour(agent_id=7, hour=NOON - timedelta(hours=n), micros=FLOOR // 100) for n in range(1, 600)]
    AgentHour.objects.bulk_create(old)
    stops, first = minute_by_minute(cast, 36 * FLOOR // 10, begins)
    assert 0 < first <= 3 * FLOOR
    assert stops <= 4


def test_an_agent_without_a_past_that_is_steady_is_asked_about_once(cast):
    stops, first = minute_by_minute(cast, 12 * FLOOR // 10, NOON)
    assert (stops, first) == (1, 11 * FLOOR // 10)


def test_hours_are_kept_for_eight_weeks(cast):
    agent = queued(cast).agent
    spend(agent, 1, hours_ago=int(KEPT.total_seconds() // 3600) + 2)
    spend(agent, 1)
    watching.sweep()
    assert AgentHour.objects.count() == 1
