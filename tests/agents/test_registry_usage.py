"""An agent's totals: for its owner alone, and never what one other person used."""

import pytest
from django.urls import reverse

from agents.lifecycle.agents import hand_over_agent, share_agent
from agents.permissions import Level
from agents.registry.models import Agent
from metering.outcomes import counts
from metering.privacy.disclosure import WITHHELD
from metering.privacy.visibility import Kind
from tests import builders
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, used
from tests.metering.published import group, publish


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.agent(cast.mia, cast.support)


def pages(agent: Agent, person) -> list[str]:
    urls = (agent.get_absolute_url(), reverse("registry:usage", args=[agent.pk]))
    return [as_(person).get(url).text for url in urls]


def use(agent: Agent, person, **more) -> None:
    values = {"on": last_weeks().first, "agent_id": agent.pk, "input_tokens": 38_000} | more
    used(person, agent.team, **values)


def test_an_agent_that_only_its_owner_used_shows_the_owner_s_own(cast, agent):
    use(agent, cast.mia)
    for page in pages(agent, cast.mia):
        assert "38,000 tokens, all of them for your own tasks" in page
        assert "$0.10" in page  # 95,000 micros


def test_what_one_other_person_used_is_not_shown(cast, agent):
    use(agent, cast.mia)
    use(agent, cast.lea, input_tokens=77_000)
    publish()
    for page in pages(agent, cast.mia):
        assert "Not shown" in page
        for trace in ("38,000", "77,000", "115,000"):
            assert trace not in page
    assert WITHHELD in pages(agent, cast.mia)[1]


def test_a_team_that_used_nothing_else_hides_its_agent(cast, agent):
    """The owner may see the team's total as well, and what is left of it would be nothing or somebody's."""
    for person in group(cast.support, 9, agent_id=agent.pk, input_tokens=10_000)[:3]:
        used(person, cast.support, on=last_weeks().first, agent_id=0, agent_name="")
    publish()
    for page in pages(agent, cast.mia):
        assert "Not shown" in page
        assert "90,000" not in page


def test_the_totals_of_enough_users_are_published(cast, agent):
    for person in group(cast.support, 9, agent_id=agent.pk, input_tokens=10_000):
        used(person, cast.support, on=last_weeks().first, agent_id=0, agent_name="")
    assert "Not shown" in pages(agent, cast.mia)[0]  # until they are published
    publish()
    for page in pages(agent, cast.mia):
        assert "90,000 tokens, of all its users together" in page
        assert "Person 1" not in page


def test_nobody_but_the_owner_sees_it(cast, agent):
    use(agent, cast.mia)
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.MANAGER)
    for person in (cast.lea, cast.ada):
        response = as_(person).get(reverse("registry:usage", args=[agent.pk]))
        assert response.status_code == 403
        assert "Only Mia Park, its owner, can see what Inbox triage used." in response.text
        seen = as_(person).get(agent.get_absolute_url()).text
        assert "38,000" not in seen


def test_a_handed_over_agent_shows_the_new_owner_nothing_of_the_old_one(cast, agent):
    use(agent, cast.mia)
    hand_over_agent(cast.mia, agent, owner=cast.lea)
    for page in pages(agent, cast.lea):
        assert "38,000" not in page
        assert "Not shown" in page


def test_what_came_of_it_stands_beside_its_cost(cast, agent, monkeypatch):
    use(agent, cast.mia, input_tokens=400_000)
    for page in pages(agent, cast.mia):
        assert "too few to say what each cost" in page
    seen = []

    def by_agent(scope, period):
        seen.append((scope.kind, scope.viewer))
        return {agent.pk: {cast.mia.pk: 4, cast.lea.pk: 900}, 0: {cast.mia.pk: 800}}

    monkeypatch.setattr(counts, "by_agent", by_agent)
    for page in pages(agent, cast.mia):
        assert "verified work items · $0.25 each" in page
        assert "904" not in page
    assert set(seen) == {(Kind.OWN, cast.mia.pk)}


def test_items_of_a_shared_agent_show_only_where_enough_people_have_some(cast, agent, monkeypatch):
    crew = group(cast.support, 9, agent_id=agent.pk, input_tokens=10_000)
    for person in crew:
        used(person, cast.support, on=last_weeks().first, agent_id=0, agent_name="")
    own = {person.pk: 2 for person in crew[:4]}
    monkeypatch.setattr(counts, "by_agent", lambda scope, period: {agent.pk: own})
    monkeypatch.setattr(counts, "by_person", lambda scope, period: {person.pk: 3 for person in crew})
    publish()
    for page in pages(agent, cast.mia):
        assert "90,000 tokens" in page
        assert "too few people use this agent" in page


def test_items_of_enough_users_are_published_with_what_each_cost(cast, agent, monkeypatch):
    crew = group(cast.support, 9, agent_id=agent.pk, input_tokens=10_000)
    for person in crew:
        used(person, cast.support, on=last_weeks().first, agent_id=0, agent_name="")
    monkeypatch.setattr(counts, "by_agent", lambda scope, period: {agent.pk: {one.pk: 2 for one in crew}})
    monkeypatch.setattr(counts, "by_person", lambda scope, period: {one.pk: 3 for one in crew})
    publish()
    for page in pages(agent, cast.mia):
        assert '<p class="figure">18</p>' in page
        assert "$0.01 each" in page  # 225,000 micros
    for person in (cast.lea, cast.ada, crew[0]):
        assert "$0.01 each" not in as_(person).get(agent.get_absolute_url()).text
