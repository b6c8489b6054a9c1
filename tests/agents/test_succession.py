"""Somebody leaves: the page counts what ends, offers successors, and a successor decides on a task before it runs."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.lifecycle.agents import hand_over_agent, share_agent, unshare_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.succession import actions
from agents.succession.models import Handover
from portal.accounts import actions as people
from portal.people.models import Person
from portal.teams import actions as teams
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def url(person: Person) -> str:
    return reverse("people:deactivation", args=[person.pk])


@pytest.fixture
def agent(cast: Cast) -> Agent:
    """Mia's, operated by Lea; Mia has an open task."""
    made, _ = builders.triage(cast)
    share_agent(cast.mia, made, reader=cast.lea, level=Level.OPERATOR)
    tasks.queue(cast.mia, made, instruction="Sort the letters from Berta")
    return made


def offered(cast: Cast, agent: Agent) -> Handover:
    chosen = {f"agent-{agent.pk}": cast.lea.pk, f"tasks-{agent.pk}": cast.lea.pk}
    as_(cast.ada).post(url(cast.mia), chosen)
    return Handover.objects.get()


def test_the_page_counts_what_ends_and_asks_who_takes_over(cast: Cast, agent: Agent) -> None:
    text = as_(cast.ada).get(url(cast.mia)).text
    assert "1 agent of theirs stops" in text
    assert "1 open task of theirs ends" in text
    assert f"{agent.grants.count()} grants of these agents" in text
    assert f"New owner of {agent}" in text
    assert f"1 open task with {agent}" in text
    assert "Berta" not in text, "what they wrote is not the admin's to read"
    assert "They have no active agents" in as_(cast.ada).get(url(cast.finn)).text


def test_without_a_successor_agents_stop_and_tasks_end(cast: Cast, agent: Agent) -> None:
    as_(cast.ada).post(url(cast.mia))
    agent.refresh_from_db()
    assert agent.state == Agent.State.PAUSED
    assert Task.objects.get().state == TaskState.CANCELLED
    assert not Handover.objects.exists()


def test_a_successor_owns_the_agent_and_takes_the_task_over_anew(cast: Cast, agent: Agent) -> None:
    handover = offered(cast, agent)
    agent.refresh_from_db()
    assert (agent.owner, agent.state) == (cast.lea, Agent.State.ACTIVE)
    assert not Task.objects.under_way().exists(), "nothing runs before the successor says so"
    lea = as_(cast.lea)
    assert "1 task offered to you" in lea.get("/").text
    assert "Berta" in lea.get(handover.get_absolute_url()).text
    lea.post(reverse("succession:taking", args=[handover.pk]))
    handover.refresh_from_db()
    new = handover.became
    assert new is not None
    assert (new.person, new.state, new.instruction) == (cast.lea, TaskState.QUEUED, handover.task.instruction)
    assert new.envelope == handover.task.envelope
    with pytest.raises(ValidationError, match="answered already"):
        actions.take_over(cast.lea, handover)


def test_a_successor_may_decline(cast: Cast, agent: Agent) -> None:
    handover = offered(cast, agent)
    as_(cast.lea).post(reverse("succession:declining", args=[handover.pk]))
    assert not Task.objects.under_way().exists()
    with pytest.raises(ValidationError, match="answered already: declined"):
        actions.take_over(cast.lea, handover)


def test_only_somebody_who_may_use_the_agent_is_a_successor(cast: Cast, agent: Agent) -> None:
    unshare_agent(cast.mia, agent, reader=cast.lea)
    page = as_(cast.ada).post(url(cast.mia), {f"tasks-{agent.pk}": cast.lea.pk}, follow=True)
    assert "may not use" in page.text
    cast.mia.refresh_from_db()
    assert cast.mia.is_active, "all of it or nothing"
    as_(cast.ada).post(url(cast.mia), {f"tasks-{agent.pk}": cast.olga.pk})
    cast.mia.refresh_from_db()
    assert cast.mia.is_active
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    handover = actions.offer(cast.ada, Task.objects.get(), to=cast.lea)
    with pytest.raises(ValidationError, match="offered to somebody else"):
        actions.take_over(cast.olga, handover)


def test_a_successor_who_lost_the_agent_takes_nothing_over(cast: Cast, agent: Agent) -> None:
    handover = offered(cast, agent)
    hand_over_agent(cast.lea, agent, owner=_joined(cast))
    with pytest.raises(ValidationError, match="Lea Brandt may not queue tasks for Inbox triage"):
        actions.take_over(cast.lea, handover)


def _joined(cast: Cast) -> Person:
    teams.add_member(cast.ada, cast.support, person=cast.finn)
    return cast.finn


def test_reactivating_brings_no_task_back(cast: Cast, agent: Agent) -> None:
    people.deactivate(cast.ada, cast.mia)
    people.reactivate(cast.ada, cast.mia)
    assert not Task.objects.under_way().exists()
