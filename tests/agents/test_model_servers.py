"""A model server that hangs, drips, floods, lies or fails: the task ends in time with its reason, its page opens.

``python -m tests.bench.model_servers`` prints the times.
"""

import time
from collections.abc import Iterator

import pytest
from django.urls import reverse

from agents.queue.states import TaskState
from tests.agents.model_servers import SERVERS
from tests.agents.scripted import on, queued, run
from tests.cast import as_

pytestmark = pytest.mark.django_db
__all__ = ["on"]
GRACE = 5.0  # seconds after the task's limit
OPENS = 1.0  # seconds that its page may take, the best of three


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    lines: list[str] = []
    yield lines
    print("\n| Server | limit | ended after | page | of |", "|---|---|---|---|---|", *lines, sep="\n")


@pytest.mark.parametrize("name", SERVERS)
def test_it_ends_in_time_with_its_reason_and_its_page_opens(cast, on, table, name):
    server = SERVERS[name]
    task = queued(cast, max_seconds=server.seconds)
    with on(server.reply):
        began = time.monotonic()
        run(task)
        took = time.monotonic() - began + task.seconds_waited  # ``run`` skips what it waits
    assert (task.state, server.why in task.why()) == (server.state, True), task.why()
    assert "sk-123" not in task.why()
    assert took <= server.seconds + GRACE
    browser, url = as_(cast.mia), reverse("queue:detail", args=[task.pk])
    opened, size = [], 0
    for _ in range(3):
        began = time.monotonic()
        page = browser.get(url)
        opened.append(time.monotonic() - began)
        size = len(page.content)
    assert page.status_code == 200
    assert server.state == TaskState.SUCCEEDED or task.why().split(". ")[0][:40] in page.content.decode()
    assert min(opened) < OPENS
    table.append(
        f"| {name} | {server.seconds} s | {took:.1f} s | {min(opened):.2f} s | {size / 1000:,.0f} kB |"
    )
