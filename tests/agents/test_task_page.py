"""The page of one task: live, step by step, folded, paged, with its texts for its own person only."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.connections.models import Connection
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.agents import share_agent
from agents.lifecycle.tasks import cancel_task, fail_task, finish_task, park_task
from agents.permissions import Level
from agents.queue import actions
from agents.queue.models import Call, Task
from agents.queue.story import CALLS_AT_ONCE
from agents.registry.models import Agent
from portal.reasons import because
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def working(cast: Cast) -> tuple[Agent, Connection]:
    return builders.triage(cast)


@pytest.fixture
def task(cast: Cast, working: tuple[Agent, Connection]) -> Task:
    return transcripts.running(cast.mia, working[0], "Sort the secret inbox")


@pytest.fixture
def grant(working: tuple[Agent, Connection]) -> Grant:
    return working[0].grants.get(capability="mail.read")


def body(cast: Cast, task: Task, **query: object) -> str:
    return as_(cast.mia).get(task.get_absolute_url(), query).content.decode()  # type: ignore[arg-type]


def test_nothing_new_is_no_content(cast: Cast, task: Task, grant: Grant) -> None:
    client = as_(cast.mia)
    seen = client.get(task.get_absolute_url()).context["version"]
    again = client.get(task.get_absolute_url(), {"seen": seen}, headers=HTMX)
    assert (again.status_code, again.content) == (204, b"")
    transcripts.calls(transcripts.step(task), grant, 1, state=Call.State.STARTED)
    news = client.get(task.get_absolute_url(), {"seen": seen}, headers=HTMX)
    assert news.status_code == 200
    assert "<html" not in news.content.decode()
    assert 'id="task-state"' not in news.content.decode()  # the state is as it was: nothing to read out
    cancel_task(cast.mia, task)
    ended = client.get(
        task.get_absolute_url(), {"seen": news.context["version"]}, headers=HTMX
    ).content.decode()
    assert 'id="task-state"' in ended
    assert "every 2s" not in ended
    assert "Run it again" in ended


def test_every_change_is_a_change(cast: Cast, task: Task, working: tuple[Agent, Connection]) -> None:
    agent, _ = working
    chat = builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    client, versions = as_(cast.mia), []

    def look() -> None:
        versions.append(client.get(task.get_absolute_url()).context["version"])

    look()
    call = transcripts.asking(task, chat, to="lea.brandt@example.com")
    look()
    park_task(task, counts={})
    look()
    client.post(reverse("approvals:answer", args=[call.approval.pk]), {"answer": "no"})
    look()
    cancel_task(cast.mia, task)
    look()
    assert len(set(versions)) == len(versions)


def test_alike_calls_of_a_step_are_one_line(cast: Cast, task: Task, grant: Grant) -> None:
    step = transcripts.step(task, text="I read the new ones.")
    transcripts.calls(step, grant, 20)
    denied = {"verdict": "deny", "state": Call.State.DENIED, "summary": ""}
    transcripts.calls(
        step, grant, 1, reasons=[{"code": "x", "params": {"earlier": "Not in this folder."}}], **denied
    )
    shown = body(cast, task)
    assert shown.count("Read messages, 20 times") == 1
    assert "Read message number 3" not in shown
    assert "Not in this folder." in shown
    assert "I read the new ones." in shown
    first = step.calls.order_by("position").first()
    opened = as_(cast.mia).get(
        reverse("queue:step", args=[step.pk]), {"like": first.pk if first else 0}, headers=HTMX
    )
    assert opened.content.decode().count("Read message number") == 20
    whole = as_(cast.mia).get(reverse("queue:step", args=[step.pk])).content.decode()
    assert whole.count("Read message") == 21
    assert "denied" in whole


def test_what_waits_hangs_or_failed_stands_alone(cast: Cast, task: Task, grant: Grant) -> None:
    step = transcripts.step(task)
    transcripts.calls(step, grant, 4, state=Call.State.UNKNOWN)
    for one in range(4):
        transcripts.calls(step, grant, 1, state=Call.State.FAILED, summary=f"Trouble {one}")
    assert len(as_(cast.mia).get(task.get_absolute_url()).context["story"].steps[0].lines) == 8


def test_queries_do_not_grow_with_the_calls(cast: Cast, task: Task, grant: Grant) -> None:
    client = as_(cast.mia)

    def asked() -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(task.get_absolute_url()).status_code == 200
        return len(queries)

    transcripts.calls(transcripts.step(task, 1), grant, 5, state=Call.State.UNKNOWN)
    few = asked()
    for number in range(2, 11):
        transcripts.calls(transcripts.step(task, number), grant, 5, state=Call.State.UNKNOWN)
    assert asked() == few
    with CaptureQueriesContext(database) as queries:
        seen = client.get(task.get_absolute_url()).context["version"]
        before = len(queries)
        assert client.get(task.get_absolute_url(), {"seen": seen}, headers=HTMX).status_code == 204
    assert len(queries) - before <= 6


def test_a_long_task_is_paged_from_its_end(cast: Cast, task: Task, grant: Grant) -> None:
    for number in range(1, 13):
        transcripts.calls(transcripts.step(task, number), grant, 50)
    latest = as_(cast.mia).get(task.get_absolute_url())
    numbers, pages = [], 0
    story = latest.context["story"]
    while True:
        pages += 1
        numbers += [told.step.number for told in story.steps]
        assert sum(len(line.calls) for told in story.steps for line in told.lines) <= CALLS_AT_ONCE
        if story.earlier is None:
            break
        older = as_(cast.mia).get(task.get_absolute_url(), {"before": story.earlier})
        assert "Show the latest steps" in older.content.decode()
        assert "every 2s" not in older.content.decode()
        story = older.context["story"]
    assert numbers == list(range(12, 0, -1))
    assert pages == 3
    assert body(cast, task, before="nonsense")


def test_whom_it_is_shared_with_sees_what_happened_but_no_texts(
    cast: Cast, working: tuple[Agent, Connection], task: Task, grant: Grant
) -> None:
    share_agent(cast.mia, working[0], reader=cast.finn, level=Level.MANAGER)
    assert as_(cast.finn).get(task.get_absolute_url()).status_code == 404
    actions.share(cast.mia, task, reader=None)
    transcripts.calls(transcripts.step(task, text="My private thought"), grant, 1)
    finish_task("test", task, result="The secret result", counts={"read": 1})
    own, managers = body(cast, task), as_(cast.finn).get(task.get_absolute_url()).content.decode()
    for private in ("secret", "My private thought", "1,234", "$0.0050", "Tokens"):
        assert private in own, private
        assert private not in managers, private
    assert "Read messages" in managers
    assert "Read message number 0" not in managers, "which one is in the agent's words"
    assert "A task for Mia Park" in managers
    assert "Run it again" not in managers


def test_one_call_in_full(cast: Cast, task: Task, grant: Grant) -> None:
    (call,) = transcripts.calls(transcripts.step(task), grant, 1, result={"text": "<b>x</b>" + "y" * 30_000})
    shown = as_(cast.mia).get(reverse("queue:call", args=[call.pk])).content.decode()
    assert "Allowed by the grant until " in shown
    assert f"""<a href="{grant.get_absolute_url()}">{grant.decided_by}'s grant</a>""" in shown
    assert "message-0" in shown
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert "characters more" in shown
    part = as_(cast.mia).get(reverse("queue:call", args=[call.pk]), headers=HTMX).content.decode()
    assert "<html" not in part
    assert "message-0" in part


def test_the_end_says_what_came_of_it(cast: Cast, working: tuple[Agent, Connection], task: Task) -> None:
    fail_task("test", task, reason=because("limit_steps", most=2), counts={"read": 2})
    shown = body(cast, task)
    assert "its limit of 2 steps" in shown
    assert "read 2" in shown
    assert f"{reverse('queue:new', args=[working[0].pk])}?again={task.pk}" in shown


def test_a_task_that_is_done_says_what_it_did_and_reports(cast: Cast, task: Task) -> None:
    finish_task("test", task, result="All sorted.", counts={"read": 2})
    shown = body(cast, task)
    assert "<h2>What it did</h2>" in shown
    assert "<h3>Final report</h3>" in shown
