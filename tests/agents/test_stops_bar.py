"""The red bar of a stop: on which pages, for whom, with who, why and who lifts it; and what it costs."""

import re
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.connections.models import Connection
from agents.lifecycle.stops import lift_stop, set_stop
from agents.queue import actions as queue
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.people.models import Person
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
WHY = "Odd mails since noon"


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(cast.ada, cast.support)


@pytest.fixture
def agent(cast: Cast, box: Connection) -> Agent:
    made = builders.agent(cast.mia, cast.support)
    for capability in ("mail.read", "mail.move"):
        builders.grant(made, box, capability, by=cast.ada)
    return made


def bar(person: Person, url: str) -> str:
    """The text of the bars of this page."""
    found = re.search(r'<div class="bars".*?(?=<header class="head)', as_(person).get(url).text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_of_the_company_it_is_on_every_page_of_everybody(cast: Cast, agent: Agent):
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=WHY)
    for person in cast.everyone().values():
        for url in ("/", "/agents/", reverse("people:profile"), "/usage/"):
            said = bar(person, url)
            assert "Everything is stopped: no agent does anything." in said, (person, url)
            assert f"{WHY} Stopped by Ada Osei" in said
            assert "An admin can lift" in said
    assert bar(cast.mia, "/stops/") == "", "there it is listed"
    assert "Everything is stopped" in bar(cast.mia, "/agents/999999/"), "on a page that is not there, too"


@pytest.mark.parametrize("scope", [Stop.Scope.CONNECTION, Stop.Scope.CAPABILITY, Stop.Scope.AGENT])
def test_of_a_thing_it_is_on_the_pages_of_what_it_touches(
    cast: Cast, agent: Agent, box: Connection, scope: str
):
    task = queue.queue(cast.mia, agent, instruction="Read the newest")
    grant = agent.grants.first()
    other = builders.agent(cast.mia, cast.support, name="Idle")
    named: dict[str, Any] = {"connection": box} if scope == "connection" else {"capability": "mail.move"}
    set_stop(cast.ada, scope=scope, why=WHY, **({"agent": agent} if scope == "agent" else named))
    for url in (
        reverse("registry:shares", args=[agent.pk]),
        reverse("grants:of", args=[agent.pk]),
        reverse("grants:detail", args=[grant.pk]),
        reverse("queue:shares", args=[task.pk]),
        task.get_absolute_url(),
        "/",
    ):
        assert WHY in bar(cast.mia, url), url
    for url in (reverse("registry:shares", args=[other.pk]), "/agents/", reverse("people:profile")):
        assert WHY not in bar(cast.mia, url), url
    assert WHY not in bar(cast.olga, "/"), "nothing of hers is touched"


def test_a_page_that_says_it_itself_says_it_once(cast: Cast, agent: Agent, box: Connection):
    set_stop(cast.ada, scope=Stop.Scope.AGENT, agent=agent, why=WHY)
    assert WHY not in bar(cast.mia, agent.get_absolute_url())
    assert WHY in as_(cast.mia).get(agent.get_absolute_url()).text
    set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=box, why="The box is full")
    assert "The box is full" not in bar(cast.ada, box.get_absolute_url())
    assert "The box is full" in bar(cast.mia, agent.get_absolute_url()), "another thing than the page's own"


def test_nobody_learns_of_what_they_cannot_see(cast: Cast, agent: Agent):
    set_stop(cast.ada, scope=Stop.Scope.AGENT, agent=agent, why=WHY)
    answer = as_(cast.olga).get(agent.get_absolute_url())
    assert answer.status_code == 404
    assert WHY not in answer.text


def test_what_somebody_stopped_themselves_is_no_news_on_their_start_page(cast: Cast, agent: Agent):
    set_stop(cast.mia, scope=Stop.Scope.AGENT, agent=agent, why=WHY)
    assert bar(cast.mia, "/") == ""
    assert WHY in bar(cast.mia, reverse("registry:shares", args=[agent.pk]))


def test_it_goes_when_the_stop_is_lifted(cast: Cast, agent: Agent):
    stop = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=WHY)
    lift_stop(cast.ada, stop)
    assert bar(cast.mia, "/") == bar(cast.mia, "/agents/") == ""


def test_many_are_said_in_few_lines(cast: Cast, agent: Agent, box: Connection):
    for capability in ("mail.read", "mail.move"):
        set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability=capability, why=WHY)
    set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=box, why=WHY)
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=WHY)
    said = bar(cast.mia, "/")
    assert said.count("Stopped by") == 3
    assert "More is stopped." in said


def test_words_of_the_person_who_stopped_are_no_markup(cast: Cast, agent: Agent):
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="<script>alert(1)</script>")
    assert "<script>alert" not in as_(cast.mia).get("/agents/").text


def statements(person: Person, url: str) -> list[str]:
    client = as_(person)
    client.get(url)
    with CaptureQueriesContext(database) as seen:
        client.get(url)
    return [one["sql"] for one in seen.captured_queries]


def test_it_takes_one_query_and_none_where_nothing_is_stopped(cast: Cast, agent: Agent):
    pages = ("/agents/", reverse("registry:shares", args=[agent.pk]), reverse("people:profile"), "/")
    before = {url: len(statements(cast.mia, url)) for url in pages}
    for url in pages[:3]:
        seen = [sql for sql in statements(cast.mia, url) if '"agents_stop"' in sql]
        assert [sql for sql in seen if "counted" not in sql] == [], "the rail's statement alone"
    set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.move", why=WHY)
    for url in pages:
        assert len(statements(cast.mia, url)) <= before[url] + 1, url
