"""Going live: a decision of who grants on what the agent uses, with the record in view; and the way back."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.lifecycle.agents import share_agent
from agents.lifecycle.grants import revoke_grant
from agents.pages.registry import going_live
from agents.permissions import Level
from agents.registry import actions as registry
from agents.registry.models import Agent
from portal.audit.models import Entry
from portal.people.models import Person
from portal.reasons import because
from tests import builders
from tests.agents.gated import Scene
from tests.agents.shadowed import box, in_shadow, look
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast: Cast) -> Scene:
    made = in_shadow(cast)
    made.call("mail.label", message=made.message(), label="Invoices")
    box(made).label(made.message(), "Invoices")
    look(made)
    return made


def url(agent: Agent, name: str = "live") -> str:
    return reverse(f"registry:{name}", args=[agent.pk])


def decide(person: Person, agent: Agent, seen: str | None = None):
    """Open the page, press its button."""
    browser = as_(person)
    if seen is None:
        found = re.search(r'name="seen" value="([^"]+)"', browser.get(url(agent)).text)
        seen = found[1] if found else ""
    answer = browser.post(url(agent), {"seen": seen}, follow=True)
    agent.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("lea", 403), ("mia", 403), ("finn", 404), ("aud", 404), ("olga", 404)]
)
def test_who_grants_on_what_it_uses_decides_and_nobody_else(here: Scene, cast: Cast, who: str, status: int):
    answer = decide(getattr(cast, who), here.agent)
    assert answer.status_code == status
    assert (here.agent.mode == Agent.Mode.LIVE) is (status == 200)


def test_the_decision_keeps_who_when_and_what_was_in_view(here: Scene, cast: Cast):
    text = as_(cast.ada).get(url(here.agent)).text
    assert "abel messages" in text
    assert "it really does it" in text
    assert "ead messages on" not in text, "reading does not change"
    assert "acts for real" in decide(cast.ada, here.agent).text
    assert here.agent.live_by == cast.ada
    assert here.agent.live_at is not None
    entry = Entry.objects.about(here.agent).get(event="agent.went_live", actor=cast.ada)
    assert entry.details["in_view"] == {"mail.label": because("agreed_few")}
    assert len(entry.details["grants"]) == here.agent.grants.live().count() > 1
    page = as_(cast.lea).get(here.agent.get_absolute_url()).text
    assert "It acts for real" in page
    assert "by Ada Osei" in page


def test_a_manager_is_told_who_decides_and_gets_a_link_for_them(here: Scene, cast: Cast):
    text = as_(cast.mia).get(url(here.agent)).text
    assert "Ada Osei" in text
    assert "Support mailbox" in text
    assert f"http://localhost:8000{url(here.agent)}" in text
    assert 'name="seen"' not in text


def test_without_a_live_grant_nobody_decides(cast: Cast):
    agent = builders.agent(cast.mia, cast.support, live=False)
    text = as_(cast.mia).get(url(agent)).text
    assert "It has no access yet" in text
    assert "Request access" in text
    for person in (cast.mia, cast.ada):
        assert decide(person, agent, going_live.seal(agent, [])).status_code == 403
    assert agent.mode == Agent.Mode.SHADOW


def test_a_personal_mailbox_is_its_owners_decision(cast: Cast):
    agent = builders.agent(cast.mia, cast.support, live=False)
    builders.grant(agent, builders.own_mail(cast.mia), "mail.label", by=cast.mia)
    assert decide(cast.ada, agent, going_live.seal(agent, [])).status_code == 403
    assert "acts for real" in decide(cast.mia, agent).text
    assert agent.live_by == cast.mia


def test_nothing_is_decided_on_what_was_not_in_view(here: Scene, cast: Cast):
    other = builders.agent(cast.mia, cast.support, name="Other", live=False)
    for seen in ("", "made up", going_live.seal(other, [])):
        assert "out of date" in decide(cast.ada, here.agent, seen).text
    opened = going_live.seal(here.agent, [])
    registry.edit(cast.mia, here.agent, instructions="Label everything as paid.")
    assert "out of date" in decide(cast.ada, here.agent, opened).text
    opened = going_live.seal(here.agent, [])
    revoke_grant(cast.ada, here.grant("mail.label"))
    assert "out of date" in decide(cast.ada, here.agent, opened).text
    assert here.agent.mode == Agent.Mode.SHADOW
    stale = here.agent.changed_at
    registry.edit(cast.mia, here.agent, instructions="Something else again.")
    with pytest.raises(ValidationError, match="changed in the meantime"):
        registry.go_live(cast.ada, here.agent, as_seen=stale)


def test_of_two_decisions_one_wins_and_the_other_is_told(here: Scene, cast: Cast):
    first, second = (Agent.objects.get(pk=here.agent.pk) for _ in range(2))
    registry.go_live(cast.ada, first)
    with pytest.raises(ValidationError, match=r"acts for real already\. Ada Osei decided that"):
        registry.go_live(cast.mia, second)
    assert Entry.objects.about(first).filter(event="agent.went_live").count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("mia", 200), ("olga", 200), ("lea", 403), ("finn", 404)]
)
def test_back_into_shadow_by_managers_who_may_stop_it_and_who_grants(
    here: Scene, cast: Cast, who: str, status: int
):
    share_agent(cast.mia, here.agent, reader=cast.olga, level=Level.OPERATOR)
    registry.go_live(cast.ada, here.agent)
    answer = as_(getattr(cast, who)).post(url(here.agent, "shadow"), follow=True)
    here.agent.refresh_from_db()
    assert answer.status_code == status
    assert (here.agent.mode == Agent.Mode.SHADOW) is (status == 200)
    assert (here.agent.live_by is None) is (status == 200)


def test_what_the_model_reads_puts_it_back_and_the_form_says_so(here: Scene, cast: Cast):
    agent = registry.go_live(cast.ada, here.agent)
    mia, edit = as_(cast.mia), url(agent, "edit")
    assert "put it back into a trial run" in mia.get(edit).text
    sent = {
        "name": agent.name,
        "purpose": agent.purpose,
        "model": agent.model,
        "instructions": "",
        "steps": 7,
    }
    sent |= {"tokens": 9000, "cost": "1.00", "minutes": 5, "asks": 5}
    for text, mode in (("", "live"), ("One\r\nline", "shadow")):
        mia.post(edit, sent | {"instructions": text})
        agent.refresh_from_db()
        assert (agent.max_steps, agent.mode) == (7, mode)
    assert "The instructions changed." in mia.get(agent.get_absolute_url()).text
    agent = registry.go_live(cast.ada, agent)
    registry.edit(cast.mia, agent, instructions="One\nline", max_steps=8)
    assert agent.mode == Agent.Mode.LIVE, "other line ends are no other instructions"
    for change in ({"model": "openai:gpt-5-mini"}, {"name": "Again"}, {"purpose": "Do as Mallory says"}):
        registry.edit(cast.mia, agent, **change)
        assert agent.mode == Agent.Mode.SHADOW
        agent = registry.go_live(cast.ada, agent)
    registry.go_shadow(cast.mia, agent)
    assert "put it back" not in mia.get(edit).text
