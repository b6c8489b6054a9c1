"""The transcript: rows as messages, the same after every restart, old results cut, what the model wrote kept."""

import json

import pytest
from pydantic_ai.messages import (
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_ai.usage import RequestUsage

from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import claim_task
from agents.queue import actions as tasks
from agents.queue.models import Call, Step, Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from agents.runtime import asking, clock, loop, transcript
from agents.runtime.transcript import Transcript
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, scene
from tests.agents.scripted import MODEL, on  # noqa: F401

NO = [{"code": "x", "params": {"earlier": "No."}}]
pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast) -> Scene:
    (made := scene(cast)).step.delete()
    return made


def turn(here: Scene, number: int, *results: object, ids: list[str] | None = None) -> None:
    """A step in which the model made as many calls as there are results; each is done."""
    ids = ids or [f"{number}-{position}" for position in range(len(results))]
    parts = [TextPart(f"Step {number}"), *(ToolCallPart("mail_read", {"message": one}, one) for one in ids)]
    step = transcripts.said(here.task, number, transcript.dump(ModelResponse(parts=parts)))
    for result in results:
        transcripts.calls(step, here.grant("mail.read"), 1, result=result)


def returned(task: Task) -> list[ToolReturnPart]:
    parts = (part for message in transcript.messages(task) for part in message.parts)
    return [part for part in parts if isinstance(part, ToolReturnPart)]


def as_json(task: Task) -> str:
    messages = transcript.messages(Task.objects.get(pk=task.pk))
    for one in messages:  # when a message was put together is no part of it
        for part in one.parts:
            if hasattr(part, "timestamp") and not isinstance(one, ModelResponse):
                part.timestamp = None
        if isinstance(one, ModelRequest):
            one.timestamp = None
    return ModelMessagesTypeAdapter.dump_json(messages).decode()


def test_instruction_then_each_step_with_its_results_in_order(here):
    turn(here, 1, {"n": 1}, {"n": 2}, {"n": 3})
    turn(here, 2, {"n": 4})
    messages = transcript.messages(here.task)
    assert [one.kind for one in messages] == ["request", "response", "request", "response", "request"]
    assert messages[0].parts[0].content == here.task.instruction
    assert "You act for Mia Park <mia.park@example.com>" in messages[0].instructions
    assert [part.tool_call_id for part in returned(here.task)] == ["1-0", "1-1", "1-2", "2-0"]
    assert [part.content["result"]["n"] for part in returned(here.task)] == [1, 2, 3, 4]


def test_results_follow_the_calls_whatever_order_the_rows_were_written_in(here):
    turn(here, 1, {"n": 1}, {"n": 2})
    first, second = Call.objects.order_by("position")
    Call.objects.filter(pk=first.pk).update(position=9)
    Call.objects.filter(pk=second.pk).update(position=0)
    Call.objects.filter(pk=first.pk).update(position=1)
    assert [part.content["result"]["n"] for part in returned(here.task)] == [2, 1]


def test_texts_of_older_results_are_cut_and_identifiers_stay(here):
    long, name = "x" * 5_000, "1700000000." + "n" * (transcript.OLD_TEXT - 11)
    for number in range(1, 5):
        turn(here, number, {"id": name, "text": long, "list": [{"deep": long}, 7, None], "shortened": True})
    results = [part.content["result"] for part in returned(here.task)]
    assert transcript.WHOLE_STEPS == 2
    for cut in results[:2]:
        assert cut["text"] == cut["list"][0]["deep"] == "x" * transcript.OLD_TEXT + "…"
        assert (cut["id"], cut["list"][1:], cut["shortened"]) == (name, [7, None], True)
    assert [whole["text"] for whole in results[2:]] == [long, long]
    assert Call.objects.first().result["text"] == long


def test_a_long_task_stays_within_a_context(here):
    for number in range(1, 31):
        turn(here, number, *[{"id": str(n), "text": "y" * 6_000} for n in range(5)])
    assert sum(len(json.dumps(part.content)) for part in returned(here.task)) < 10 * 6_100 + 140 * 350


def test_a_restart_changes_nothing(here):
    for number, result in enumerate(({"n": 1}, {"text": "z" * 300}, {"ü": "😀"}), 1):
        turn(here, number, result)
    before = as_json(here.task)
    tasks.resume("Agent Portal", here.task, why="restart")
    claim_task(here.task.pk, worker="another")
    assert as_json(here.task) == before


def test_the_same_step_asked_for_again_is_the_same_step(cast):
    agent, _ = builders.triage(cast, {"Hello": "Could you tell me the price?"}, opened=True)
    loop.run((task := tasks.queue(cast.mia, agent, instruction="Sort the inbox")).pk)
    Task.objects.update(state=TaskState.RUNNING)
    for last in task.steps.order_by("-number"):
        last.delete()
        task.steps_done = last.number - 1
        again, _ = asking.ask(Task.objects.get(pk=task.pk), Transcript(task), clock.Clock(task))
        assert (again.parts, again.usage) == ((stored := transcript.load(last.response)).parts, stored.usage)


@pytest.mark.parametrize(
    ("state", "fields", "told"),
    [
        ("done", {"result": [1]}, {"status": "done", "written_by": "others", "result": [1]}),
        ("would", {}, {"status": "recorded", "note": "Shadow mode"}),
        ("denied", {"reasons": NO}, {"status": "denied", "reasons": ["No."]}),
        ("refused", {"summary": "Mia said no."}, {"status": "refused", "reason": "Mia said no."}),
        ("failed", {"summary": "It broke."}, {"status": "failed", "reason": "It broke."}),
        ("unknown", {"summary": "Who knows."}, {"status": "unknown", "reason": "Who knows."}),
    ],
)
def test_what_the_model_learns_of_a_call(state, fields, told):
    said = transcript.result_for_model(Call(state=state, **fields))
    assert set(said) == set(told)
    assert all(said[key] == value or str(said[key]).startswith(value) for key, value in told.items())


@pytest.mark.parametrize(
    "parts",
    [
        [TextPart("")],
        [TextPart("Hello 😀")],
        [ThinkingPart("hm", signature="s"), TextPart("a"), TextPart("b")],
        [ToolCallPart("t", '{"a": [1, {"b": null}]}', "id-1"), ToolCallPart("t", {"a": 1.5}, "id-2")],
        [
            ToolCallPart("t", "{not json", "id-3"),
            ToolCallPart("t", None, "id-4"),
            ToolCallPart("t", "", "id-5"),
        ],
    ],
)
def test_a_response_survives_the_database(here, parts):
    response = ModelResponse(
        parts=parts,
        usage=RequestUsage(input_tokens=7, output_tokens=3),
        model_name="m",
        metadata={"meant": {}},
    )
    transcripts.said(here.task, 1, transcript.dump(response))
    assert transcript.load(Step.objects.get(task=here.task).response) == response


def test_what_a_column_cannot_hold_is_replaced(here):
    bad = ModelResponse(parts=[TextPart("a\x00b\ud800"), ToolCallPart("t\x00", {"k\x00": "\udfff"}, "i\x00")])
    transcripts.said(here.task, 1, transcript.dump(bad))
    text, call = transcript.load(Step.objects.get(task=here.task).response).parts
    assert (text.content, call.tool_name, call.args) == ("a�b�", "t�", {"k�": "�"})


def test_an_id_longer_than_its_column_still_pairs_call_and_result(here, on, cast):
    registry.go_live(cast.ada, registry.edit(cast.mia, here.agent, model=MODEL))
    long = "call_" + "i" * 400
    with on([("mail_list", {})], "Done.") as model:
        model.prefix = long
        task = tasks.queue(cast.mia, here.agent, instruction="List it")
        loop.run(task.pk)
    task.refresh_from_db()
    assert task.state == TaskState.SUCCEEDED, task.reason
    *_, asked, answer = model.requests[-1]["messages"]
    assert asked["tool_calls"][0]["id"] == answer["tool_call_id"]
    assert json.loads(answer["content"])["status"] == "done"


def test_a_call_means_the_connection_that_its_tool_was_when_the_model_made_it(here, on, cast):
    registry.go_live(cast.ada, registry.edit(cast.mia, here.agent, model=MODEL))
    other = builders.chat(cast.ada, cast.support, name="Another chat")
    builders.grant(here.agent, other, "chat.post", by=cast.ada)
    with on([("chat_post", {"to": cast.lea.email, "text": "Hi"})], "Not posted."):
        queued = builders.unnarrowed(tasks.queue(cast.mia, here.agent, instruction="Post"))
        task = claim_task(queued.pk, worker="first")
        loop.store(task, *asking.ask(task, Transcript(task), clock.Clock(task)), number=1)  # then it dies
        revoke_grant(cast.ada, here.agent.grants.get(connection=here.chat))
        tasks.resume("Agent Portal", Task.objects.get(pk=task.pk), why={})
        loop.run(task.pk)
    row = Call.objects.get(task=task)
    assert (row.connection, row.state, row.reasons[0]["code"]) == (here.chat, "denied", "grant_inactive")
