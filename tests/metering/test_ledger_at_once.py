"""Several writers of the ledger at once, on connections of their own: each key once, every sum right."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections

from metering.rollups.models import DayUsage
from metering.usage import ledger
from metering.usage.calls import ModelCall
from metering.usage.ledger import record_many
from metering.usage.models import UsageEvent
from metering.usage.writing import FEW
from portal.people.models import Person
from portal.teams.models import Team
from tests.metering.builders import call
from tests.roles import superuser

NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(days=70)
MANY = 3 * FEW


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db: None) -> tuple[Person, Team]:
    """A person and a team that other connections see."""
    person = Person.objects.create(email="threads@example.com", display_name="Threads", password="!")
    return person, Team.objects.create(name="Threads", group=Group.objects.create(name="threads"))


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
    made = call(person, team, source="threads", key="same", at=EARLIER)
    assert sorted(at_once(made, made, made, made), key=bool)[:3] == [None] * 3
    assert UsageEvent.objects.filter(source="threads").count() == 1
    assert DayUsage.objects.get(person=person).requests == 1


def test_many_at_once_into_a_month_without_a_partition_all_count(committed):
    person, team = committed
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS metering_usageevent_{EARLIER:%Y_%m}")
    results = at_once(*(call(person, team, source="threads", key=f"key-{n}", at=EARLIER) for n in range(6)))
    assert [type(result).__name__ for result in results] == ["Price"] * 6
    assert UsageEvent.objects.filter(source="threads").count() == 6
    day = DayUsage.objects.get(person=person)
    assert (day.requests, day.input_tokens, day.cost_micros) == (6, 6000, 15000)


def test_batches_at_once_with_the_same_keys_write_each_once(committed):
    person, team = committed
    made = [
        call(person, team, source="threads", key=f"k{n}", agent_id=n % 7, at=NOW) for n in range(2 * MANY)
    ]
    shares = [made[:MANY], made[MANY // 2 :], list(reversed(made)), made[MANY:][:FEW], made[::3]]
    begin, results = threading.Barrier(len(shares)), []

    def run(share: list[ModelCall]) -> None:
        begin.wait(10)
        try:
            results.append(record_many(share))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[share]) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(one.written for one in results) == 2 * MANY
    assert sum(one.duplicates for one in results) == sum(map(len, shares)) - 2 * MANY
    assert set(Counter(UsageEvent.objects.values_list("key", flat=True)).values()) == {1}
    assert DayUsage.objects.totals()["requests"] == 2 * MANY
