"""What this app brings to the start page: what waits for whom, and how to begin."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents import home
from agents.connections.models import Connection
from agents.grants import actions as grants
from agents.lifecycle.tasks import cancel_task, park_task
from agents.queue import actions
from agents.registry.models import Agent
from portal.people.models import Person
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def chatting(cast: Cast) -> tuple[Agent, Connection]:
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    builders.grant(agent, chat, "chat.post", by=cast.ada, days=5, terms=grants.Terms(always_ask=True))
    return agent, chat


def shown(person: Person) -> str:
    answer = as_(person).get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_agents_it_invites(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    assert "Register your first agent" in shown(cast.olga)
    assert "Register your first agent" not in shown(cast.aud)  # in no team, so there is nothing to begin
    assert "Queue your first task" in shown(cast.mia)


def test_what_waits_comes_first(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    agent, chat = chatting
    task = transcripts.running(cast.mia, agent)
    transcripts.asking(task, chat, to="lea.brandt@example.com")
    park_task(task, counts={"read": 3})
    page = shown(cast.mia)
    places = [
        page.index(words)
        for words in ("1 ask waits for you", "1 task under way", "Grants that end within a week")
    ]
    assert places == sorted(places)
    assert "ask waits" not in shown(cast.lea)


def test_requests_reach_those_who_decide(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    agent, chat = chatting
    live = agent.grants.get()
    grants.request(
        cast.mia,
        agent=agent,
        connection=chat,
        wanted={"chat.post": grants.Terms()},
        ends_at=live.ends_at,
        why="another week",
    )
    assert "1 request waits for your decision" in shown(cast.ada)
    assert "for your decision" not in shown(cast.mia)


def test_tasks_refresh_by_themselves_while_under_way(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    task = builders.unnarrowed(actions.queue(cast.mia, chatting[0], instruction="Post something"))
    url, htmx = reverse("queue:latest"), {"HX-Request": "true"}
    part = as_(cast.mia).get(url, headers=htmx).content.decode()
    assert part.strip().startswith("<section")
    assert 'hx-trigger="every' in part
    cancel_task(cast.mia, task)
    part = as_(cast.mia).get(url, headers=htmx).content.decode()
    assert "stopped" in part
    assert 'hx-trigger="every' not in part


def test_queries_do_not_grow(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    agent, chat = chatting
    client = as_(cast.mia)

    def one_more() -> None:
        task = transcripts.running(cast.mia, agent)
        transcripts.asking(task, chat, to="lea.brandt@example.com")

    def asked() -> int:
        with CaptureQueriesContext(database) as queries:
            client.get(reverse("home"))
        return len(queries)

    one_more()
    few = asked()
    for _ in range(4):
        one_more()
    assert asked() == few


def test_parts_name_what_needs_the_reader(cast: Cast, chatting: tuple[Agent, Connection]) -> None:
    task = transcripts.running(cast.mia, chatting[0])
    transcripts.asking(task, chatting[1], to="lea.brandt@example.com")
    request = as_(cast.mia).get(reverse("home")).wsgi_request
    assert sum(part.count for part in home.parts(request)) == 1
