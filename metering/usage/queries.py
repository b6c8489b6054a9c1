"""Reads events for corrections: one with all its rows, and those of a model as they add up now."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Case, F, Max, Q, Sum, When

from metering.rollups.periods import Period
from metering.usage.corrections import NOTHING, By, Figures, Place
from metering.usage.models import UsageEvent, UsageEventQuerySet
from metering.usage.row import COLUMNS, Row
from metering.usage.writing import digest

# One corrects at a time: what stands is read, and what is right is written, under this lock.
LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtext('metering_correct'))"

# Each event of a model with its corrections, where it counts. One whose cost somebody stated is left alone.
STANDING_SQL = """
    SELECT source, coalesce(nullif(corrects, ''), key) AS event, at, person_id, team_id, agent_id,
           max(agent_name), max(task), max(trigger), max(currency),
           sum(requests), sum(input_tokens), sum(cache_read_tokens), sum(cache_write_tokens), sum(output_tokens),
           sum(coalesce(cost_micros, 0)), sum(unpriced)
    FROM metering_usageevent WHERE provider = %s AND model = %s AND at >= %s AND at < %s
    GROUP BY source, event, at, person_id, team_id, agent_id
    HAVING sum(requests) > 0 AND NOT bool_or(priced_by LIKE 'stated by %%')
"""
AT_ONCE = 5_000  # rows fetched

# The key of the call that a row is of: its own, or that of the call which it corrects.
EVENT = Case(When(corrects="", then=F("key")), default=F("corrects"))


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SQL)


def of_event(event: UsageEvent) -> list[Row]:
    """The row of a model call and of each of its corrections. ``event`` may be any of them."""
    key = event.corrects or event.key
    kept = UsageEvent.objects.filter(at=event.at, source=event.source)
    found = kept.filter(Q(key=key) | Q(corrects=key)).order_by("id").values_list(*COLUMNS)
    return [_row(dict(zip(COLUMNS, values, strict=True))) for values in found]


def of_model(provider: str, model: str, period: Period) -> Iterator[tuple[Row, Figures]]:
    """Each event of a model that counts in ``period``: the row of a call like it, and what it comes to so far."""
    start = datetime.combine(period.first, time(), UTC)
    end = datetime.combine(period.last, time(), UTC) + timedelta(days=1)
    with connection.chunked_cursor() as cursor:
        cursor.execute(STANDING_SQL, [provider, model, start, end])
        while found := cursor.fetchmany(AT_ONCE):
            for source, key, at, person, team, agent, name, task, trigger, currency, *sums in found:
                figures = Figures(*map(int, sums))
                values = Place(person, team, agent, provider, model)._asdict() | figures._asdict()
                values |= {"source": source, "key": key, "at": at, "agent_name": name, "task": task}
                yield _row(values | {"trigger": trigger, "currency": currency}), figures


def standing_in(events: UsageEventQuerySet) -> Iterator[Row]:
    """What the rows of ``events`` come to, one for each event and place where it counts: calls and their corrections.

    ``key`` is the call's own. What was corrected away is not among them.
    """
    place = ("person_id", "team_id", "agent_id", "provider", "model")
    rows = events.order_by().annotate(event=EVENT).values("source", "event", "at", "currency", *place)
    sums = {f"{name}_sum": Sum(name, default=0) for name in Figures._fields}
    by = {f"{name}_of": ArrayAgg(name, order_by="-id") for name in By._fields}
    told = rows.annotate(**sums, **by, name=Max("agent_name"), job=Max("task"), why=Max("trigger")).filter(
        requests_sum__gt=0
    )
    for found in told.iterator(AT_ONCE):
        figures = {name: int(found[f"{name}_sum"]) for name in Figures._fields}
        values = {name: found[name] for name in ("source", "at", "currency", *place)}
        values |= {"key": found["event"], "agent_name": found["name"], "task": found["job"]}
        values |= {name: found[f"{name}_of"][0] for name in By._fields}
        yield _row(values | figures | {"trigger": found["why"]})


def _row(values: dict[str, object]) -> Row:
    given: dict[str, object] = {"turn": 0, "failed": False, "retried": False, "tool_calls": 0, "changes": 0}
    given |= {"rate": 1, "priced_by": "", "kind": "call", "corrects": "", "note": ""}
    given |= NOTHING._asdict() | values
    at = given["at"]
    assert isinstance(at, datetime)
    given |= {
        "at": at.astimezone(UTC),
        "digest": digest(str(given["source"]), str(given["key"])).hex(),
        "figures": 0,
    }
    return Row(**given)  # type: ignore[arg-type]
