"""Budgets around the model calls of real tasks: set aside, settled, refused in words; what waits, and what goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.lifecycle.tasks import claim_task
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.runtime import loop, spending
from agents.runtime.transcript import Transcript
from agents.sweep import send
from metering import budgets as room
from metering.budgets import actions as budgets
from metering.budgets.models import BudgetCounter, BudgetReservation
from metering.budgets.permissions import About, of_agent, of_team
from metering.usage import tariffs
from tests import builders
from tests.agents.scripted import on, queued, run
from tests.metering.budgeted import CENT, DOLLAR, sums
from tests.metering.budgeted import budget as set_budget

pytestmark = pytest.mark.django_db
__all__ = ["on"]


def test_every_budget_that_counts_the_task_pays_what_its_calls_cost(cast, on):
    with on([("mail_list", {})], "Done.") as model:
        task = queued(cast)
        every = [
            set_budget(cast.finn, About("organisation"), DOLLAR),
            set_budget(cast.finn, About("cost_centre", "4100", "4100"), DOLLAR),
            set_budget(cast.lea, of_team(cast.support), DOLLAR),
            set_budget(cast.mia, of_agent(task.agent_id, str(task.agent)), DOLLAR, span="day"),
            set_budget(cast.finn, About("organisation"), DOLLAR, span="day", hard=False),
        ]
        task = run(task)
    assert task.state == TaskState.SUCCEEDED
    assert task.cost_micros
    assert [sums(one) for one in every] == [(task.cost_micros, 0)] * 5
    # Where a limit must hold, the answer's length is bounded, or nothing could be set aside for it.
    assert {one.get("max_completion_tokens") for one in model.requests} == {spending.LONGEST_ANSWER}


def test_without_a_budget_nothing_is_set_aside_and_the_task_s_own_limit_bounds_the_answer(cast, on):
    with on("Done.") as model:
        run(queued(cast))
    assert model.requests[0]["max_completion_tokens"] == spending.LONGEST_ANSWER
    assert not BudgetReservation.objects.exists()


def test_what_is_set_aside_is_never_less_than_what_it_costs(cast, on):
    """The server reports what it counted; ours is a bound on bytes."""
    with on([("mail_list", {})], "Done."):
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        while not loop._step(claimed(task), Transcript(claimed(task))):
            pass
    task.refresh_from_db()
    assert sums(one) == (task.cost_micros, 0)
    seen = spending.most("openai:gpt-5-mini", [], spending.ModelRequestParameters())
    assert seen is not None
    assert seen >= spending.LONGEST_ANSWER * 2  # two dollars a million tokens of output


def claimed(task: Task) -> Task:
    if task.state == TaskState.QUEUED:
        found = claim_task(task.pk, worker="here")
        assert found is not None
        task.refresh_from_db()
        return found
    return Task.objects.select_related("agent", "person").get(pk=task.pk)


def test_a_spent_budget_ends_the_task_with_its_reason_and_others_wait(cast, on):
    with on([("mail_list", {})], "Done.") as model:
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), CENT)  # less than one call can cost
        task = run(task)
        assert (task.state, len(model.requests)) == (TaskState.FAILED, 0)
        assert task.why().startswith(
            "The month’s budget of team Support allows $0.01, and the next call may cost $"
        )
        assert "It resets on 1 " in task.why()
        assert task.why().endswith("The leads of Support can raise it.")
        assert sums(one) == (0, 0)


def test_a_reason_is_whole_sentences_however_many_budgets_refuse(cast, on):
    with on("Done."):
        task = queued(cast)
        set_budget(cast.finn, About("organisation"), CENT)
        set_budget(cast.finn, About("cost_centre", "4100", "4100"), CENT)
        set_budget(cast.lea, of_team(cast.support), CENT)
        set_budget(cast.mia, of_agent(task.agent_id, str(task.agent)), CENT)
        task = run(task)
    assert len(task.reason["params"]["refused"]) == 4
    assert task.why().count("Finance or an admin can raise it.") == 2
    assert task.why().endswith("can raise it.")


def spent(cast, on, task: Task):
    """The team's budget, of which as good as nothing is left."""
    one = set_budget(cast.lea, of_team(cast.support), 10 * CENT)
    other = room.Caller("other", "", 999, "Another", cast.support.pk, "4100")
    room.reserve(other, micros=10 * CENT - 1)
    room.settle(other, micros=10 * CENT - 1)
    return one


def test_tasks_wait_while_it_is_spent_and_go_on_when_it_is_raised(cast, on):
    with on("Done.") as model:
        first = queued(cast)
        one = spent(cast, on, first)
        assert run(first).state == TaskState.FAILED
        second = builders.unnarrowed(tasks.queue(cast.mia, first.agent, instruction="Again."))
        assert run(second).state == TaskState.QUEUED
        Task.objects.filter(pk=second.pk).update(sent_at=timezone.now() - timedelta(hours=1))
        send()
        second.refresh_from_db()
        assert second.sent_at < timezone.now() - timedelta(minutes=59), "nobody sends what cannot start"
        assert len(model.requests) == 0
        until = timezone.now() + timedelta(days=1)
        budgets.raise_budget(cast.lea, one, micros=DOLLAR, until=until, why="the month was long")
        assert run(second).state == TaskState.SUCCEEDED
        assert len(model.requests) == 1


def test_tasks_go_on_when_the_period_is_over(cast, on):
    with on("Done."):
        first = queued(cast)
        spent(cast, on, first)
        assert run(first).state == TaskState.FAILED
        second = builders.unnarrowed(tasks.queue(cast.mia, first.agent, instruction="Again."))
        assert run(second).state == TaskState.QUEUED
        back = timezone.now() - timedelta(days=40)
        BudgetCounter.objects.update(starts_at=back, ends_at=back + timedelta(days=30))
        assert run(second).state == TaskState.SUCCEEDED


def test_a_task_s_own_budget_ends_it_and_holds_no_other(cast, on):
    with on("Done."):
        agent = queued(cast).agent
        task = builders.unnarrowed(tasks.queue(cast.mia, agent, instruction="Cheap.", at_most=100))
        task = run(task)
        assert task.state == TaskState.FAILED
        assert task.why().startswith(f"The budget of task {task.pk} of Inbox triage allows $0.0001")
        again = builders.unnarrowed(tasks.queue(cast.mia, agent, instruction="More.", at_most=DOLLAR))
        assert run(again).state == TaskState.SUCCEEDED


def test_each_try_of_a_call_is_set_aside_and_given_back(cast, on):
    with on("Done.", failures=2) as model:
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), 5 * CENT)
        task = run(task)
    assert (task.state, len(model.requests)) == (TaskState.SUCCEEDED, 1)
    assert sums(one) == (task.cost_micros, 0)


def test_a_model_that_never_answers_costs_the_budget_nothing(cast, on):
    with on("Done.", failures=9):
        task = queued(cast, max_seconds=60)
        one = set_budget(cast.lea, of_team(cast.support), 5 * CENT)
        task = run(task)
    assert task.state == TaskState.FAILED
    assert sums(one) == (0, 0)
    assert not BudgetReservation.objects.exists()


def test_a_model_without_a_price_runs_unless_the_budget_says_otherwise(cast, monkeypatch):
    monkeypatch.setattr(tariffs, "HERE", "another")  # so that no list has a price for the offline model
    agent, _ = builders.triage(cast)
    one = set_budget(cast.lea, of_team(cast.support), CENT)
    task = run(tasks.queue(cast.mia, agent, instruction="Sort the inbox."))
    assert task.state in (TaskState.SUCCEEDED, TaskState.WAITING)
    counter = BudgetCounter.objects.get(budget=one)
    assert (counter.settled_micros, counter.unpriced_calls) == (0, task.steps_done)
    set_budget(cast.mia, of_agent(agent.pk, str(agent)), DOLLAR, refuses_unpriced=True)
    task = run(tasks.queue(cast.mia, agent, instruction="Sort the inbox."))
    assert task.state == TaskState.FAILED
    assert "refuses models without a known price, and offline:rules has none" in task.why()
