"""What a budget says: its name, when it starts anew, who can raise it, why it refuses. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.words import money, plural

SPANS = {"day": "the day’s", "week": "the week’s", "month": "the month’s", "whole": "the"}
EACH = {"day": "each day", "week": "each week", "month": "each month", "whole": "for all of it"}
SCOPES = {
    "organisation": "the whole organisation",
    "cost_centre": "cost centre {name}",
    "team": "team {name}",
    "agent": "agent {name}",
    "task": "{name}",
}
UNPRICED = "Its managers can give the agent another model; who keeps the budget can end it."
RAISED_BY = {
    "organisation": "Finance or an admin can raise it.",
    "cost_centre": "Finance or an admin can raise it.",
    "team": "Whoever leads {name} can raise it.",
    "agent": "Whoever manages {name} can raise it.",
    "task": "Whoever it works for can queue it again with more.",
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
    """In UTC: the sentence is stored with the task, and read wherever its readers are."""
    return f"It starts anew on {at.day} {at:%B %Y, %H:%M} UTC." if at else "It does not start anew."


def holding(full: Full) -> str:
    """Why an agent's tasks wait, for all who see the agent: how much a call of somebody's may cost is not in it."""
    name = named(full.scope, full.name, full.span)
    return (
        f"{name[:1].upper()}{name[1:]} is spent: what is left of {money(full.limit)} is too little for the next call. "
        f"{anew(full.anew)} {raised_by(full.scope, full.name)}"
    )


def refusal(full: Full, model: str) -> str:
    """Counter, limit, value, when it starts anew, who can raise it.

    The value is what the refusal itself proves, the least that must be used, and never the counter: that would tell
    one person of a group what the others used.
    """
    name = named(full.scope, full.name, full.span)
    name = name[:1].upper() + name[1:]
    who = raised_by(full.scope, full.name)
    if full.needs is None:
        return f"{name} refuses models without a known price, and {model} has none. {UNPRICED}"
    if full.needs > full.limit:
        says = f"allows {money(full.limit)}, and the next call may cost {money(full.needs)}."
    else:
        least = money(full.limit - full.needs)
        says = (
            f"is spent: more than {least} of {money(full.limit)} is used or set aside for calls under way, "
            f"and the next call may cost {money(full.needs)}."
        )
    return f"{name} {says} {anew(full.anew)} {who}"


def refusals(full: Sequence[Full], model: str, *, longest: int) -> str:
    """What each says, as long as there is room for all of it: of what is left out only how many budgets it was."""
    said: list[str] = []
    for number in range(len(full), 0, -1):
        said = [refusal(one, model) for one in full[:number]]
        if left := len(full) - number:
            said.append(f"{plural(left, 'more budget')} {'refuses' if left == 1 else 'refuse'} it too.")
        if len(" ".join(said)) <= longest:
            break
    return " ".join(said)


# What a refusal says of its own person's call, and what others read there; the end may be cut off (a reason is short).
OWN = (
    (re.compile(r"is spent: more than .*?(\. It |$)"), r"is spent\1"),
    (
        re.compile(r"(allows .+?), and the next call may cost .*?(\. It |$)"),
        r"\1, and the next call may cost more\2",
    ),
)


def for_others(reason: str) -> str:
    """The reason of a task that was refused, for everybody but its person: how much their call may cost is theirs."""
    for own, instead in OWN:
        reason = own.sub(instead, reason)
    return reason
