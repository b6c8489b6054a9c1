"""What ends a task before its work is done: limits, no progress, a model that is away, a stopped agent."""

import re

import pytest

from agents.approvals.models import Approval
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.tasks import claim_task
from agents.queue.states import TaskState
from agents.runtime import loop
from agents.runtime.transcript import Transcript
from tests.agents.scripted import on, queued, run

pytestmark = pytest.mark.django_db
__all__ = ["on"]


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"max_steps": 2}, "its limit of 2 steps"),
        ({"max_tokens": 2_000}, "its limit of 2,000 tokens"),
        ({"max_cost_micros": 1}, "its limit of under $0.0001"),
    ],
)
def test_every_limit_ends_the_task_and_is_named(cast, on, limits, named):
    with on([("mail_list", {"page": 1})], [("mail_list", {"page": 2})], [("mail_list", {"page": 3})]):
        task = run(queued(cast, **limits))
    assert task.state == TaskState.FAILED
    assert named in task.why()
    assert "raise the limit" in task.why()


def test_a_task_that_asks_too_often_ends_and_its_open_ask_with_it(cast, on):
    asking = [("chat_post", {"to": "mia.park@example.com", "text": f"May I? {number}"}) for number in (1, 2)]
    with on(asking, "never said") as model:
        task = run(queued(cast, max_asks=1))
    assert (task.state, len(model.requests)) == (TaskState.FAILED, 1)
    assert "used up its number of asks. The agent's managers can raise it" in task.why()
    ask = Approval.objects.get()
    assert (ask.state, ask.answerable) == (Approval.State.CANCELLED, False)


def test_the_same_call_three_times_is_no_progress(cast, on):
    with on([("mail_list", {})]):
        task = run(queued(cast))
    assert task.state == TaskState.FAILED
    assert "same call" in task.why()
    assert task.calls.count() == 2


def test_a_model_that_is_away_for_a_moment_is_asked_again(cast, on):
    with on("Nothing to do.", failures=1):
        assert run(queued(cast)).state == TaskState.SUCCEEDED


def test_a_model_that_stays_away_fails_the_task_with_what_to_do(cast, on):
    with on("never said", failures=50):
        task = run(queued(cast, max_seconds=60))
    assert task.state == TaskState.FAILED
    assert re.search(r"did not answer .* Run the task again later", task.why())


def test_a_stopped_agent_makes_no_further_model_call(cast, on):
    with on([("mail_list", {})], "never asked") as model:
        task = claim_task(queued(cast).pk, worker="here")
        assert loop._step(task, Transcript(task)) is False
        pause_agent(cast.mia, task.agent, why="enough")
        with pytest.raises(loop.GiveUp, match=r"Mia Park stopped Inbox triage \(enough\)"):
            loop._step(task, Transcript(task))
    assert len(model.requests) == 1
