"""Reads model calls for corrections: one with all its rows, and many as they add up now."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, F, Max, Q, Sum, When

from metering.usage.corrections import NOTHING, By, Figures, Place
from metering.usage.models import UsageEvent, UsageEventQuerySet
from metering.usage.row import COLUMNS, Row
from metering.usage.writing import digest

# One corrects at a time: what stands is read, and what is right is written, under this lock.
LOCK = "metering_correct"
AT_ONCE = 5_000  # rows fetched

# The key of the call that a row is of: its own, or that of the call which it corrects.
EVENT = Case(When(corrects="", then=F("key")), default=F("corrects"))


def of_event(event: UsageEvent) -> list[Row]:
    """The row of a model call and of each of its corrections. ``event`` may be any of them."""
    key = event.corrects or event.key
    kept = UsageEvent.objects.filter(at=event.at, source=event.source)
    found = kept.filter(Q(key=key) | Q(corrects=key)).order_by("id").values_list(*COLUMNS)
    return [_row(dict(zip(COLUMNS, values, strict=True))) for values in found]


def standing_in(events: UsageEventQuerySet) -> Iterator[Row]:
    """What the rows of ``events`` come to, one for each event and place where it counts: calls and their corrections.

    ``key`` is the call's own. What was corrected away is not among them.
    """
    rows = events.order_by().annotate(event=EVENT).values("source", "event", "at", "currency", *Place._fields)
    sums = {f"{name}_sum": Sum(name, default=0) for name in Figures._fields}
    by = {f"{name}_of": ArrayAgg(name, order_by="-id") for name in By._fields}
    told = rows.annotate(**sums, **by, name=Max("agent_name"), job=Max("task"), why=Max("trigger")).filter(
        requests_sum__gt=0
    )
    for found in told.iterator(AT_ONCE):
        figures = {name: int(found[f"{name}_sum"]) for name in Figures._fields}
        values = {name: found[name] for name in ("source", "at", "currency", *Place._fields)}
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
