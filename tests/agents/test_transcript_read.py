"""A worker reads a step's results until they are cut, and never again; what the model gets is the same."""

import pytest
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, ToolReturnPart

from agents.queue.models import Call
from agents.runtime import transcript
from agents.runtime.transcript import OLD_TEXT, WHOLE_STEPS, Transcript
from tests.agents import transcripts
from tests.agents.gated import Scene, scene
from tests.cast import Cast

LONG = "x" * (OLD_TEXT + 100)


@pytest.fixture
def here(cast: Cast) -> Scene:
    made = scene(cast)
    made.step.delete()
    return made


def turn(here: Scene, number: int) -> None:
    part = ToolCallPart("mail_read", {"message": "m"}, f"call-{number}")
    response = transcript.dump(ModelResponse(parts=[part]))
    step = transcripts.said(here.task, number, response)
    transcripts.calls(step, here.grant("mail.read"), 1, result=f"{number} {LONG}")


def results(messages: list[ModelMessage]) -> list[str]:
    parts = (part for message in messages for part in message.parts if isinstance(part, ToolReturnPart))
    return [part.content["result"] for part in parts]  # type: ignore[index]


def test_it_says_the_same_as_one_that_is_built_anew_at_each_step(here: Scene) -> None:
    so_far = Transcript(here.task)
    for number in range(1, 7):
        turn(here, number)
        assert results(so_far.messages()) == results(transcript.messages(here.task))
    cut, whole = results(so_far.messages())[:-WHOLE_STEPS], results(so_far.messages())[-WHOLE_STEPS:]
    assert {len(text) for text in cut} == {OLD_TEXT + 1}
    assert whole == [f"5 {LONG}", f"6 {LONG}"]


def test_old_results_are_not_read_again(here: Scene) -> None:
    so_far = Transcript(here.task)
    for number in range(1, 7):
        turn(here, number)
    so_far.messages()
    Call.objects.filter(task=here.task).update(result="read again")
    assert results(so_far.messages())[:4] == [f"{number} {LONG}"[:OLD_TEXT] + "…" for number in range(1, 5)]
    assert results(so_far.messages())[4:] == ["read again", "read again"]


def test_it_asks_for_new_steps_only(here: Scene, django_assert_num_queries: object) -> None:
    so_far = Transcript(here.task)
    for number in range(1, 9):
        turn(here, number)
        so_far.messages()
    with django_assert_num_queries(2) as seen:  # type: ignore[operator]
        so_far.messages()
    assert f"> {8 - WHOLE_STEPS}" in seen.captured_queries[0]["sql"]
