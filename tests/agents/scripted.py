"""A task on a scripted model behind the real OpenAI protocol, for the tests of the loop."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import pytest
from django.db.models.functions import Now

from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.registry import actions as registry
from agents.runtime import loop, providers
from tests import builders
from tests.cast import Cast
from tests.openai_server import Model, serving

MODEL = "openai:gpt-5-mini"


class On(Protocol):
    def __call__(self, *replies: Any, failures: int = 0) -> AbstractContextManager[Model]: ...


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> On:
    """Point the portal at a scripted model: ``with on("said", …) as model``."""

    @contextmanager
    def use(*replies: Any, failures: int = 0) -> Iterator[Model]:
        with serving(*replies, failures=failures) as model:
            monkeypatch.setenv("OPENAI_BASE_URL", model.url)
            monkeypatch.setenv("OPENAI_API_KEY", "test")
            providers.build.cache_clear()
            yield model
            providers.build.cache_clear()

    return use


def queued(cast: Cast, instruction: str = "Sort the inbox, label it Hello.", **fields: object) -> Task:
    agent, _ = builders.triage(cast)
    chat = builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    agent = registry.go_live(cast.ada, registry.edit(cast.mia, agent, model=MODEL, **fields))
    return builders.unnarrowed(tasks.queue(cast.mia, agent, instruction=instruction))


def run(task: Task) -> Task:
    """Until it has ended, or waits for a person: what it waits for trouble to pass is skipped."""
    loop.run(task.pk)
    task.refresh_from_db()
    while task.put_off:
        Task.objects.filter(pk=task.pk).update(due_at=Now())
        loop.run(task.pk)
        task.refresh_from_db()
    return task


def tool_results(model: Model) -> list[dict]:
    return [json.loads(one["content"]) for one in model.requests[-1]["messages"] if one["role"] == "tool"]
