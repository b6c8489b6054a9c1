"""Queries of the tasks' pages: limits used so far, the latest tasks, what earlier tasks cost."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from agents.policy.language.invisible import spelled_out
from agents.queue.models import Task
from agents.registry.models import Agent
from metering.budgets import queries as budgets
from portal.people.models import Person
from portal.words import duration, money, number, tokens

LATEST = 6
LATELY = timedelta(days=28)
LOOKED_AT = 50  # earlier tasks
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Used:
    """One limit of a task: how much is used, in words and in thousandths."""

    title: str
    words: str
    share: int

    @property
    def near(self) -> str:
        return "over" if self.share >= 1000 else "near" if self.share >= 800 else ""


def used(task: Task, *, own: bool) -> list[Used]:
    """Steps and time for every reader; cost and tokens, while kept, only for the task's person."""
    rows = [_used("Steps", task.steps_done, task.max_steps, number)]
    if own and task.figures_kept:
        rows.append(_used("Cost", task.cost_micros, task.max_cost_micros, money))
        rows.append(_used("Tokens", task.tokens, task.max_tokens, tokens))
    rows.append(_used("Time", task.seconds_used, task.max_seconds, duration))
    return rows


def _used(title: str, value: float | None, limit: int, word: Callable[[Any], str]) -> Used:
    words = f"{word(value)}, at most {word(limit)}" if value is None else f"{word(value)} of {word(limit)}"
    return Used(title, words, min(1000, round(1000 * (value or 0) / limit)) if limit else 1000)


def readable(value: Any) -> str:
    """JSON for a reader, its beginning where it is long."""
    text = spelled_out(json.dumps(value, indent=2, ensure_ascii=False))
    return (
        text if len(text) <= LONGEST else f"{text[:LONGEST]}\n… and {len(text) - LONGEST:,} characters more"
    )


def recent(person: Person) -> dict[str, Any]:
    """The person's latest tasks, those under way first."""
    mine = Task.objects.filter(person=person).for_lists()
    going = list(mine.under_way()[:LATEST])
    ended = list(mine.ended().order_by("-finished_at")[: max(LATEST - len(going), 2)])
    return {"going": going, "ended": ended, "tasks": [*going, *ended]}


def past_costs(agent: Agent, person: Person) -> dict[str, Any]:
    """Of the person's own tasks alone: what others' cost is theirs.

    How many ended lately, how many of them have a price, and what those cost in micros; the budgets that would count
    a new one, as far as the person sees them, and why it would wait.
    """
    ended = Task.objects.filter(agent=agent, person=person, finished_at__gt=timezone.now() - LATELY).ended()
    costs = list(
        ended.exclude(steps_done=0).order_by("-id").values_list("cost_micros", flat=True)[:LOOKED_AT]
    )
    targets = {"organisation": "", "team": str(agent.team_id), "agent": str(agent.pk)}
    if agent.team.cost_centre:
        targets["cost_centre"] = agent.team.cost_centre
    priced = [cost for cost in costs if cost is not None]
    return {
        "tasks": len(costs),
        "priced": len(priced),
        "middle": round(median(priced)) if priced else None,
        "highest": max(priced, default=None),
        "budgets": budgets.counting(targets, person),
        "spent": budgets.holds(agent.pk),
    }
