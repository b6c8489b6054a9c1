"""The ledger: written once by key, append-only, in partitions that are there when they are needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import RestrictViolation

from metering.rollups.models import DayUsage
from metering.usage import ledger
from metering.usage.models import UsageEvent
from metering.usage.partitions import make_ahead
from metering.usage.row import COLUMNS
from metering.workers import partitions
from tests.metering.builders import call, used
from tests.roles import superuser

NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(days=70)  # inside retention, in a month of its own
MONTH = f"metering_usageevent_{EARLIER:%Y_%m}"


def tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'metering_usageevent'::regclass"
        )
        return {name for (name,) in cursor}


def test_an_event_is_written_with_its_price_and_its_day(cast):
    made = call(
        cast.mia, cast.support, input_tokens=2000, cache_read_tokens=1000, output_tokens=100, task="3"
    )
    price = ledger.record(made)
    event = UsageEvent.objects.get(key=made.key)
    assert price is not None
    assert (event.person, event.team, event.task) == (cast.mia, cast.support, "3")
    assert event.cost_micros == price.micros == 2500 + 1250 + 1000  # read, read from cache, written
    assert event.priced_by.startswith("genai-prices ")
    assert (event.kind, event.currency, event.rate, event.requests, event.unpriced) == (
        "call",
        "USD",
        1,
        1,
        0,
    )
    day = DayUsage.objects.get()
    assert (day.day, day.requests, day.cost_micros) == (made.at.date(), 1, event.cost_micros)


def test_the_same_key_is_written_once(cast):
    made = used(cast.mia, cast.support)
    assert ledger.record(made) is None
    assert ledger.record(replace(made, input_tokens=9, at=made.at - timedelta(days=60))) is None
    assert ledger.record(replace(made, source="other")) is not None
    assert UsageEvent.objects.filter(key=made.key).count() == 2
    assert DayUsage.objects.get().requests == 2


def test_a_day_is_a_utc_day(cast):
    evening = (NOW - timedelta(days=3)).replace(hour=23, minute=30, tzinfo=timezone(timedelta(hours=-5)))
    used(cast.mia, cast.support, at=evening)
    assert DayUsage.objects.get().day == evening.date() + timedelta(days=1)


@pytest.mark.django_db
def test_partitions_are_there_and_made_once():
    now = datetime.now(UTC)
    assert f"metering_usageevent_{now:%Y_%m}" in tables()
    last = (now.replace(day=1) + timedelta(days=4 * 31)).strftime("metering_usageevent_%Y_%m")
    assert last not in tables()
    make_ahead(months=4)
    made = tables()
    assert last in made
    partitions()
    assert tables() == made


def test_a_month_without_a_partition_gets_one(cast):
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {MONTH}")
    made = used(cast.mia, cast.support, at=EARLIER)
    assert MONTH in tables()
    assert UsageEvent.objects.get(key=made.key).at == EARLIER
    assert DayUsage.objects.get().day == EARLIER.date()


def test_a_partition_is_as_append_only_as_the_whole(cast):
    made = used(cast.mia, cast.support)
    for sql in (f"DELETE FROM metering_usageevent_{NOW:%Y_%m}", f"TRUNCATE metering_usageevent_{NOW:%Y_%m}"):
        with pytest.raises(DatabaseError, match="append-only"), superuser():
            connection.cursor().execute(sql)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)
    assert UsageEvent.objects.filter(key=made.key).exists()


@pytest.mark.parametrize(
    "change", [{"input_tokens": -1}, {"requests": 2}, {"unpriced": 1}, {"kind": "correction"}, {"rate": 0}]
)
def test_the_table_itself_refuses_what_no_call_can_be(cast, change):
    made = used(cast.mia, cast.support)
    row = UsageEvent.objects.filter(key=made.key).values(*COLUMNS).get() | change
    with (
        pytest.raises(DatabaseError, match="usageevent_"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO metering_usageevent ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE metering_usageevent SET cost_micros = 0",
        "DELETE FROM metering_usageevent",
        "TRUNCATE metering_usageevent",
    ],
)
def test_the_ledger_is_append_only(cast, sql):
    made = used(cast.mia, cast.support)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sql)
    with pytest.raises(DatabaseError, match="append-only") as refused, superuser():
        connection.cursor().execute(sql)
    assert isinstance(refused.value.__cause__, RestrictViolation)
    assert UsageEvent.objects.filter(key=made.key).exists()
