"""Who is told is who may: rules that are written from both sides say the same, for everybody and every scope."""

import pytest

from agents.approvals.models import Approval
from agents.approvals.telling import answerers
from agents.connections import actions as connections
from agents.lifecycle.agents import share_agent
from agents.lifecycle.connections import remove_connection
from agents.permissions import ConnectionPermission, Level
from metering.budgets.models import Budget
from metering.budgets.permissions import About, of_agent, of_team
from metering.budgets.telling import keepers
from portal.accounts import actions as people
from portal.people.models import Person
from tests import builders
from tests.agents.asking import asked, running
from tests.cast import Cast
from tests.metering.budgeted import budget, task_of

pytestmark = pytest.mark.django_db


def everybody() -> list[Person]:
    return list(Person.objects.order_by("pk"))


def names(found: list[Person]) -> list[str]:
    return sorted(str(one) for one in found)


@pytest.mark.parametrize("second_person", [False, True])
@pytest.mark.parametrize("changed", ["", "left", "removed"])
def test_who_is_told_of_an_ask_may_answer_it(cast: Cast, second_person: bool, changed: str):
    task, room = running(cast, second_person=second_person)
    for holder in (cast.olga, cast.sales, cast.mia):
        connections.give(cast.ada, room, holder=holder, rights=[ConnectionPermission.APPROVE])
    ask = asked(task, room)
    if changed == "left":
        people.deactivate(cast.ada, cast.olga)
    if changed == "removed":
        remove_connection(cast.ada, room)
    may = [one for one in everybody() if Approval.objects.answerable_by(one).filter(pk=ask.pk).exists()]
    assert may
    assert names(answerers(ask)) == names(may)


@pytest.mark.parametrize("scope", ["organisation", "cost_centre", "team", "agent", "task"])
def test_who_keeps_a_budget_may_raise_it(cast: Cast, scope: str):
    agent = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.MANAGER)
    share_agent(cast.mia, agent, reader=cast.sales, level=Level.OPERATOR)
    by, about = {
        "organisation": (cast.finn, About("organisation")),
        "cost_centre": (cast.finn, About("cost_centre", "4100", "4100")),
        "team": (cast.lea, of_team(cast.support)),
        "agent": (cast.mia, of_agent(agent.pk, str(agent))),
        "task": (cast.mia, task_of(cast)),
    }[scope]
    made = budget(by, about, **({"span": "whole"} if scope == "task" else {}))
    may = [one for one in everybody() if Budget.objects.kept_by(one).filter(pk=made.pk).exists()]
    assert by in may
    assert names(keepers(made)) == names(may)
