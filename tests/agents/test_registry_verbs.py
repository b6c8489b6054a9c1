"""The registry's verbs through its pages: stop, resume, go live, share, hand over, retire."""

import pytest
from django.urls import reverse

from agents.connections import actions as connections
from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.registry.models import Agent
from portal.people.models import Person
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.agent(cast.mia, cast.support, live=False)


def url(name: str, agent: Agent) -> str:
    return reverse(f"registry:{name}", args=[agent.pk])


def post(person: Person, name: str, agent: Agent, **sent: object):
    return as_(person).post(url(name, agent), sent, follow=True)


@pytest.mark.parametrize("name", ["resumption", "shadow", "unshare"])
def test_reading_an_address_changes_nothing(cast: Cast, agent: Agent, name: str):
    assert as_(cast.mia).get(url(name, agent)).status_code == 405


def test_an_admin_and_an_operator_stop_it_and_a_viewer_does_not(cast: Cast, agent: Agent):
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.OPERATOR)
    assert post(cast.lea, "stop", agent).status_code == 403
    for person in (cast.ada, cast.olga):
        answer = post(person, "stop", agent, why="Wrong labels")
        agent.refresh_from_db()
        assert agent.state == Agent.State.PAUSED
        assert "Resume this agent" in answer.text
        assert "Wrong labels" in answer.text
        post(person, "resumption", agent)
        agent.refresh_from_db()
        assert agent.state == Agent.State.ACTIVE
    assert "is not stopped" in post(cast.mia, "resumption", agent).text


@pytest.mark.parametrize("words", ["olga.petrova@example.com", "OLGA petrova", " Olga Petrova "])
def test_sharing_by_mail_or_name(cast: Cast, agent: Agent, words: str):
    answer = post(cast.mia, "shares", agent, reader=words, level="operator")
    assert "Inbox triage is shared with Olga Petrova now" in answer.text
    assert agent.permits(cast.olga, "agents.operate_agent")


def test_sharing_with_a_team_and_ending_it(cast: Cast, agent: Agent):
    assert (
        "Inbox triage is shared with Sales now"
        in post(cast.mia, "shares", agent, reader="sales", level="viewer").text
    )
    assert as_(cast.olga).get(agent.get_absolute_url()).status_code == 200
    ended = post(cast.mia, "unshare", agent, share=f"team-{cast.sales.pk}")
    assert "Sales can no longer use" in ended.text
    assert as_(cast.olga).get(agent.get_absolute_url()).status_code == 404
    assert "has already ended" in post(cast.mia, "unshare", agent, share=f"team-{cast.sales.pk}").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reader": "nobody", "level": "viewer"}, "Nobody here has the e-mail or the name"),
        ({"reader": "", "level": "viewer"}, "This field is required"),
        ({"reader": "Olga Petrova", "level": "king"}, "Select a valid choice"),
        ({"reader": "Mia Park", "level": "viewer"}, "The owner always manages the agent"),
        ({"reader": "x\x00y", "level": "viewer"}, "Null characters are not allowed"),
    ],
)
def test_a_share_that_cannot_be_is_said(cast: Cast, agent: Agent, sent: dict[str, str], said: str):
    answer = as_(cast.mia).post(url("shares", agent), sent)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_name_that_several_have_asks_for_the_mail(cast: Cast, agent: Agent):
    Person.objects.filter(pk=cast.aud.pk).update(display_name="Olga Petrova")
    answer = as_(cast.mia).post(url("shares", agent), {"reader": "Olga Petrova", "level": "viewer"})
    assert "is the name of several" in answer.text


def test_the_owners_share_cannot_be_ended(cast: Cast, agent: Agent):
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.MANAGER)
    answer = post(cast.lea, "unshare", agent, share=f"person-{cast.mia.pk}")
    assert "The owner always manages" in answer.text
    assert agent.permits(cast.mia, "agents.manage_agent")


def test_handing_over_within_the_team(cast: Cast, agent: Agent):
    form = as_(cast.mia).get(url("owner", agent)).text
    assert "Lea Brandt" in form
    assert "Olga Petrova" not in form
    assert as_(cast.mia).post(url("owner", agent), {"owner": cast.olga.pk}).status_code == 422
    assert "Lea Brandt owns" in post(cast.mia, "owner", agent, owner=cast.lea.pk).text
    assert as_(cast.mia).get(url("edit", agent)).status_code == 403


def test_retiring_says_what_ends_first(cast: Cast):
    agent, box = builders.triage(cast)
    asked = as_(cast.mia).get(url("retirement", agent)).text
    assert f"{len(box.connector.capabilities)} grants end" in asked
    assert "No task is running" in asked
    agent.refresh_from_db()
    assert agent.state == Agent.State.ACTIVE
    done = post(cast.mia, "retirement", agent).text
    assert "is retired" in done
    for gone in ("Stop this agent", "Queue a task", ">Edit<", "Request access"):
        assert gone not in done
    assert "cannot be changed any more" in post(cast.mia, "retirement", agent).text


def test_a_sharing_manager_is_warned_of_personal_connections(cast: Cast, agent: Agent):
    assert "personal connection" not in as_(cast.mia).get(url("shares", agent)).text
    path = builders.maildir(cast.mia.email)
    mine = connections.add(
        cast.mia, kind="mail", name="Mine", settings={"path": str(path), "address": cast.mia.email}
    )
    builders.grant(agent, mine, "mail.read", by=cast.mia)
    assert "uses a personal connection" in as_(cast.mia).get(url("shares", agent)).text
    assert "in Mine" in as_(cast.mia).get(url("owner", agent)).text
