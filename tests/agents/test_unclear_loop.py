"""A call that ended unknown, through the whole loop: with a real model server, a real chat and the yes from before."""

import pytest

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connectors.chat.connector import PortalChat
from agents.connectors.chat.models import ChatMessage
from agents.gate.unclear_calls import do_it, happened
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from tests.agents.scripted import on, queued, run, tool_results
from tests.cast import Cast

pytestmark = pytest.mark.django_db
__all__ = ["on"]


@pytest.fixture
def breaks_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The chat breaks at its first call, before anything is posted; the keys that it was called with."""
    keys: list[str] = []
    perform = PortalChat.perform

    def once(self, connection, context):
        keys.append(context.key)
        if len(keys) == 1:
            raise RuntimeError("half way")
        return perform(self, connection, context)

    monkeypatch.setattr(PortalChat, "perform", once)
    return keys


def until_it_is_unknown(cast: Cast, task: Task) -> Unclear:
    run(task)
    approvals.answer(cast.mia, Approval.objects.get(call__task=task), yes=True)
    run(task)
    assert task.state == TaskState.WAITING
    return Unclear.objects.get(call__task=task)


def test_it_is_done_once_on_the_yes_of_before_and_the_model_is_asked_nothing_again(cast, on, breaks_once):
    with on([("chat_post", {"to": cast.lea.email, "text": "Hello"})], "Done.") as model:
        task = queued(cast)
        unclear = until_it_is_unknown(cast, task)
        assert (run(task).state, len(model.requests)) == (TaskState.WAITING, 1)
        do_it(cast.mia, unclear)
        assert run(task).state == TaskState.SUCCEEDED
        assert len(model.requests) == 2
        assert tool_results(model)[-1]["status"] == "done"
    assert ChatMessage.objects.count() == 1
    assert len(set(breaks_once)) == 1
    assert breaks_once == [str(ChatMessage.objects.get().key)] * 2
    ask = Approval.objects.get(call__task=task)
    assert (ask.state, task.counts) == (Approval.State.APPROVED, {"posted": 1})
    assert Call.objects.get(task=task).grant.used == 1


def test_a_person_says_that_it_happened(cast, on, breaks_once):
    with on([("chat_post", {"to": cast.lea.email, "text": "Hello"})], "Done.") as model:
        task = queued(cast)
        happened(cast.mia, until_it_is_unknown(cast, task))
        assert run(task).state == TaskState.SUCCEEDED
        (heard,) = tool_results(model)
    assert "A person said that it happened" in heard["note"]
    assert cast.mia.display_name not in str(heard)
    assert (task.counts, len(breaks_once), ChatMessage.objects.count()) == ({"posted": 1}, 1, 0)
