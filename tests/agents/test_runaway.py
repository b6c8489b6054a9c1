"""An agent that spends far more in an hour than it ever did is stopped; its owner is told; it can be let go on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import timezone

from agents import home
from agents.permissions import Level
from agents.queue.states import TaskState
from agents.registry import actions as registry
from agents.registry.models import Agent
from agents.stops.models import Stop
from metering import budgets
from metering.budgets import watching
from metering.budgets.models import AgentHour
from metering.budgets.runaway import FLOOR, KEPT, hour_of
from portal.audit.models import Entry
from tests.agents.scripted import on, queued, run
from tests.cast import as_

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
    assert "The portal stopped Inbox triage (It spent more than $10.00 since " in task.reason
    assert "Whoever may stop Inbox triage can lift this stop." in task.reason
    assert [call.state for call in task.calls.all()] == ["denied"]
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
    registry.resume(cast.mia, agent)
    assert "agents/home/_stopped.html" not in shown(cast.mia)


def test_whoever_may_stop_it_lets_it_go_on_and_it_is_not_stopped_again_at_once(cast, stopped):
    task, _ = stopped
    agent = Agent.objects.get(pk=task.agent_id)
    with pytest.raises(ValidationError, match="Whoever may stop"):
        registry.resume(cast.lea, agent)
    registry.share(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    registry.resume(cast.lea, agent)
    hour = watching.this_hour(agent.pk)
    assert hour is not None
    assert not hour.runs_away
    spend(agent, FLOOR)
    assert not watching.this_hour(agent.pk).runs_away
    spend(agent, 2)
    assert watching.this_hour(agent.pk).runs_away


def test_an_admin_lifts_it_too(cast, stopped):
    agent = Agent.objects.get(pk=stopped[0].agent_id)
    registry.resume(cast.ada, agent)
    assert not Stop.objects.standing().exists()


def test_what_is_usual_is_its_own_busiest_hour_of_four_weeks(cast):
    agent = queued(cast).agent
    spend(agent, 4 * FLOOR, hours_ago=50)
    spend(agent, 90 * FLOOR, hours_ago=24 * 29)
    spend(agent, 20 * FLOOR)
    hour = watching.this_hour(agent.pk)
    assert (hour.busiest, hour.runs_away) == (4 * FLOOR, False)
    spend(agent, 1)
    assert watching.this_hour(agent.pk).runs_away
    # An hour in which it was stopped for that is no measure, and what others spend is none either.
    busy = AgentHour.objects.filter(hour__lt=hour_of(timezone.now())).exclude(micros=90 * FLOOR)
    busy.update(let_go_micros=1)
    assert watching.this_hour(agent.pk).busiest == 0
    assert watching.this_hour(agent.pk + 1) is None


def test_hours_are_kept_for_eight_weeks(cast):
    agent = queued(cast).agent
    spend(agent, 1, hours_ago=int(KEPT.total_seconds() // 3600) + 2)
    spend(agent, 1)
    watching.sweep()
    assert AgentHour.objects.count() == 1
