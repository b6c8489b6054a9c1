"""Estimates a task's cost before it is queued, from the person's own recent tasks, and shows what budgets leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.utils import timezone

from agents.queue.models import Task
from agents.registry.models import Agent
from metering.budgets import queries as budgets
from metering.budgets.queries import BudgetStatus
from portal.people.models import Person

LATELY = timedelta(days=28)
LOOKED_AT = 50  # tasks


@dataclass(frozen=True, slots=True)
class Before:
    """``tasks`` of the person's own that ended lately, ``priced`` so many of them; costs are in micros, of those."""

    tasks: int
    priced: int
    middle: int | None
    highest: int | None
    budgets: list[BudgetStatus]  # that would count it, as far as the person sees them
    spent: list[str]  # why it would wait


def before(agent: Agent, person: Person) -> Before:
    """Only of the person's own tasks: what others' cost is theirs."""
    ended = Task.objects.filter(agent=agent, person=person, finished_at__gt=timezone.now() - LATELY).ended()
    costs = list(
        ended.exclude(steps_done=0).order_by("-id").values_list("cost_micros", flat=True)[:LOOKED_AT]
    )
    targets = {"organisation": "", "team": str(agent.team_id), "agent": str(agent.pk)}
    if agent.team.cost_centre:
        targets["cost_centre"] = agent.team.cost_centre
    priced = [cost for cost in costs if cost is not None]
    middle, highest = estimate(priced)
    return Before(
        len(costs), len(priced), middle, highest, budgets.counting(targets, person), budgets.holds(agent.pk)
    )


def estimate(costs: Sequence[int]) -> tuple[int | None, int | None]:
    """The middle one and the highest."""
    return (round(median(costs)), max(costs)) if costs else (None, None)
