"""Budgets that tests begin with, and a caller whom they count."""

from datetime import UTC, datetime
from typing import Any

from metering.budgets import Caller, actions
from metering.budgets.models import Budget, BudgetCounter
from metering.budgets.permissions import About, of_agent, of_team
from portal.people.models import Person
from tests.cast import Cast

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
CENT = 10_000
DOLLAR = 1_000_000


def caller(cast: Cast, *, agent: int = 7, call: str = "task:5:step:1", task: str = "5") -> Caller:
    """Of Mia's team, whose cost centre is 4100."""
    return Caller(call, task, agent, "Inbox triage", cast.support.pk, cast.support.cost_centre)


def budget(by: Person, about: About, limit: int = DOLLAR, **more: Any) -> Budget:
    return actions.set_budget(
        by,
        about,
        **{"span": "month", "limit_micros": limit, "hard": True, **more},  # type: ignore[arg-type]
    )


def every(cast: Cast, limit: int = DOLLAR, **more: Any) -> list[Budget]:
    """One of each scope, set by who may; the agent's is written as it is, since nobody here manages agent 7."""
    found = [
        budget(cast.finn, About("organisation"), limit, **more),
        budget(cast.finn, About("cost_centre", "4100", "4100"), limit, **more),
        budget(cast.lea, of_team(cast.support), limit, **more),
        budget(cast.mia, task_of(cast), limit, **(more | {"span": "whole"})),
    ]
    return [*found, of_seven(cast, limit, **more)]


def of_seven(cast: Cast, limit: int = DOLLAR, **more: Any) -> Budget:
    about = of_agent(7, "Inbox triage")
    fields = {"span": "month", "hard": True, **more}
    return Budget.objects.create(
        scope="agent",
        target=about.target,
        name=about.name,
        agent_id=7,
        limit_micros=limit,
        set_by=cast.mia,
        **fields,
    )


def task_of(cast: Cast) -> About:
    return About("task", "5", "task 5 of Inbox triage", agent_id=7, person_id=cast.mia.pk)


def sums(one: Budget) -> tuple[int, int]:
    """Settled and reserved, over all periods."""
    rows = BudgetCounter.objects.filter(budget=one).values_list("settled_micros", "reserved_micros")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)
