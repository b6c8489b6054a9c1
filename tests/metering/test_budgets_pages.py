"""Pages of budgets: who sees and keeps which, how far it is used and to whom, set, raise, end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from metering import budgets
from metering.budgets import actions
from metering.budgets.models import Budget
from metering.budgets.permissions import About, choices, of_agent, of_team
from metering.budgets.queries import listed, statuses
from portal.audit.models import Entry
from tests import builders
from tests.cast import Cast, as_
from tests.metering.budgeted import CENT, DOLLAR, budget, caller
from tests.metering.builders import people, used

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast: Cast) -> list[Budget]:
    """The company's, a cost centre's, the team's, Mia's agent's."""
    agent = builders.agent(cast.mia, cast.support)
    return [
        budget(cast.finn, About("organisation")),
        budget(cast.ada, About("cost_centre", "4100", "4100")),
        budget(cast.lea, of_team(cast.support)),
        budget(cast.mia, of_agent(agent.pk, str(agent))),
    ]


def test_who_sees_and_who_keeps_which(cast, many):
    wide, centre, team, agent = many
    seen = {name: list(listed(person)) for name, person in cast.everyone().items()}
    assert seen == {
        "ada": [wide, centre, agent],
        "lea": [team, agent],
        "mia": [team, agent],
        "finn": [wide, centre],
        "aud": [],
        "olga": [],
    }
    kept = {name: set(Budget.objects.kept_by(person)) for name, person in cast.everyone().items()}
    assert kept["ada"] == kept["finn"] == {wide, centre}
    assert (kept["lea"], kept["mia"], kept["olga"]) == ({team}, {agent}, set())
    share_agent(
        cast.mia, builders.Agent.objects.get(pk=agent.agent_id), reader=cast.olga, level=Level.MANAGER
    )
    assert set(Budget.objects.kept_by(cast.olga)) == {agent}


def test_each_sets_only_what_is_theirs_to_limit(cast, many):
    assert {one.scope for one in choices(cast.finn)} == {"organisation", "cost_centre"}
    assert [one.key for one in choices(cast.lea)] == [f"team:{cast.support.pk}"]
    assert [one.key for one in choices(cast.mia)] == [f"agent:{many[3].agent_id}"]
    assert choices(cast.olga) == []
    for person, about in (
        (cast.mia, of_team(cast.support)),
        (cast.lea, of_team(cast.sales)),
        (cast.ada, of_team(cast.support)),
        (cast.lea, About("organisation")),
        (cast.lea, of_agent(many[3].agent_id or 0, "x")),
        (cast.mia, About("task", "1", "x", agent_id=1, person_id=cast.lea.pk)),
    ):
        with pytest.raises(ValidationError, match="cannot set"):
            actions.set_budget(person, about, span="month", limit_micros=CENT, hard=True)


def test_set_it_raise_it_and_end_it_by_hand(cast):
    lea = as_(cast.lea)
    new = reverse("budgets:new")
    assert "Team Support" in lea.get(new).text
    given = {"about": f"team:{cast.support.pk}", "limit": "12.50", "span": "month", "kind": "hard"}
    for wrong in (
        {},
        {"limit": "0"},
        {"limit": "x"},
        {"span": "whole"},
        {"kind": "x"},
        {"about": "organisation:"},
    ):
        assert lea.post(new, given | wrong if wrong else {}).status_code == 422
    assert "would reveal single people" in lea.post(new, given | {"span": "day"}).text
    page = lea.post(new, given, follow=True).text
    assert "Team Support, each month" in page
    assert "$12.50" in page
    assert (
        "A budget for team Support each month that stops agents exists already" in lea.post(new, given).text
    )
    one = Budget.objects.get()
    raises = reverse("budgets:raises", args=[one.pk])
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert "2000" not in lea.get(raises).text
    for wrong in ({"until": "2020-01-01"}, {"until": "2999-01-01"}, {"why": " "}, {"more": "-1"}):
        answer = lea.post(raises, {"more": "5", "until": day, "why": "fair", **wrong})
        assert (answer.status_code, one.raises.count()) == (422, 0)
    page = lea.post(raises, {"more": "5", "until": day, "why": "the fair"}, follow=True).text
    assert "$17.50" in page
    assert "the fair" in page
    page = lea.post(reverse("budgets:raise-ending", args=[one.raises.get().pk]), follow=True).text
    assert "$17.50" not in page
    ending = reverse("budgets:ending", args=[one.pk])
    assert "End this budget?" in lea.get(ending).text
    assert "no longer limits anything" in lea.post(ending, follow=True).text
    assert "This budget has ended." in lea.post(ending, follow=True).text
    assert list(listed(cast.lea)) == []
    assert lea.post(raises, {"more": "5", "until": day, "why": "late"}).status_code == 422
    events = Entry.objects.filter(event__startswith="budget.").order_by("id").values_list("event", flat=True)
    assert list(events) == ["budget.set", "budget.raised", "budget.raise_ended", "budget.ended"]


def test_a_budget_that_only_tells_refuses_nothing_and_is_not_raised(cast):
    with pytest.raises(ValidationError, match="Only a budget that stops"):
        budget(cast.lea, of_team(cast.support), hard=False, refuses_unpriced=True)
    soft = budget(cast.lea, of_team(cast.support), hard=False)
    until = timezone.now() + timedelta(days=1)
    with pytest.raises(ValidationError, match="only notifies"):
        actions.raise_budget(cast.lea, soft, micros=1, until=until, why="x")


def step_of(one: Budget, person) -> str | None:
    (shown,) = statuses([one], person)
    return shown.step.words if shown.step else None


def spend(cast, micros: int) -> None:
    budgets.settle(caller(cast), micros=micros)


def test_a_group_s_step_shows_only_where_many_stand_behind_it(cast):
    one = budget(cast.lea, of_team(cast.support))
    spend(cast, 60 * CENT)
    used(cast.mia, cast.support)
    assert (step_of(one, cast.lea), step_of(one, cast.mia)) == (None, None)
    for person in people(cast.support, 4):
        used(person, cast.support)
    assert step_of(one, cast.lea) == "Over half is used"
    assert step_of(one, cast.mia) is None, "for her they are four others"
    page = as_(cast.mia).get(one.get_absolute_url()).text
    assert "only for groups large enough" in page
    assert "Over half" not in page


def test_a_raise_does_not_measure_what_is_used(cast):
    one = budget(cast.lea, of_team(cast.support))
    for person in people(cast.support, 5):
        used(person, cast.support)
    budgets.reserve(caller(cast), micros=85 * CENT)
    budgets.settle(caller(cast), micros=85 * CENT)
    before = step_of(one, cast.lea)
    until = timezone.now() + timedelta(days=1)
    actions.raise_budget(cast.lea, one, micros=DOLLAR, until=until, why="x")
    assert step_of(one, cast.lea) == before == "Over 80 % is used"


def test_an_agent_s_step_shows_to_its_owner_and_a_task_s_to_its_person(cast):
    agent, _ = builders.triage(cast)
    one = budget(cast.mia, of_agent(agent.pk, str(agent)))
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.MANAGER)
    assert (step_of(one, cast.mia), step_of(one, cast.olga)) == ("Under half is used", None)
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    task = tasks.queue(cast.lea, agent, instruction="Sort it", at_most=7 * CENT)
    own = Budget.objects.get(scope="task")
    assert (step_of(own, cast.lea), step_of(own, cast.mia)) == ("Under half is used", None)
    assert "$0.07" in as_(cast.lea).get(task.get_absolute_url()).text
    seen = as_(cast.mia).get(own.get_absolute_url()).text
    assert "own person sees how much is used" in seen
    assert "Raise temporarily" not in seen
    assert as_(cast.olga).get(own.get_absolute_url()).status_code == 200
    assert as_(cast.ada).get(own.get_absolute_url()).status_code == 404


def test_an_agent_s_step_does_not_tell_its_owner_what_one_other_person_used(cast):
    agent, _ = builders.triage(cast)
    one = budget(cast.mia, of_agent(agent.pk, str(agent)), CENT)
    used(cast.mia, cast.support, agent_id=agent.pk)
    assert step_of(one, cast.mia) is not None
    used(cast.lea, cast.support, agent_id=agent.pk)
    assert step_of(one, cast.mia) is None
    for person in people(cast.support, 5):
        used(person, cast.support, agent_id=agent.pk)
    assert step_of(one, cast.mia) is not None
