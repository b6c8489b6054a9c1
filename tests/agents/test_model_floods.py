"""Limits inside a step: a model that talks too much, too long or not at all ends its task soon, and in words."""

import time
from collections.abc import Iterator

import pytest
from django.urls import reverse

from agents.queue import actions
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.runtime import bounds, loop, providers, spending
from agents.runtime.transcript import Transcript
from metering.budgets.permissions import of_team
from tests.agents.scripted import MODEL, on, queued, run
from tests.agents.test_providers import answer
from tests.cast import as_
from tests.metering.budgeted import DOLLAR, sums
from tests.metering.budgeted import budget as set_budget
from tests.openai_server import Flow, Raw, chunk

pytestmark = pytest.mark.django_db
__all__ = ["on"]
MEGABYTE = 1_000_000
LIST = {"type": "function", "function": {"name": "mail_list", "arguments": "{}"}}


def words_without_end() -> Iterator[bytes]:
    while True:
        yield chunk({"content": "x" * 10_000})


def one_word_without_end() -> Iterator[bytes]:
    yield b'data: {"choices": [{"delta": {"content": "'
    while True:
        yield b"x" * 65_536


def calls_without_end() -> Iterator[bytes]:
    for number in range(2_000):
        yield chunk({"tool_calls": [{"index": number, "id": f"c{number}", **LIST}]})


def one_call_without_end() -> Iterator[bytes]:
    yield chunk({"tool_calls": [{"index": 0, "id": "c", **LIST}]})
    while True:
        yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": "[" * 10_000}}]})


def comments_without_end() -> Iterator[bytes]:
    while True:
        yield (b": still here" + b"." * 1_000 + b"\n") * 50


def empty(content: str | None) -> Raw:
    said = {"role": "assistant", "content": content}
    return Raw(answer(choices=[{"index": 0, "message": said, "finish_reason": "stop"}]))


SAYS = {
    "50 MB in one piece": (Raw(b'{"choices": "' + b"x" * 50 * MEGABYTE + b'"}'), "more than 1 MB"),
    "words": (Flow(words_without_end), "more than 1 MB"),
    "one word": (Flow(one_word_without_end), "more than 1 MB"),
    "comments": (Flow(comments_without_end), "more than 1 MB"),
    "a call": (Flow(one_call_without_end), "more than 1 MB"),
    "calls": (Flow(calls_without_end), "more than 50 tools in one answer"),
    "calls at once": ([("mail_list", {"page": number}) for number in range(2_000)], "more than 50 tools"),
    "nothing": (empty(""), "gave an empty answer"),
    "null": (empty(None), "gave an empty answer"),
    "spaces": (empty(" \n "), "gave an empty answer"),
    "no choices": (Raw(answer(choices=[])), "gave an empty answer"),
    "no message": (Raw(answer(choices=[{"index": 0, "finish_reason": "stop"}])), "gave an empty answer"),
}


def test_too_much_and_nothing_fail_the_task_soon_and_in_words(cast, on):
    task = queued(cast)
    for what, (reply, why) in SAYS.items():
        Task.objects.filter(pk=task.pk).update(state=TaskState.QUEUED, steps_done=0)
        task.steps.all().delete()
        began = time.monotonic()
        with on(reply) as model:
            run(task)
        assert (task.state, len(model.requests)) == (TaskState.FAILED, 1), what
        assert why in task.why(), what
        assert time.monotonic() - began < 20, what  # it has no end
        assert not Call.objects.exists()
    assert as_(cast.mia).get(reverse("queue:detail", args=[task.pk])).status_code == 200


def test_what_was_cut_off_is_paid_for(cast, on):
    with on(Flow(words_without_end)):
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        run(task)
    assert sums(one)[0] > 0
    assert sums(one)[1] == 0


def test_fifty_calls_are_an_answer(cast, on):
    with on([("mail_list", {"page": number}) for number in range(50)], "Done."):
        assert run(queued(cast)).state == TaskState.SUCCEEDED


def drips() -> Iterator[bytes]:
    for number in range(100):
        yield chunk({"content": f"{number} "})
        time.sleep(0.2)


def test_a_model_that_talks_or_is_silent_ends_with_the_task_s_time(cast, on):
    first = queued(cast, max_seconds=2)
    for reply in (Flow(drips), Raw(answer(), waits=20)):
        with on(reply):
            task = actions.queue(cast.mia, first.agent, instruction="Sort the inbox")
            began = time.monotonic()
            run(task)
        assert time.monotonic() - began < 2 + 5
        assert "its limit of 2.0 s of work" in task.why()
        assert task.seconds_worked >= 1.9


def test_no_call_begins_when_the_time_is_over(cast, on, monkeypatch):
    with on([("mail_list", {"page": number}) for number in range(1, 6)]):
        task = queued(cast)
        called = []
        monkeypatch.setattr(
            loop, "_call", lambda task, *given: called.append(setattr(task, "max_seconds", 0))
        )
        run(task)
    assert len(called) == 1
    assert "of work" in task.why()


def test_a_limit_of_cost_looks_ahead(cast, on):
    """What the task has spent is under its limit; with the most that the next call can cost it is not."""
    with on([("mail_list", {})], "never asked") as model:
        task = queued(cast)
        first = spending.most(MODEL, Transcript(task).messages(), spending.ModelRequestParameters())
        Task.objects.filter(pk=task.pk).update(max_cost_micros=first * 3, cost_micros=first * 2 + 1)
        run(task)
    assert (task.state, model.requests) == (TaskState.FAILED, [])
    assert "The next model call could take the task over its limit of" in task.why()


def test_every_client_of_a_model_is_bounded(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    providers.build.cache_clear()
    for name, _ in providers.choices()[:-1]:
        assert bounds.bound in providers.build(name).client._client.event_hooks["response"], name
    providers.build.cache_clear()
