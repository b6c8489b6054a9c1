"""What a budget says: its name, when it resets, who can raise it, why it refuses. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.reasons import Stored, because
from portal.words import money

SPANS = {"day": "the day’s", "week": "the week’s", "month": "the month’s", "whole": "the"}
EACH = {"day": "each day", "week": "each week", "month": "each month", "whole": "for all of it"}
SCOPES = {
    "organisation": "the whole organisation",
    "cost_centre": "cost centre {name}",
    "team": "team {name}",
    "agent": "agent {name}",
    "task": "{name}",
}
OTHER_MODEL = (
    "Its managers can choose another model for the agent. The people who manage the budget can end it."
)
RAISED_BY = {
    "organisation": "Finance or an admin can raise it.",
    "cost_centre": "Finance or an admin can raise it.",
    "team": "The leads of {name} can raise it.",
    "agent": "The managers of {name} can raise it.",
    "task": "Its person can run it again with a higher limit.",
}


@dataclass(frozen=True, slots=True)
class Full:
    """A budget that refuses a call of ``needs`` micros; None: the model has no price, and it refuses such models."""

    scope: str
    name: str
    span: str
    limit: int  # raises included
    needs: int | None
    anew: datetime | None


def about(scope: str, name: str) -> str:
    """``team Support``"""
    return SCOPES[scope].format(name=name)


def named(scope: str, name: str, span: str) -> str:
    """``the month’s budget of team Support``"""
    return f"{SPANS[span]} budget of {about(scope, name)}"


def raised_by(scope: str, name: str) -> str:
    return RAISED_BY[scope].format(name=name)


def anew(at: datetime | None) -> str:
    """In UTC: budgets are counted in its days."""
    return f"It resets on {at.day} {at:%B %Y, %H:%M} UTC." if at else "It does not reset."


def holding(full: Full) -> str:
    """Why an agent's tasks wait, for all who see the agent: how much a call of somebody's may cost is not in it."""
    name = _begun(named(full.scope, full.name, full.span))
    return (
        f"{name} is spent: what is left of {money(full.limit)} is too little for the next call. "
        f"{anew(full.anew)} {raised_by(full.scope, full.name)}"
    )


BUDGET = "{budget:a_budget}"
REST = "{anew:anew} {budget:raised_by}"
REFUSALS: Mapping[str, str | tuple[str, str]] = {
    "budgets": "{refused:told}",
    "budget_unpriced": f"{BUDGET} refuses models without a known price, and {{model}} has none. {OTHER_MODEL}",
    "budget_small": (
        f"{BUDGET} allows {{limit:money}}, and the next call may cost {{needs:own money}}. {REST}",
        f"{BUDGET} allows {{limit:money}}, and the next call may cost more. {REST}",
    ),
    "budget_spent": (
        f"{BUDGET} is spent: more than {{least:own money}} of {{limit:own money}} is used or set aside for calls under "
        f"way, and the next call may cost {{needs:own money}}. {REST}",
        f"{BUDGET} is spent. {REST}",
    ),
}
KINDS = {
    "a_budget": lambda named_: _begun(named(**named_)),
    "raised_by": lambda named_: raised_by(named_["scope"], named_["name"]),
    "anew": lambda text: anew(datetime.fromisoformat(text) if text else None),
}


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def refusal(full: Full, model: str) -> Stored:
    """Why a budget refuses: what it proves, never its counter, which would tell one person what others used."""
    budget = {"scope": full.scope, "name": full.name, "span": full.span}
    if full.needs is None:
        return because("budget_unpriced", budget=budget, model=model)
    rest: dict[str, Any] = {"budget": budget, "anew": full.anew.isoformat() if full.anew else ""}
    if full.needs > full.limit:
        return because("budget_small", limit=full.limit, needs=full.needs, **rest)
    return because("budget_spent", least=full.limit - full.needs, limit=full.limit, needs=full.needs, **rest)


def refusals(full: list[Full], model: str) -> Stored:
    return because("budgets", refused=[refusal(budget, model) for budget in full])
