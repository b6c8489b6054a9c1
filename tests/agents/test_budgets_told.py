"""Where budgets are told of: the start pages of who keeps them, the agent, its tasks, and before a task is queued."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.envelopes import made_for
from agents.queue.models import Task
from metering import budgets, home
from metering.budgets import actions, spans, watching
from metering.budgets.models import LATELY, Budget, BudgetCounter
from metering.budgets.permissions import of_agent, of_team
from metering.budgets.queries import statuses
from portal.audit.models import Entry
from tests import builders
from tests.cast import as_
from tests.metering.budgeted import CENT, DOLLAR, budget, caller
from tests.metering.test_frame import request

pytestmark = pytest.mark.django_db


def parts(person) -> list[object]:
    return [part for part in home.parts(request(person)) if "budgets" in part.template]


def test_a_soft_limit_tells_once_in_a_period(cast):
    agent = builders.agent(cast.mia, cast.support)
    one = budget(cast.mia, of_agent(agent.pk, str(agent)), 5 * CENT, hard=False)
    mine = caller(cast, agent=agent.pk)
    budgets.reserve(mine, micros=4 * CENT)
    budgets.settle(mine, micros=4 * CENT)
    watching.sweep()
    assert parts(cast.mia) == []
    budgets.settle(mine, micros=CENT)
    for _ in range(2):
        watching.sweep()
    (part,) = parts(cast.mia)
    assert (part.count, [each.budget for each in part.context["passed"]]) == (0, [one])
    assert "notification only" in as_(cast.mia).get("/").text
    assert parts(cast.lea) == []
    (entry,) = Entry.objects.filter(event="budget.passed")
    assert str(entry) == "The month’s budget of agent Inbox triage has passed its limit of $0.05"
    assert [shown.step.words for shown in statuses([one], cast.mia)] == ["Passed"]


def test_one_passed_in_the_last_minute_is_told_after_the_period_and_stands_for_a_day(cast):
    agent = builders.agent(cast.mia, cast.support)
    one = budget(cast.mia, of_agent(agent.pk, str(agent)), 5 * CENT, hard=False, span="day")
    midnight = spans.begun("day", timezone.now())
    mine = caller(cast, agent=agent.pk)
    budgets.reserve(mine, micros=5 * CENT, now=midnight - timedelta(seconds=10))
    budgets.settle(mine, micros=5 * CENT, now=midnight + timedelta(seconds=10))
    for _ in range(2):
        watching.sweep()
    (part,) = parts(cast.mia)
    assert (part.context["passed"], [each.budget for each in part.context["over"]]) == ([], [one])
    assert "was passed" in as_(cast.mia).get("/").text
    assert parts(cast.lea) == []
    assert Entry.objects.filter(event="budget.passed").count() == 1
    assert not statuses([one], cast.mia)[0].reached, "the day that holds now is another"
    BudgetCounter.objects.update(told_at=timezone.now() - timedelta(days=1))
    assert parts(cast.mia) == []


@pytest.mark.parametrize("how", ["long ago", "ended"])
def test_of_a_period_long_over_and_of_a_budget_that_ended_nobody_is_told(cast, how):
    agent = builders.agent(cast.mia, cast.support)
    one = budget(cast.mia, of_agent(agent.pk, str(agent)), 5 * CENT, hard=False, span="day")
    ago = LATELY + timedelta(days=2) if how == "long ago" else timedelta(days=1)
    mine = caller(cast, agent=agent.pk)
    budgets.reserve(mine, micros=5 * CENT, now=timezone.now() - ago)
    budgets.settle(mine, micros=5 * CENT, now=timezone.now() - ago)
    if how == "ended":
        actions.end(cast.mia, one)
    watching.sweep()
    assert BudgetCounter.objects.get().told_at is None
    assert parts(cast.mia) == []


def test_a_spent_one_says_so_to_its_keeper_on_the_agent_s_page_and_before_queueing(cast):
    agent, _ = builders.triage(cast)
    one = budget(cast.lea, of_team(cast.support), 10 * CENT)
    mine = caller(cast, agent=agent.pk)
    budgets.reserve(mine, micros=10 * CENT)
    with pytest.raises(budgets.Refused):
        budgets.reserve(mine, micros=CENT)
    (part,) = parts(cast.lea)
    (shown,) = part.context["held"]
    assert (part.count, shown.waiting, shown.held) == (1, 1, ["Inbox triage"])
    hidden = statuses([one], cast.finn)[0]
    assert (hidden.waiting, hidden.held) == (1, []), "who does not see the agent does not read its name"
    assert "spent" in as_(cast.lea).get(reverse("budgets:list")).text
    words = "The month’s budget of team Support is spent"
    assert words in as_(cast.mia).get(agent.get_absolute_url()).text
    assert words in as_(cast.mia).get(reverse("queue:new", args=[agent.pk])).text
    task = tasks.queue(cast.mia, agent, instruction="Sort it")
    page = as_(cast.mia).get(task.get_absolute_url()).text
    assert words in page
    assert "The leads of Support can raise it." in page
    actions.end(cast.lea, one)
    assert words not in as_(cast.mia).get(task.get_absolute_url()).text


def test_what_a_task_may_cost_is_told_from_one_s_own_tasks(cast):
    agent, _ = builders.triage(cast)
    new = reverse("queue:new", args=[agent.pk])
    assert "No estimate yet" in as_(cast.mia).get(new).text
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    for person, cost in (
        (cast.mia, 3 * CENT),
        (cast.mia, 5 * CENT),
        (cast.mia, 21 * CENT),
        (cast.lea, DOLLAR),
    ):
        task = tasks.queue(person, agent, instruction="Sort it")
        ended = {"state": "succeeded", "finished_at": timezone.now(), "steps_done": 1, "cost_micros": cost}
        Task.objects.filter(pk=task.pk).update(**ended)
    page = as_(cast.mia).get(new).text
    assert "The median cost was $0.05, the highest $0.21." in page
    assert "Your only task with it in four weeks cost $1.00." in as_(cast.lea).get(new).text
    Task.objects.filter(cost_micros=5 * CENT).update(cost_micros=None)
    some = " ".join(as_(cast.mia).get(new).text.split())
    assert "You had 3 tasks with it in four weeks. 2 of them used a model with a known price." in some
    assert "The median cost was $0.12, the highest $0.21." in some
    Task.objects.filter(cost_micros=3 * CENT).update(cost_micros=None)
    assert "One used a model with a known price and cost $0.21." in as_(cast.mia).get(new).text
    Task.objects.update(cost_micros=None)
    assert "without a known price" in as_(cast.mia).get(new).text


def test_a_task_is_queued_with_a_budget_of_its_own(cast):
    agent, _ = builders.triage(cast)
    new, mia = reverse("queue:new", args=[agent.pk]), as_(cast.mia)
    given = {"instruction": "Sort it", "made_for": made_for("Sort it")}
    for wrong in ("0", "-1", "x", "NaN", "0.001"):
        assert mia.post(new, {**given, "at_most": wrong}).status_code == 422
    assert not Task.objects.exists()
    assert mia.post(new, {**given, "at_most": "0.07"}).status_code == 302
    assert mia.post(new, given).status_code == 302
    own = Budget.objects.get()
    assert (own.target, own.limit_micros, own.hard) == (
        str(Task.objects.order_by("id")[0].pk),
        7 * CENT,
        True,
    )
