"""Calls that are written while a price is added, and while calls are priced anew: each ends at the price that holds."""

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from metering.usage import actions, bulk, queries, writing
from metering.usage.ledger import record, record_many
from metering.usage.models import UsageEvent
from metering.usage.writing import FEW
from tests.metering.builders import call, today

pytestmark = pytest.mark.django_db(transaction=True)
HOUSE = "openai:house"  # no list has a price for it


def add_price() -> None:
    actions.add_price(
        "test", provider="openai", pattern="house", currency="USD", input=Decimal(3), output=Decimal(4),
        valid_from=today(),
    )  # fmt: skip


def price_again() -> int:
    period = Period(today(), today())
    return actions.price_again("test", provider="openai", model="house", period=period).calls


def begun(work: Callable[[], object], results: list[object]) -> threading.Thread:
    """``work`` in a thread with a connection of its own."""

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("way", ["one", "one after a look", "many", "many the ordinary way"])
def test_a_price_that_is_added_while_calls_are_written_reaches_them(cast, monkeypatch, way):
    number = 2 * FEW if way.startswith("many") else 1
    inside, go, results = threading.Event(), threading.Event(), []

    def pause() -> None:
        inside.set()
        go.wait(10)

    real = writing.add_up
    monkeypatch.setattr(writing, "add_up", lambda sums: (real(sums), number > 1 and pause()))
    if way.endswith("ordinary way"):
        monkeypatch.setattr(bulk, "write", lambda *given: None)
    calls = [call(cast.mia, cast.support, model=HOUSE) for _ in range(number)]
    if way == "one":  # by what is known from a call before
        record(call(cast.mia, cast.support))

    def write() -> None:
        with transaction.atomic() if number == 1 else nullcontext():
            assert record_many(calls).written == number
            if number == 1:
                pause()

    writer = begun(write, results)
    assert inside.wait(10)
    add_price()
    pricer = begun(price_again, results)
    while pricer.is_alive() and not waits_for_a_lock():
        time.sleep(0.01)
    go.set()
    writer.join(20)
    pricer.join(20)
    assert results == [None, number]
    assert DayUsage.objects.filter(model="house").totals()["cost_micros"] == 3000 * number


def test_while_calls_are_priced_anew_others_are_written(cast, monkeypatch):
    """In parts, whose days nobody else has to take in the same order."""
    low, high = sorted((cast.mia, cast.lea), key=lambda person: person.pk)
    made = [call(person, cast.support, model=HOUSE) for person in (low, low, high, high)]
    record_many(made)
    add_price()
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    real_read, real_put, results = queries.standing_in, writing.put, []
    first, go = threading.Event(), threading.Event()

    def put(*given):
        real_put(*given)
        if not first.is_set():
            first.set()
            go.wait(10)

    monkeypatch.setattr(
        queries, "standing_in", lambda of: iter(sorted(real_read(of), key=lambda row: -row.person_id))
    )
    monkeypatch.setattr(writing, "put", put)
    pricer = begun(price_again, results)
    assert first.wait(10)
    more = [call(person, cast.support, model=HOUSE) for person in (low, high)]
    writer = begun(lambda: record_many(more).written, results)
    writer.join(5)
    assert results == [2], "nobody waits for it"
    go.set()
    pricer.join(20)
    assert results == [2, 4]
    assert UsageEvent.objects.filter(model="house", kind="correction").count() == 4
    assert DayUsage.objects.filter(model="house").totals()["cost_micros"] == 3000 * 6


def test_calls_that_pass_to_another_in_parts_are_in_nobodys_way(cast, monkeypatch):
    record_many(
        [call(cast.mia, cast.support, model=model) for model in (HOUSE, "openai:gpt-4o") for _ in "ab"]
    )
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    real, parts, results = writing.put, [], []

    def put(*given):
        real(*given)
        if not parts:
            parts.append(1)
            writer = begun(lambda: record(call(cast.mia, cast.support, model=HOUSE)) is not None, results)
            writer.join(5)

    monkeypatch.setattr(writing, "put", put)
    found = UsageEvent.objects.filter(person=cast.mia)
    assert actions.correct_all("test", found, note="hers", person=cast.lea) == 4
    assert results == [True], "the day of the first part is not held while the second is read"
    days = DayUsage.objects.filter(requests__gt=0).order_by("person_id").values_list("person_id", "requests")
    assert sorted(days) == sorted([(cast.mia.pk, 1), (cast.lea.pk, 2), (cast.lea.pk, 2)])
