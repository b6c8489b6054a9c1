"""Around a model call: reserve in all budgets that count it or in none, then settle with what it cost, or give back.

Each is one SQL statement, which locks counters in the order of their numbers. Where a raise lets a call in, another
checks that it still holds. The sweep gives back what workers that died had reserved (``give_back_lost``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from metering.budgets import spans, statements
from metering.budgets.anomalies import hour_of
from metering.budgets.models import MOST, BudgetCounter, BudgetRaise, BudgetRefusal
from metering.budgets.words import Full
from portal import prepared

LASTS = timedelta(minutes=15)  # a reservation; longer than any model call with its waits
TRIES = 4  # a counter is made when its period's first call finds none


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose budgets count a model call. ``call`` names its reservation; only who reserved may settle or give back."""

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
    """Reserve ``micros``, the most that the call can cost (None: unknown), in all its budgets. Raises Refused."""
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
        with prepared.cursor() as cursor:
            cursor.execute(statements.RESERVE, prepared.typed(given))
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows or rows[0]["whole"]:
            break
        _make_counters([row for row in rows if row["id"] is None])
    return rows


def _fit(rows: list[dict[str, Any]]) -> bool:
    return all(row["whole"] and row["fits"] for row in rows)


def _still_raised(rows: list[dict[str, Any]], now: datetime) -> bool:
    """Do the raises still hold by which the call was let in? One may have ended while it waited for a counter: the
    statement sees raises as they were when it began."""
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
    if micros:
        hour = {"agent": caller.agent_id, "hour": hour_of(now), "micros": micros}
        prepared.execute(statements.HOUR, hour)
    counted = {"micros": micros or 0, "unpriced": micros is None}
    prepared.execute(statements.SETTLE, caller.facts(now) | counted)


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


def _make_counters(rows: list[dict[str, Any]]) -> None:
    """Of a period that has just begun."""
    made = [
        BudgetCounter(budget_id=row["budget"], starts_at=row["starts_at"], ends_at=row["ends_at"])
        for row in rows
    ]
    BudgetCounter.objects.bulk_create(made, ignore_conflicts=True)


def _refused(caller: Caller, rows: list[dict[str, Any]], micros: int | None, now: datetime) -> list[Full]:
    """What to say, and a row for each: the agent's tasks wait while less than that, or a tenth, is left."""
    full, waiting = [], []
    agent = {"agent_id": caller.agent_id, "agent_name": caller.agent_name[:80]}
    for row in (row for row in rows if row["hard"] and row["id"] is not None):
        unpriced = micros is None and row["refuses_unpriced"]
        needed = None if unpriced else micros or 0
        if needed is not None and row["used"] + needed <= row["most"]:
            continue
        if needed is not None:
            least = max(min(needed, row["most"] // 10), 1)
            waiting.append(BudgetRefusal(counter_id=row["id"], needs_micros=least, at=now, **agent))
        full.append(Full(row["scope"], row["name"], row["span"], row["most"], needed, row["ends_at"]))
    BudgetRefusal.objects.bulk_create(
        waiting,
        update_conflicts=True,
        unique_fields=["counter", "agent_id"],
        update_fields=["needs_micros", "agent_name", "at"],
    )
    return full
