"""Whatever ends a task, the words of its model stay in its steps: managers and the trail read the kind of reason."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from portal.audit.models import Entry
from tests.agents.scripted import on, queued, run
from tests.cast import Cast, as_
from tests.openai_server import Raw

pytestmark = pytest.mark.django_db
__all__ = ["on"]
SECRET = "Berta wrote that she will have surgery"


def ended(how: str, content: str | None = SECRET) -> Callable[[dict[str, Any]], Raw]:
    """An answer that the provider breaks off, whose text the model had said by then."""

    def reply(body: dict[str, Any]) -> Raw:
        said = {"role": "assistant", "content": content, "refusal": SECRET if content is None else None}
        whole = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_780_000_000,
            "model": body["model"],
            "choices": [{"index": 0, "message": said, "finish_reason": how}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
        }
        return Raw(json.dumps(whole).encode())

    return reply


REPLIES: dict[str, list[Any]] = {
    "broken off": [ended("content_filter")],
    "the provider quotes it": [Raw(json.dumps({"error": {"message": SECRET}}).encode(), status=400)],
    "no answer at all": [Raw(SECRET.encode(), kind="text/plain")],
    "in a tool's name": [[(SECRET.replace(" ", "_"), {})]] * 4,
    "in arguments": [[("mail_list", {"page": 1, SECRET: SECRET})]] * 4,
    "in too many asks": [[("chat_post", {"to": f"{n}@example.org", "text": SECRET}) for n in range(9)]] * 3,
}


@pytest.mark.parametrize("how", REPLIES)
def test_a_failed_tasks_reason_holds_no_words_of_its_model(cast: Cast, on, how: str):
    with on(*REPLIES[how]):
        task = run(queued(cast, max_asks=4))
    assert task.state == TaskState.FAILED
    for word in ("Berta", "surgery"):
        assert word not in json.dumps(task.reason)
        assert word not in json.dumps(list(Entry.objects.values_list("details", flat=True)))
        assert word not in _shared(cast, task)


def _shared(cast: Cast, task: Task) -> str:
    """What a manager reads: the agent's page and its history, and the task, which its person shared."""
    share_agent(cast.mia, task.agent, reader=cast.lea, level=Level.MANAGER)
    if not task.shares.open().exists():
        tasks.share(cast.mia, task, reader=None)
    lea, agent = as_(cast.lea), task.agent.get_absolute_url()
    steps = [reverse("queue:step", args=[step.pk]) for step in task.steps.all()]
    pages = [lea.get(url) for url in (agent, f"{agent}history/", task.get_absolute_url(), *steps)]
    assert {page.status_code for page in pages} == {200}
    return "".join(page.text for page in pages)
