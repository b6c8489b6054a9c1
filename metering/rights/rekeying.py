"""Usage that becomes nobody's: the ledger's events and the roll-ups pass to No one, and no sum changes.

The ledger's guard (migration 0004_rights) lets a row change in this one way only: to No one, without its task.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date
from typing import Any

from django.db import connection, models, transaction

from metering.rollups.models import DayUsage
from metering.usage.models import UsageEvent
from portal.people.nobody import no_one

KEY = ("day", "person_id", "team_id", "agent_id", "provider", "model")


def day_sums() -> list[str]:
    """The columns of a roll-up that add up: every number that is not part of its key."""
    return [
        str(one.column)
        for one in DayUsage._meta.concrete_fields
        if isinstance(one, models.IntegerField) and one.column not in (*KEY, "id")
    ]


def days_to_no_one(where: str, values: list[Any], *, agents: bool = True, most: int | None = None) -> int:
    """Fold the roll-ups ``where`` finds into those of No one; how many there were. Money and counts stay.

    ``where``: SQL over ``metering_dayusage d``. Without ``agents`` they go into sums without an agent as well: an
    agent often has one user. ``most``: no more rows than that.
    """
    sums = day_sums()
    agent = ("agent_id", "agent_name") if agents else ("0", "''")
    added = ", ".join(f"{one} = into_.{one} + excluded.{one}" for one in sums)
    limit = "" if most is None else f"LIMIT {int(most)}"
    statement = f"""
        WITH gone AS (
            DELETE FROM metering_dayusage WHERE id IN (
                SELECT d.id FROM metering_dayusage d WHERE {where} ORDER BY d.day, d.id {limit} FOR UPDATE
            ) RETURNING *
        ), put AS (
            INSERT INTO metering_dayusage AS into_
                (day, person_id, team_id, agent_id, agent_name, provider, model, {", ".join(sums)})
            SELECT day, %s, team_id, {agent[0]}, max({agent[1]}), provider, model,
                {", ".join(f"sum({one})" for one in sums)}
            FROM gone GROUP BY day, team_id, {"agent_id, " if agents else ""}provider, model
            ON CONFLICT (day, person_id, team_id, agent_id, provider, model) DO UPDATE SET {added}
        ) SELECT count(*) FROM gone
    """  # noqa: S608  (names of columns are the model's, `where` is this module's callers')
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [*values, no_one().pk])
        return int(cursor.fetchone()[0])


def fold(before: date, most: int) -> int:
    """Roll-ups of days before ``before`` lose person and agent, ``most`` of them. How many there were."""
    nobody = no_one().pk
    where = "d.day < %s AND NOT (d.person_id = %s AND d.agent_id = 0)"
    return days_to_no_one(where, [before, nobody], agents=False, most=most)


def erase_events(events: models.QuerySet[UsageEvent]) -> int:
    """Every event of these passes to No one and forgets its task."""
    with to_no_one():
        return events.order_by().update(person=no_one(), **_no_task())


def not_theirs(events: models.QuerySet[UsageEvent]) -> int:
    """Take these events off their person, in the ledger and in the roll-ups. Team and money stay.

    The one place that writes an accepted correction.
    """
    with transaction.atomic():
        lines = _lines(events.select_for_update())
        nobody = no_one().pk
        with connection.cursor() as cursor:
            for key, sums in lines:
                _add(cursor, {**key, "person_id": nobody}, sums, +1)
                _add(cursor, key, sums, -1)
            cursor.execute(
                "DELETE FROM metering_dayusage WHERE requests = 0 AND person_id = ANY(%s)",
                [list({key["person_id"] for key, _ in lines})],
            )
        with to_no_one():
            return events.order_by().update(person_id=nobody)


def _lines(events: models.QuerySet[UsageEvent]) -> list[tuple[dict[str, Any], dict[str, int]]]:
    """What the events brought to each roll-up: its key, and the sums."""
    has = {field.column for field in UsageEvent._meta.concrete_fields}
    counts = ("requests", "unpriced_requests")
    same = [one for one in day_sums() if one in has and one not in counts]
    found: dict[tuple[Any, ...], tuple[dict[str, Any], dict[str, int]]] = {}
    for event in events:
        day, agent = event.at.astimezone(UTC).date(), event.agent_id or 0
        values = (day, event.person_id, event.team_id, agent, event.provider, event.model)
        key = dict(zip(KEY, values, strict=True)) | {"agent_name": event.agent_name}
        _, sums = found.setdefault(values, (key, dict.fromkeys([*same, *counts], 0)))
        for one in same:
            sums[one] += int(getattr(event, one) or 0)
        sums["requests"] += getattr(event, "requests", 1)
        sums["unpriced_requests"] += getattr(event, "unpriced", int(event.cost_micros is None))
    return list(found.values())


def _add(cursor: Any, key: dict[str, Any], sums: dict[str, int], sign: int) -> None:
    """Add ``sums`` to the roll-up of ``key``, or take them away."""
    columns = [*key, *day_sums()]
    given = [*key.values(), *(sign * sums.get(one, 0) for one in day_sums())]
    added = ", ".join(f"{one} = d.{one} + excluded.{one}" for one in day_sums())
    cursor.execute(
        f"INSERT INTO metering_dayusage AS d ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(given))}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {added}",
        given,
    )


def _no_task() -> dict[str, Any]:
    """A task has a person: what leads to it goes, whatever the column is called."""
    blank = {"task_id": None, "task": "", "note": ""}
    has = {field.name for field in UsageEvent._meta.concrete_fields}
    return {name: value for name, value in blank.items() if name in has}


@contextmanager
def to_no_one() -> Iterator[None]:
    """Within: the ledger's guard lets rows pass to No one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('metering.to_no_one', 'on', true)")
        yield
        cursor.execute("SELECT set_config('metering.to_no_one', '', true)")
