"""An agent's totals: for its owner alone, and never what one other person used."""

import pytest
from django.urls import reverse

from agents.permissions import Level
from agents.registry import actions
from agents.registry.models import Agent
from metering.reports.disclosure import WITHHELD
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
        assert "90,000 tokens, for all of its users together" in page
        assert "Person 1" not in page


def test_nobody_but_the_owner_sees_it(cast, agent):
    use(agent, cast.mia)
    actions.share(cast.mia, agent, reader=cast.lea, level=Level.MANAGER)
    for person in (cast.lea, cast.ada):
        response = as_(person).get(reverse("registry:usage", args=[agent.pk]))
        assert response.status_code == 403
        assert "Mia Park alone" in response.text
        seen = as_(person).get(agent.get_absolute_url()).text
        assert "38,000" not in seen


def test_a_handed_over_agent_shows_the_new_owner_nothing_of_the_old_one(cast, agent):
    use(agent, cast.mia)
    actions.hand_over(cast.mia, agent, owner=cast.lea)
    for page in pages(agent, cast.lea):
        assert "38,000" not in page
        assert "Not shown" in page
