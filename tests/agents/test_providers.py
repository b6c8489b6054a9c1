"""Models behind HTTP: which there are, and whatever a server says instead of an answer ends the task in words."""

import json
import time

import pytest

from agents.queue.states import TaskState
from agents.runtime import bounds, providers, trouble
from agents.runtime.providers import OFFLINE, UnknownModel
from metering.usage.models import UsageEvent
from portal.reasons import because, render_reason
from tests.agents.scripted import on, queued, run, tool_results
from tests.openai_server import Raw, serving

pytestmark = pytest.mark.django_db
__all__ = ["on"]


def answer(**changes: object) -> bytes:
    message = {"role": "assistant", "content": "Done."}
    whole = {
        "id": "x",
        "object": "chat.completion",
        "created": 1_780_000_000,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6},
    }
    return json.dumps({**whole, **changes}).encode()


NONSENSE = {
    "a page": Raw(b"<html>Bad gateway, but 200</html>", kind="text/html"),
    "broken JSON": Raw(b'{"choices": ['),
    "nothing": Raw(b""),
    "a list": Raw(b"[1, 2]"),
    "an error as 200": Raw(b'{"error": {"message": "no such model"}}'),
    "HTTP 400": Raw(b'{"error": {"message": "too long"}}', 400),
    "HTTP 401": Raw(b'{"error": {"message": "wrong key sk-123"}}', 401),
    "HTTP 404": Raw(b"no such thing", 404, "text/plain"),
    "HTTP 429": Raw(b'{"error": {"message": "slow down"}}', 429),
    "HTTP 500": Raw(b"", 500),
}


REFUSED, PASSING = ("refused the request", 1), ("did not answer", 7)  # in a minute, with growing waits
TRIES = {
    "HTTP 400": REFUSED,
    "HTTP 401": REFUSED,
    "HTTP 404": REFUSED,
    "HTTP 429": PASSING,
    "HTTP 500": PASSING,
}


@pytest.mark.parametrize("what", NONSENSE)
def test_whatever_is_no_answer_fails_the_task_with_what_to_do(cast, on, what, caplog):
    with on(NONSENSE[what]) as model:
        task = run(queued(cast, max_seconds=60))
    said, tries = TRIES.get(what, ("did not answer", trouble.STRANGE))
    assert task.state == TaskState.FAILED
    assert f"openai:gpt-5-mini {said} (" in task.why()
    assert "Run the task again later, or choose another model" in task.why()
    assert (what in task.why()) == what.startswith("HTTP")
    assert "sk-123" not in task.why() + caplog.text
    assert len(model.requests) == tries  # and the client did not try by itself in between
    assert not UsageEvent.objects.filter(task=str(task.pk)).exists()


def test_an_answer_that_lacks_what_is_not_needed_is_an_answer(cast, on):
    with on(Raw(answer(usage=None))):
        task = run(queued(cast))
    assert (task.state, task.result) == (TaskState.SUCCEEDED, "Done."), task.why()


@pytest.mark.parametrize(
    "arguments",
    [
        '{"page": NaN}',
        '{"page": 1e999}',
        '{"page": ' + "9" * 5_000 + "}",
        '{"page": ' + "[" * 2_000 + "]" * 2_000 + "}",
        '{"page": "\\u0000\\ud800"}',
        '{"page": 1, "page": "two"}',
        '{"\\u0000": 1}',
        '"page"',
        "null",
        "",
        "{" * 10_000,
    ],
    ids=lambda text: text[:20],
)
def test_arguments_however_strange_are_decided_on_and_answered(cast, on, arguments):
    with on([("mail_list", arguments)], "I see.") as model:
        task = run(queued(cast))
        told = tool_results(model)[0]
    assert (task.state, task.result) == (TaskState.SUCCEEDED, "I see."), task.why()
    assert told["status"] in ("denied", "done")


def test_names_however_strange_are_no_tool(cast, on):
    with on([("x" * 500, {}), ("mail.list\x00", {}), ("", {}), ("mail_list_99", {})], "I see.") as model:
        task = run(queued(cast))
        told = [one["status"] for one in tool_results(model)]
    assert (task.state, told) == (TaskState.SUCCEEDED, ["denied"] * 4), task.why()


def test_a_server_that_hangs_is_left_after_its_time(cast, on, monkeypatch):
    asks = bounds.model_request_stream

    def hurried(*args, **kwargs):
        return asks(*args, **{**kwargs, "model_settings": {"timeout": 1.0}})

    monkeypatch.setattr(bounds, "model_request_stream", hurried)
    with on(Raw(answer(), waits=3)) as model:
        began = time.monotonic()
        task = run(queued(cast, max_seconds=10))
    assert time.monotonic() - began < 30
    assert (task.state, len(model.requests) in (2, 3)) == (TaskState.FAILED, True)


def test_nobody_there_at_all(cast, on, monkeypatch):
    with serving("x") as gone:
        pass
    with on("x"):
        monkeypatch.setenv("OPENAI_BASE_URL", gone.url)
        task = run(queued(cast, max_seconds=60))
    assert "did not answer (ModelConnectionError, 7 times)" in task.why()


def test_which_models_there_are(monkeypatch, settings):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert [name for name, _ in providers.choices()] == [OFFLINE] == [providers.default()]
    settings.OPENAI_MODELS, settings.ANTHROPIC_MODELS = ["a", "b"], ["c"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert [name for name, _ in providers.choices()] == ["anthropic:c", "openai:a", "openai:b", OFFLINE]
    providers.build.cache_clear()
    for name in ("anthropic:c", "openai:a"):
        assert providers.build(name).client.max_retries == 0
    providers.build.cache_clear()


@pytest.mark.parametrize("name", ["openai:gone", "ollama:x", "", "offline", "openai:"])
def test_a_model_that_is_not_here_says_what_to_do(name, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    providers.build.cache_clear()
    with pytest.raises(UnknownModel) as unknown:
        providers.build(name)
    why = because("model_unknown", model=unknown.value.name, provider=unknown.value.provider)
    assert "Choose another on the agent's page" in render_reason(why)
