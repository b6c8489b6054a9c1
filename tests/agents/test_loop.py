"""The whole loop on a model behind the real OpenAI protocol: tools, the gate, asks, the ledger."""

import json

import pytest
from django.core.exceptions import ValidationError

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import cancel_task
from agents.queue.models import Call
from agents.queue.states import TaskState
from agents.registry import actions as registry
from metering.usage.models import UsageEvent
from portal.audit.models import Entry
from tests.agents.scripted import on, queued, run, tool_results

pytestmark = pytest.mark.django_db
__all__ = ["on"]


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
    assert offered == {
        "mail_list",
        "mail_read",
        "mail_label",
        "mail_move",
        "mail_draft",
        "mail_search",
        "mail_attachment",
        "mail_flag",
        "mail_archive",
        "mail_reply",
        "mail_send",
        "chat_post",
        "mail_triage",
    }
    assert Entry.objects.filter(event="call.allowed").count() == 2


def test_each_model_call_is_in_the_ledger_with_its_price(cast, on):
    with on([("mail_list", {})], "Done."):
        task = run(queued(cast))
    events = UsageEvent.objects.filter(task=str(task.pk))
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
        revoke_grant(cast.ada, grant)
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


def test_a_cancelled_task_leaves_its_worker_and_its_asks_die(cast, on):
    with on([("chat_post", {"to": "lea.brandt@example.com", "text": "Hi"})]):
        task = run(queued(cast))
    cancel_task(cast.mia, task)
    assert Approval.objects.get().state == Approval.State.CANCELLED
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
