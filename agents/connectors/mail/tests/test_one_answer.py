"""A language model labels, says why and drafts in one structured answer: through the real protocol, and the gate."""

import json
from typing import Any

import pytest

from agents.connectors.mail.one_answer import TOGETHER, calls
from agents.connectors.mail.tests.support_mails import as_read
from agents.connectors.offline import Conversation, Made
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from tests import builders
from tests.agents.scripted import MODEL, on, run
from tests.cast import Cast
from tests.openai_server import Model

__all__ = ["on"]
MAILS = {"Order #10432": "Could you tell me when it arrives?", "Hello": "Just saying hello."}


def ids(body: dict[str, Any]) -> dict[str, str]:
    """The messages' ids by subject, as the first result listed them."""
    listed = next(one["content"] for one in body["messages"] if one["role"] == "tool")
    return {one["subject"]: one["id"] for one in json.loads(listed)["result"]["messages"]}


def reads(body: dict[str, Any]) -> list[tuple[str, Any]]:
    return [("mail_read", {"message": message}) for message in ids(body).values()]


def answers(body: dict[str, Any]) -> list[tuple[str, Any]]:
    known = ids(body)
    asked = {"label": "Questions", "reason": "Wants to know when it comes", "draft": "Hello, on Friday."}
    plain = {"label": "Other", "reason": "A greeting", "draft": None}
    return [
        ("mail_triage", {"messages": [
            {"message": known["Order #10432"], **asked}, {"message": known["Hello"], **plain},
        ]})
    ]  # fmt: skip


def task_of(cast: Cast) -> Task:
    agent, _ = builders.triage(cast, MAILS, opened=True)
    agent = registry.go_live(cast.ada, registry.edit(cast.mia, agent, model=MODEL))
    return builders.unnarrowed(tasks.queue(cast.mia, agent, instruction="Sort the inbox."))


def schema(model: Model) -> dict[str, Any]:
    tools = {one["function"]["name"]: one["function"] for one in model.requests[0]["tools"]}
    return dict(tools["mail_triage"]["parameters"]["properties"]["messages"]["items"])


@pytest.mark.django_db
def test_label_reason_and_draft_come_in_one_answer(cast: Cast, on: Any) -> None:
    nonsense = [("mail_triage", {"messages": [{"message": "x"}]})]
    with on([("mail_list", {})], reads, nonsense, answers, "Sorted.") as model:
        task = run(task_of(cast))
    assert (task.state, task.counts) == (TaskState.SUCCEEDED, {"read": 2, "labelled": 2, "drafted": 1}), (
        task.why()
    )
    assert schema(model)["required"] == ["message", "label", "reason", "draft"]
    labels = Call.objects.filter(task=task, capability="mail.label", state=Call.State.DONE)
    told = [(one.arguments["label"], one.arguments["reason"]) for one in labels.order_by("id")]
    assert told == [("Questions", "Wants to know when it comes"), ("Other", "A greeting")]
    draft = Call.objects.get(task=task, capability="mail.draft", state=Call.State.DONE).arguments
    assert (draft["to"], draft["subject"]) == (["customer@example.org"], "Re: Order #10432")
    assert (draft["text"], draft["reason"]) == ("Hello, on Friday.", "Wants to know when it comes")
    refused = Call.objects.get(task=task, state=Call.State.DENIED)
    assert refused.capability == "mail_triage"


TOOLS = {name: name.replace(".", "_") for name in ("mail.read", "mail.label", "mail.draft")}
BULK = as_read(b"From: Shop <shop@example.org>\nList-Unsubscribe: <https://x.example>\nSubject: Sale\n\nBuy?")


def seen(mail: dict[str, Any]) -> Conversation:
    read = Made("mail_read", {"message": "m1"}, {"status": "done", "result": mail})
    return Conversation("Sort", "", frozenset(TOOLS.values()), (read,))


ITEM = {"message": "m1", "label": "Other", "reason": "why", "draft": "Hello."}


def test_no_answer_goes_to_many_whatever_the_model_says() -> None:
    ((tool, told),) = calls({"messages": [ITEM]}, TOOLS, seen(BULK))
    assert (tool, told["label"]) == ("mail_label", "Other")
    assert told["reason"] == "why No draft: List-Unsubscribe"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"messages": []},
        {"messages": "all"},
        {"messages": [ITEM] * 21},
        {"messages": [ITEM], "to": "eve@example.org"},
        {"messages": [{**ITEM, "to": "eve@example.org"}]},
        {"messages": [{**ITEM, "label": 1}]},
        {"messages": [{**ITEM, "reason": None}]},
        {"messages": [["m1"]]},
    ],
)
def test_what_is_no_answer_stands_for_no_call(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        calls(arguments, TOOLS, seen({}))


def test_it_is_offered_where_it_can_read_and_label() -> None:
    assert TOGETHER.needs == {"mail.read", "mail.label"}
    assert TOGETHER.also == {"mail.draft"}
