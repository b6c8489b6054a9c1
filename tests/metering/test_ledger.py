"""The ledger: written once by key, append-only, in partitions that are there when they are needed."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, connections, transaction
from psycopg.errors import RestrictViolation

from metering.rollups.models import DayUsage
from metering.usage import ledger
from metering.usage.models import UsageEvent, UsageKey
from metering.workers import partitions
from portal.people.models import Person
from portal.teams.models import Team
from tests.metering.builders import call, used

FAR = datetime(2001, 1, 15, tzinfo=UTC)


def tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'metering_usageevent'::regclass"
        )
        return {name for (name,) in cursor}


def test_an_event_is_written_with_its_price_and_its_day(cast):
    made = call(
        cast.mia, cast.support, input_tokens=2000, cache_read_tokens=1000, output_tokens=100, task_id=3
    )
    price = ledger.record(made)
    event = UsageEvent.objects.get(key=made.key)
    assert price is not None
    assert (event.person, event.team, event.task_id) == (cast.mia, cast.support, 3)
    assert event.cost_micros == price.micros == 2500 + 1250 + 1000  # read, read from cache, written
    assert event.priced_by.startswith("genai-prices ")
    day = DayUsage.objects.get()
    assert (day.day, day.requests, day.cost_micros) == (made.at.date(), 1, event.cost_micros)


def test_the_same_key_is_written_once(cast):
    made = used(cast.mia, cast.support)
    assert ledger.record(made) is None
    assert ledger.record(replace(made, input_tokens=9, at=made.at - timedelta(days=60))) is None
    assert ledger.record(replace(made, source="other")) is not None
    assert UsageEvent.objects.filter(key=made.key).count() == 2
    assert DayUsage.objects.get().requests == 2


@pytest.mark.parametrize(
    "count", ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"]
)
def test_negative_counts_are_refused(cast, count):
    with pytest.raises(ValueError, match="never negative"):
        used(cast.mia, cast.support, **{count: -1})
    assert not UsageKey.objects.exists()


def test_a_time_without_a_zone_is_refused(cast):
    with pytest.raises(ValueError, match="zone"):
        used(cast.mia, cast.support, at=datetime(2026, 1, 1))


def test_a_day_is_a_utc_day(cast):
    used(cast.mia, cast.support, at=datetime.fromisoformat("2026-11-02T23:30:00-05:00"))
    assert str(DayUsage.objects.get().day) == "2026-11-03"


@pytest.mark.django_db
def test_partitions_are_there_and_made_once():
    now = datetime.now(UTC)
    assert f"metering_usageevent_{now:%Y_%m}" in tables()
    before = tables()
    ledger.make_partitions(months_ahead=4)
    made = tables()
    assert len(made - before) == 2  # two months ahead come with the migration
    partitions()
    assert tables() == made


def test_a_month_without_a_partition_gets_one(cast):
    made = used(cast.mia, cast.support, at=FAR)
    assert "metering_usageevent_2001_01" in tables()
    assert UsageEvent.objects.get(key=made.key).at == FAR
    assert DayUsage.objects.get().day == FAR.date()


def test_what_a_column_refuses_is_no_missing_partition(cast):
    with pytest.raises(DatabaseError, match="agent_name"), transaction.atomic():
        used(cast.mia, cast.support, agent_name=None)


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
    with pytest.raises(DatabaseError, match="append-only") as refused, transaction.atomic():
        connection.cursor().execute(sql)
    assert isinstance(refused.value.__cause__, RestrictViolation)
    assert UsageEvent.objects.filter(key=made.key).exists()


@pytest.fixture
def committed(django_db_setup, django_db_blocker) -> Iterator[tuple[Person, Team]]:
    """A person and a team that other connections see. What the test leaves goes with its partition."""
    with django_db_blocker.unblock():
        person = Person.objects.create_user("threads@example.com", "Threads")
        team = Team.objects.create(name="Threads", group=Group.objects.create(name="threads"))
        yield person, team
        DayUsage.objects.filter(person=person).delete()
        UsageKey.objects.filter(source="threads").delete()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS metering_usageevent_2001_01")
        group = team.group
        for row in (team, group, person):
            row.delete()
        connection.close()


def at_once(*calls: ledger.ModelCall) -> list[object]:
    """What recording each of ``calls`` gave, all begun at the same moment on connections of their own."""
    begin, results = threading.Barrier(len(calls)), []

    def run(made: ledger.ModelCall) -> None:
        try:
            begin.wait(10)
            results.append(ledger.record(made))
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[made]) for made in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_one_key_sent_twice_at_once_is_written_once(committed):
    person, team = committed
    made = call(person, team, source="threads", key="same", at=FAR)
    assert sorted(at_once(made, made, made, made), key=bool)[:3] == [None] * 3
    assert UsageEvent.objects.filter(source="threads").count() == 1
    assert DayUsage.objects.get(person=person).requests == 1


def test_many_at_once_into_a_month_without_a_partition_all_count(committed):
    person, team = committed
    results = at_once(*(call(person, team, source="threads", key=f"key-{n}", at=FAR) for n in range(6)))
    assert [type(result).__name__ for result in results] == ["Price"] * 6
    assert UsageEvent.objects.filter(source="threads").count() == 6
    day = DayUsage.objects.get(person=person)
    assert (day.requests, day.input_tokens, day.cost_micros) == (6, 6000, 15000)
