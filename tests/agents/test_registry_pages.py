"""The registry's pages: what they show to whom, what a form refuses, what a list costs however long."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.lifecycle.agents import pause_agent, resume_agent, retire_agent, share_agent
from agents.permissions import Level
from agents.queue.models import Task
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Sorter",
    "purpose": "Sorts mail",
    "model": "offline:rules",
    "instructions": "Leave invoices alone.",
    "steps": "50",
    "tokens": "100000",
    "cost": "0.50",
    "minutes": "10",
    "asks": "3",
}


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.agent(cast.mia, cast.support, live=False, instructions="Only mine to say")


def url(name: str, agent: Agent) -> str:
    return reverse(f"registry:{name}", args=[agent.pk])


def task(agent: Agent, person: Person, instruction: str) -> Task:
    limits = {"max_steps": 1, "max_tokens": 1, "max_cost_micros": 1, "max_seconds": 1}
    return Task.objects.create(agent=agent, person=person, instruction=instruction, **limits)


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_registering_leads_to_the_agents_page_with_its_next_step(cast: Cast):
    client = as_(cast.mia)
    answer = client.post(reverse("registry:new"), NEW | {"team": cast.support.pk}, follow=True)
    made = Agent.objects.get()
    assert answer.redirect_chain == [(made.get_absolute_url(), 302)]
    limits = (made.max_steps, made.max_tokens, made.max_cost_micros, made.max_seconds, made.max_asks)
    assert limits == (50, 100_000, 500_000, 600, 3)
    assert f'href="{reverse("grants:new", args=[made.pk])}"' in answer.text
    assert "Request access" in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 81), ("name", "nul\x00"), ("purpose", ""), ("model", "made:up"),
        ("steps", "0"), ("steps", "9" * 30), ("tokens", "-1"), ("cost", "0"), ("cost", "NaN"),
        ("cost", "1e9"), ("cost", "0.001"), ("minutes", "soon"), ("instructions", "x" * 20_001), ("team", ""),
        ("team", "999999"), ("team", "x"), ("asks", "0"), ("asks", "201"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_lost(cast: Cast, field: str, value: str):
    sent = NEW | {"team": cast.support.pk, field: value}
    answer = as_(cast.mia).post(reverse("registry:new"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert field in ("instructions", "name", "purpose") or "Leave invoices alone." in answer.text
    assert not Agent.objects.exists()


def test_only_own_teams_are_offered_and_taken(cast: Cast):
    client = as_(cast.mia)
    assert "Sales" not in client.get(reverse("registry:new")).text
    answer = client.post(reverse("registry:new"), NEW | {"team": cast.sales.pk})
    assert (answer.status_code, Agent.objects.count()) == (422, 0)


def test_who_is_in_no_team_is_told_what_to_do(cast: Cast):
    assert "An admin can add you to a team" in as_(cast.finn).get(reverse("registry:new")).text
    assert "Open the teams" in as_(cast.ada).get(reverse("registry:new")).text


def test_a_taken_name_is_said_on_the_form(cast: Cast, agent: Agent):
    answer = as_(cast.mia).post(
        reverse("registry:new"), NEW | {"name": "INBOX triage", "team": cast.support.pk}
    )
    assert answer.status_code == 422
    assert "The team already has an agent with this name." in answer.text


def test_editing_keeps_a_model_that_is_gone(cast: Cast, agent: Agent):
    Agent.objects.update(model="gone:model")
    client = as_(cast.mia)
    assert "gone:model (not available here any more)" in client.get(url("edit", agent)).text
    assert client.post(url("edit", agent), NEW | {"model": "gone:model"}).status_code == 302
    assert client.post(url("edit", agent), NEW | {"model": "other:model"}).status_code == 422


def test_the_list_filters_pages_and_hides_what_is_not_theirs(cast: Cast, agent: Agent):
    pause_agent(cast.mia, builders.agent(cast.mia, cast.support, name="Quiet"))
    retire_agent(cast.lea, builders.agent(cast.lea, cast.support, name="Gone"))
    builders.agent(cast.lea, cast.support, name="Watcher", purpose="Looks at refunds")
    builders.agent(cast.olga, cast.sales, name="Hidden")

    def names(**wanted: str) -> list[str]:
        return [one.name for one in as_(cast.mia).get(reverse("registry:list"), wanted).context["page_obj"]]

    assert names() == ["Inbox triage", "Quiet", "Watcher"]
    assert names(q="REFUND") == ["Watcher"]
    assert names(q="100%_'") == []
    assert names(mine="on") == ["Inbox triage", "Quiet"]
    assert names(state="shadow") == ["Inbox triage"]
    assert names(state="live") == ["Watcher"]
    assert names(state="paused") == ["Quiet"]
    assert names(state="retired") == ["Gone"]
    assert names(state="any", team=str(cast.support.pk)) == ["Gone", "Inbox triage", "Quiet", "Watcher"]
    assert names(team=str(cast.sales.pk)) == []
    assert names(state="nonsense", team="x", page="-3") == ["Inbox triage", "Quiet", "Watcher"]
    part = as_(cast.mia).get(reverse("registry:list"), {"q": "refund"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'id="rows"' in part


def test_a_list_costs_the_same_however_long(cast: Cast, agent: Agent):
    client = as_(cast.mia)
    few = queries(client, reverse("registry:list"))
    for n in range(30):
        builders.agent(cast.lea, cast.support, name=f"Agent {n}")
    assert queries(client, reverse("registry:list")) == few


def test_an_agents_page_costs_the_same_however_much_it_holds(cast: Cast):
    agent, _ = builders.triage(cast)
    client = as_(cast.mia)
    few = queries(client, agent.get_absolute_url())
    for n in range(12):
        share_agent(cast.mia, agent, reader=list(cast.everyone().values())[n % 2], level=Level.VIEWER)
        task(agent, cast.lea, "x")
    assert queries(client, agent.get_absolute_url()) == few


def test_what_others_asked_their_tasks_to_do_is_not_shown(cast: Cast, agent: Agent):
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    task(agent, cast.lea, "A secret of Lea")
    seen = as_(cast.mia).get(agent.get_absolute_url()).text
    assert "also working for somebody else" in seen  # not for whom
    assert "A secret of Lea" not in seen
    assert "A secret of Lea" in as_(cast.lea).get(agent.get_absolute_url()).text


def test_history_is_all_of_it_in_pages(cast: Cast, agent: Agent):
    for n in range(10):  # stopped, confirmed, at work again
        pause_agent(cast.ada, agent, why=f"reason {n}")
        resume_agent(cast.ada, agent)
    first = as_(cast.lea).get(url("history", agent))
    assert "reason 9" in first.text
    assert first.context["page_obj"].paginator.count == Entry.objects.about(agent).count() == 31
