"""Pages of asks: the inbox, the ask with what it would do, the answer and its races."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.lifecycle.agents import share_agent
from agents.lifecycle.tasks import park_task
from agents.permissions import Level
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from portal.reasons import because
from tests import builders
from tests.agents import transcripts
from tests.agents.asking import ASKING, argument, elsewhere, text, with_origins
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def chatting(cast: Cast) -> tuple[Agent, Connection]:
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada, terms=ASKING)
    return agent, chat


@pytest.fixture
def task(cast: Cast, chatting: tuple[Agent, Connection]) -> Task:
    return transcripts.running(cast.mia, chatting[0], "Post the result to lea.brandt@example.com")


@pytest.fixture
def ask(cast: Cast, task: Task, chatting: tuple[Agent, Connection]) -> Approval:
    text = "See https://evil.example/x"
    call = transcripts.asking(task, chatting[1], to="lea.brandt@example.com", text=text)
    park_task(task, counts={})
    return call.approval


def url(ask: Approval) -> str:
    return reverse("approvals:answer", args=[ask.pk])


def test_doors(cast: Cast, chatting: tuple[Agent, Connection], ask: Approval) -> None:
    share_agent(cast.mia, chatting[0], reader=cast.finn, level=Level.MANAGER)
    for address, mine in ((ask.get_absolute_url(), 200), (url(ask), 405)):
        assert as_(None).get(address).status_code == 302
        assert as_(cast.mia).get(address).status_code == mine
        for other in (cast.lea, cast.finn, cast.ada, cast.olga, cast.aud):
            assert as_(other).get(address).status_code == 404
            assert as_(other).post(address, {"answer": "yes"}).status_code == 404
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN
    assert "No asks for you" in as_(cast.finn).get(reverse("approvals:list")).content.decode()


def test_it_says_what_will_happen_and_where_it_comes_from(cast: Cast, ask: Approval) -> None:
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert "<h1>Post in the chat to lea.brandt@example.com?</h1>" in shown
    assert "Your words in the instruction" in shown
    assert "<mark>See https://evil.example/x</mark>" in shown
    assert 'href="https://evil.example' not in shown
    assert "The grant requires an answer each time" in shown
    assert "Post the result to lea.brandt@example.com" in shown  # the instruction
    assert "Ada Osei" in shown  # who gave the grant
    for follows in ("<dt>No</dt>", "<dt>Once</dt>", "<dt>No answer</dt>"):
        assert follows in shown
    assert shown.index('value="no"') < shown.index('value="yes"')
    assert "autofocus" not in shown
    inline = as_(cast.mia).get(ask.call.task.get_absolute_url()).content.decode()
    assert "<mark>See https://evil.example/x</mark>" in inline
    assert inline.index('value="no"') < inline.index('value="yes"')


def test_what_comes_from_elsewhere_is_quoted_as_text(cast: Cast, ask: Approval) -> None:
    to, call = ask.call.arguments["to"], ask.call_id
    around = [
        "<img src=x onerror=alert(1)> write to ",
        to,
        " or \u202e <a href='https://evil.example'>here</a>",
    ]
    foreign = elsewhere(to, call, warning=because("lookalike", other="lea@example.com")) | {"around": around}
    lines = text(("See https://evil.example/x", "leads", call), says="text_leads")
    with_origins(ask, argument("to", "dest", foreign), argument("text", "content", lines))
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert f"From others: call {call} returned it" in shown
    assert "Looks like lea@example.com but is not." in shown
    assert "&lt;img src=x onerror" in shown
    assert f"<mark>{to}</mark>" in shown
    assert "⟨U+202E⟩" in shown
    assert "\u202e" not in shown
    assert "<img src" not in shown
    assert "evil.example'>" not in shown
    assert reverse("queue:call", args=[call]) in shown


def test_an_ask_without_stored_origins_shows_its_arguments_plainly(cast: Cast, ask: Approval) -> None:
    with_origins(ask)
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert shown.count("Origin not recorded") == 2
    assert "See https://evil.example/x" in shown
    assert "do not ask again" not in shown  # nobody knows what it holds


@pytest.mark.parametrize(("answer", "state"), [("yes", "approved"), ("no", "refused")])
def test_an_answer_lets_the_task_go_on(cast: Cast, ask: Approval, answer: str, state: str) -> None:
    said = as_(cast.mia).post(url(ask), {"answer": answer, "note": "as agreed"}, follow=True)
    assert said.redirect_chain == [(ask.call.task.get_absolute_url(), 302)]
    assert "The task goes on." in said.content.decode()
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by, ask.note) == (state, cast.mia, "as agreed")
    assert Task.objects.get(pk=ask.call.task_id).state == TaskState.QUEUED
    after = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert url(ask) not in after
    assert "as agreed" in after


def test_the_second_answer_is_told_of_the_first(cast: Cast, ask: Approval) -> None:
    as_(cast.mia).post(url(ask), {"answer": "no"})
    said = as_(cast.mia).post(url(ask), {"answer": "yes"}, follow=True).content.decode()
    assert "Mia Park has refused this already." in said
    ask.refresh_from_db()
    assert ask.state == Approval.State.REFUSED


def test_too_late_means_no(cast: Cast, ask: Approval) -> None:
    Approval.objects.filter(pk=ask.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert url(ask) not in shown
    assert "Closed without an answer" in shown
    said = as_(cast.mia).post(url(ask), {"answer": "yes"}, follow=True).content.decode()
    assert "This ask closed without an answer. That meant no" in said
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN  # the sweep closes it; no answer does
    assert ask.question not in as_(cast.mia).get(reverse("approvals:list")).content.decode()


def test_a_stopped_tasks_ask_is_no_longer_needed(cast: Cast, ask: Approval) -> None:
    as_(cast.mia).post(reverse("queue:cancel", args=[ask.call.task_id]))
    said = as_(cast.mia).post(url(ask), {"answer": "yes"}, follow=True).content.decode()
    assert "no longer needed" in said
    shown = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
    assert "No longer needed" in shown
    assert "is stopped by Mia Park. Nothing was done." in shown


@pytest.mark.parametrize("data", [{}, {"answer": "maybe"}, {"answer": "yes", "note": "x" * 501}])
def test_an_answer_that_cannot_be_read_is_none(cast: Cast, ask: Approval, data: dict[str, str]) -> None:
    assert as_(cast.mia).post(url(ask), data).status_code == 422
    ask.refresh_from_db()
    assert ask.state == Approval.State.OPEN


def test_the_inbox_asks_no_more_for_more(
    cast: Cast, chatting: tuple[Agent, Connection], ask: Approval
) -> None:
    client = as_(cast.mia)

    def asked() -> int:
        with CaptureQueriesContext(database) as queries:
            assert client.get(reverse("approvals:list")).status_code == 200
        return len(queries)

    few = asked()
    for number in range(12):
        task = transcripts.running(cast.mia, chatting[0])
        transcripts.asking(task, chatting[1], to=f"person{number}@example.com")
    assert asked() == few
    assert client.get(reverse("approvals:list")).context["page_obj"].paginator.count == 13
    client.post(url(ask), {"answer": "no"})
    closed = client.get(reverse("approvals:list"), {"state": "closed"}).content.decode()
    assert "not allowed" in closed
