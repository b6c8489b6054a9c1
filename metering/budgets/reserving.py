"""Around a model call: reserve in all budgets that count it or in none, then settle with what it cost, or give back.

Each of the three is one SQL statement; where a raise lets a call in, a second one looks whether it still holds. A
reservation is a row that names its counters; one whose worker died expires and is given back by the sweep
(``give_back_lost``). Counters are always locked in the order of their numbers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from metering.budgets import spans, statements
from metering.budgets.models import MOST, BudgetRaise
from metering.budgets.words import Full

LASTS = timedelta(minutes=15)  # a reservation; longer than any model call with its waits
TRIES = 4  # a counter is made when its period's first call finds none


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose budgets count a model call. ``call`` names what is set aside for it: who settles or gives back by that name
    has to be the one who reserved. ``task`` as its source does."""

    call: str
    task: str
    agent_id: int
    agent_name: str
    team_id: int
    cost_centre: str

    def facts(self, now: datetime) -> dict[str, Any]:
        starts = {span: spans.begun(span, now) for span in ("day", "week", "month", "whole")}
        places = {"cost_centre": self.cost_centre, "team": str(self.team_id), "agent": str(self.agent_id)}
        ends = {f"{span}_ends": spans.following(span, start) for span, start in starts.items()}
        return {"call": self.call, "task": self.task, "now": now, **places, **starts, **ends}


class Refused(Exception):
    """At least one budget has no room for the call, so no budget counts it. ``full``: those that refuse."""

    def __init__(self, full: list[Full]) -> None:
        super().__init__(f"{len(full)} budgets refuse")
        self.full = full


@dataclass(frozen=True, slots=True)
class Reserved:
    """``hard``: a budget that must not be passed counts the call, so its answer has to be bounded."""

    budgets: int
    hard: bool


def reserve(caller: Caller, *, micros: int | None, now: datetime | None = None) -> Reserved:
    """Set aside ``micros``, the most that the call can cost, in every budget that counts it, or in none.

    None: the model has no price; then nothing is set aside, and only budgets that refuse such models refuse.
    Raises Refused.
    """
    _possible(micros)
    now = now or timezone.now()
    given = {
        **caller.facts(now),
        "micros": micros or 0,
        "unpriced": micros is None,
        "expires": now + LASTS,
        "quick": not connection.in_atomic_block,
    }
    rows = _take(given)
    while _fit(rows) and not _still_raised(rows, now):
        give_back(caller.call)
        rows = _take(given)
    if not _fit(rows):
        raise Refused(_refused(caller, rows, micros, now))
    return Reserved(len(rows), any(row["hard"] for row in rows))


def _take(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The budgets that count the call, what they say to it, and its reservation where all of them let it in."""
    for _ in range(TRIES):
        with connection.cursor() as cursor:
            cursor.execute(statements.RESERVE, given)
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows or rows[0]["whole"]:
            break
        _make([row for row in rows if row["id"] is None])
    return rows


def _fit(rows: list[dict[str, Any]]) -> bool:
    return all(row["whole"] and row["fits"] for row in rows)


def _still_raised(rows: list[dict[str, Any]], now: datetime) -> bool:
    """Do the raises still hold by which the call was let in? One may have ended while it waited for a counter.

    The statement sees raises as they stood when it began; only the counters that it locks are read as they are then.
    """
    counted = {row["budget"]: row["raised"] for row in rows if row["raised"] and row["hard"]}
    if not counted:
        return True
    living = BudgetRaise.objects.filter(budget__in=counted, ended_at__isnull=True, until__gt=now)
    sums = dict(living.order_by().values_list("budget").annotate(Sum("micros")))
    return all(sums.get(budget, 0) >= raised for budget, raised in counted.items())


def settle(caller: Caller, *, micros: int | None, now: datetime | None = None) -> None:
    """The call cost ``micros`` (None: not priced). Last in the ledger’s transaction, since it locks counters."""
    _possible(micros)
    now = now or timezone.now()
    with connection.cursor() as cursor:
        if micros:
            cursor.execute(
                statements.HOUR, [caller.agent_id, now.replace(minute=0, second=0, microsecond=0), micros]
            )
        cursor.execute(
            statements.SETTLE, caller.facts(now) | {"micros": micros or 0, "unpriced": micros is None}
        )


def give_back(call: str) -> None:
    """The call was not made, or its try failed: what was set aside for it is free again."""
    with connection.cursor() as cursor:
        cursor.execute(statements.GIVE_BACK, {"call": call})


def give_back_lost(now: datetime | None = None) -> None:
    """What was set aside by workers that never came back."""
    with connection.cursor() as cursor:
        cursor.execute(statements.GIVE_BACK_LOST, {"now": now or timezone.now()})


def _possible(micros: int | None) -> None:
    """A call that costs less than nothing would make room in a budget."""
    if micros is not None and not 0 <= micros <= MOST:
        raise ValueError(f"One call costs 0 to {MOST} micros, not {micros}.")


def _make(rows: list[dict[str, Any]]) -> None:
    """The counters of a period that has just begun."""
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(statements.MAKE, [row["budget"], row["starts_at"], row["ends_at"]])


def _refused(caller: Caller, rows: list[dict[str, Any]], micros: int | None, now: datetime) -> list[Full]:
    """What to say, and a row for each: the agent's tasks wait while less than that, or a tenth, is left."""
    found = []
    for row in rows:
        unpriced = micros is None and row["refuses_unpriced"]
        if (
            not row["hard"]
            or row["id"] is None
            or not (unpriced or row["used"] + (micros or 0) > row["most"])
        ):
            continue
        if not unpriced:
            needs = min(micros or 0, row["most"] // 10)
            with connection.cursor() as cursor:
                cursor.execute(
                    statements.REFUSED,
                    [row["id"], caller.agent_id, caller.agent_name[:80], max(needs, 1), now],
                )
        needed = None if unpriced else micros or 0
        found.append(Full(row["scope"], row["name"], row["span"], row["most"], needed, row["ends_at"]))
    return found
