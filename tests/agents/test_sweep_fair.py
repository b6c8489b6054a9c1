"""The sweep is fair and has an end: one person's flood of due rows keeps nobody else's waiting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.sweep import in_turns, send, sweep
from portal.people.models import Person
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast: Cast) -> Agent:
    made = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, made, reader=cast.lea, level=Level.OPERATOR)
    return made


def abandoned(person: Person, agent: Agent, number: int) -> list[int]:
    """So many tasks of the person whose workers are gone."""
    made = [tasks.queue(person, agent, instruction=f"Task {place}").pk for place in range(number)]
    gone = timezone.now() - timedelta(seconds=1)
    Task.objects.filter(pk__in=made).update(state=TaskState.CLAIMED, worker="gone", lease_until=gone)
    return made


def taken_over() -> set[int]:
    return set(Task.objects.filter(state=TaskState.QUEUED).values_list("pk", flat=True))


def test_people_take_turns(cast: Cast, agent: Agent) -> None:
    flood, few = abandoned(cast.mia, agent, 4), abandoned(cast.lea, agent, 2)
    order = list(in_turns(Task.objects.abandoned(), "person").values_list("pk", flat=True))
    assert order == [flood[0], few[0], flood[1], few[1], flood[2], flood[3]]


def test_a_flood_does_not_starve_anybody(cast: Cast, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    flood, (other,) = abandoned(cast.mia, agent, 9), abandoned(cast.lea, agent, 1)
    monkeypatch.setattr("agents.sweep.AT_MOST", 3)
    sweep()
    assert taken_over() == {flood[0], flood[1], other}


def test_a_run_has_an_end_and_the_next_goes_on(
    cast: Cast, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = {*abandoned(cast.mia, agent, 3), *abandoned(cast.lea, agent, 1)}
    monkeypatch.setattr("agents.sweep.SECONDS", 0.0)
    for number in range(1, 5):
        sweep()
        assert len(taken_over()) == number
    assert taken_over() == every


def test_a_message_that_was_lost_does_not_wait_behind_a_flood(
    cast: Cast, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.sweep.NEXT", 2)
    for place in range(4):
        tasks.queue(cast.mia, agent, instruction=f"Task {place}")
    other = tasks.queue(cast.lea, agent, instruction="Mine")
    long_ago = timezone.now() - timedelta(hours=1)
    Task.objects.update(sent_at=long_ago)
    monkeypatch.setattr("portal.broker.ready", lambda: 0)
    send()
    assert not Task.objects.filter(pk=other.pk, sent_at=long_ago).exists()
    assert Task.objects.filter(sent_at=long_ago).count() == 3
