"""The whole loop on a model behind the real OpenAI protocol: tools, gate, asks, limits, what goes wrong."""

import json
import re

import pytest
from django.core.exceptions import ValidationError

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants import actions as grants
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from agents.runtime import loop, providers
from metering.usage.models import UsageEvent
from portal.audit.models import Entry
from tests import builders
from tests.cast import Cast
from tests.openai_server import Model, serving

pytestmark = pytest.mark.django_db
MODEL = "openai:gpt-5-mini"


@pytest.fixture
def on(monkeypatch, django_capture_on_commit_callbacks):
    """Point the portal at a scripted model: ``with on(...) as model``."""

    def use(*replies, **more):
        from contextlib import contextmanager

        @contextmanager
        def manager():
            with serving(*replies, **more) as model:
                monkeypatch.setenv("OPENAI_BASE_URL", model.url)
                monkeypatch.setenv("OPENAI_API_KEY", "test")
                monkeypatch.setattr(loop.time, "sleep", lambda seconds: None)
                providers.build.cache_clear()
                yield model
                providers.build.cache_clear()

        return manager()

    return use


def queued(cast: Cast, instruction: str = "Sort the inbox.", **fields: object) -> Task:
    agent, _ = builders.triage(cast)
    chat = builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada)
    agent = registry.edit(cast.mia, agent, model=MODEL, **fields)
    return tasks.queue(cast.mia, agent, instruction=instruction)


def run(task: Task) -> Task:
    loop.run(task.pk)
    task.refresh_from_db()
    return task


def tool_results(model: Model) -> list[dict]:
    return [json.loads(one["content"]) for one in model.requests[-1]["messages"] if one["role"] == "tool"]


def first_message(body: dict) -> str:
    """The id of the first message that the conversation's list returned."""
    listed = next(one["content"] for one in body["messages"] if one["role"] == "tool")
    return json.loads(listed)["result"]["messages"][0]["id"]


def test_a_task_lists_labels_and_ends(cast, on):
    with on(
        [("mail_list", {})],
        lambda body: [("mail_label", {"message": first_message(body), "label": "Hello"})],
        "Labelled one message.",
    ) as model:
        task = run(queued(cast))
    assert (task.state, task.result) == (TaskState.SUCCEEDED, "Labelled one message.")
    assert task.counts == {"labelled": 1}
    assert [call.state for call in task.calls.all()] == [Call.State.DONE, Call.State.DONE]
    offered = {one["function"]["name"] for one in model.requests[0]["tools"]}
    assert offered == {"mail_list", "mail_read", "mail_label", "mail_move", "mail_draft", "chat_post"}
    assert Entry.objects.filter(event="call.allowed").count() == 2


def test_each_model_call_is_in_the_ledger_with_its_price(cast, on):
    with on([("mail_list", {})], "Done."):
        task = run(queued(cast))
    events = UsageEvent.objects.filter(task_id=task.pk)
    assert [event.key for event in events.order_by("id")] == [f"task:{task.pk}:step:{n}" for n in (1, 2)]
    assert all((e.input_tokens, e.cache_read_tokens, e.output_tokens) == (1_000, 400, 50) for e in events)
    assert all(event.cost_micros and event.person_id == cast.mia.pk for event in events)
    assert task.cost_micros == sum(event.cost_micros for event in events)
    assert task.tokens == 2_100


def test_an_ask_parks_the_task_and_a_yes_lets_it_go_on(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})], "Posted.") as model:
        task = run(queued(cast))
        assert task.state == TaskState.WAITING
        assert not task.worker
        assert not ChatMessage.objects.exists()
        approvals.answer(cast.mia, Approval.objects.get(), yes=True)
        task.refresh_from_db()
        assert task.state == TaskState.QUEUED
        run(task)
        assert tool_results(model)[0]["status"] == "done"
    assert task.state == TaskState.SUCCEEDED
    assert ChatMessage.objects.get().to_person == cast.lea


def test_a_no_is_told_to_the_model_with_its_note(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})], "Not posted.") as model:
        task = run(queued(cast))
        approvals.answer(cast.mia, Approval.objects.get(), yes=False, note="not today")
        run(task)
        told = tool_results(model)[0]
    assert told["status"] == "refused"
    assert "Mia Park said no: not today" in told["reason"]
    assert not ChatMessage.objects.exists()
    assert task.state == TaskState.SUCCEEDED


def test_a_yes_does_not_outlive_its_grant(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})], "Not posted.") as model:
        task = run(queued(cast))
        grant = task.agent.grants.get(capability="chat.post")
        approvals.answer(cast.mia, Approval.objects.get(), yes=True)
        grants.revoke(cast.ada, grant)
        run(task)
        assert tool_results(model)[0]["status"] == "denied"
    assert not ChatMessage.objects.exists()


def test_nobody_else_can_answer(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})]):
        run(queued(cast))
    with pytest.raises(ValidationError):
        approvals.answer(cast.ada, Approval.objects.get(), yes=True)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (("shell", {"command": "rm -rf /"}), "No connector offers “shell”"),
        (("mail_label", {"message": "x"}), "“label” is missing"),
        (("mail_label", {"message": "x", "label": 7}), "must be a text"),
        (("mail_label", {"message": "x", "label": "a", "and": "b"}), "no argument “and”"),
        (("mail_read", "{not json"), "no argument"),
        (("mail_read", "[1, 2]"), "no argument"),
        (("mail_read", {"message": "\x00"}), "There is no message"),
        (("mail_read", {"message": "\ud800"}), "no argument"),
    ],
)
def test_what_no_grant_covers_or_nobody_can_read_is_refused_and_explained(cast, on, wanted, reason):
    with on([wanted], "I could not.") as model:
        task = run(queued(cast))
        told = tool_results(model)[0]
    assert task.state == TaskState.SUCCEEDED
    assert told["status"] in ("denied", "failed")
    assert reason in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"max_steps": 2}, "2 of its 2 steps"),
        ({"max_tokens": 2_000}, "of its 2,000 tokens"),
        ({"max_cost_micros": 1}, "dollars"),
    ],
)
def test_every_limit_ends_the_task_and_is_named(cast, on, limits, named):
    with on([("mail_list", {"page": 1})], [("mail_list", {"page": 2})], [("mail_list", {"page": 3})]):
        task = run(queued(cast, **limits))
    assert task.state == TaskState.FAILED
    assert named in task.reason
    assert "raise the limit" in task.reason


def test_the_same_call_three_times_is_no_progress(cast, on):
    with on([("mail_list", {})]):
        task = run(queued(cast))
    assert task.state == TaskState.FAILED
    assert "same call" in task.reason
    assert task.calls.count() == 2


def test_a_model_that_is_away_for_a_moment_is_asked_again(cast, on):
    with on("Nothing to do.", failures=1):
        assert run(queued(cast)).state == TaskState.SUCCEEDED


def test_a_model_that_stays_away_fails_the_task_with_what_to_do(cast, on):
    with on("never said", failures=50):
        task = run(queued(cast))
    assert task.state == TaskState.FAILED
    assert re.search(r"did not answer .* Queue the task again later", task.reason)


def test_a_stopped_agent_makes_no_further_model_call(cast, on):
    with on([("mail_list", {})], "never asked") as model:
        task = tasks.claim(queued(cast).pk, worker="here")
        assert loop._step(task) is False
        registry.pause(cast.mia, task.agent, why="enough")
        with pytest.raises(loop.GiveUp, match=r"stopped \(enough\)"):
            loop._step(task)
    assert len(model.requests) == 1


def test_a_cancelled_task_leaves_its_worker_and_its_asks_die(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})]):
        task = run(queued(cast))
    tasks.cancel(cast.mia, task)
    assert Approval.objects.get().state == Approval.State.DEAD
    with pytest.raises(ValidationError, match="no longer needed"):
        approvals.answer(cast.mia, Approval.objects.get(), yes=True)
    assert run(task).state == TaskState.CANCELLED


def test_shadow_mode_reads_and_only_records_the_rest(cast, on):
    with on(
        [("mail_list", {})],
        lambda body: [("mail_label", {"message": first_message(body), "label": "Hello"})],
        "Would have labelled.",
    ):
        task = queued(cast)
        registry.go_shadow(cast.mia, task.agent)
        run(task)
    assert [call.state for call in task.calls.all()] == [Call.State.DONE, Call.State.WOULD]
    assert task.counts == {}
