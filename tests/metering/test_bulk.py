"""What a large batch is written as, in the database's own format, is what one by one is written as."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from metering.usage import bulk
from metering.usage.ledger import Ingested, record, record_many
from metering.usage.models import ContractPrice, ExchangeRate, UsageEvent, UsageKey
from metering.usage.row import COLUMNS
from tests.metering.test_ingest import COMPARED, MANY, NOW, batch


@pytest.fixture
def ordinary(monkeypatch):
    """Calls this to leave all batches to the ordinary way."""
    return lambda: monkeypatch.setattr(bulk, "write", lambda *given: None)


def test_every_column_of_the_table_is_copied():
    assert sorted(COLUMNS) == sorted({field.column for field in UsageEvent._meta.concrete_fields} - {"id"})


def test_keys_and_figures_are_those_of_the_ordinary_way(cast, ordinary):
    """Sent again the ordinary way all of it is known, and nothing differs from what the first way noted."""
    made = batch(cast)
    assert record_many(made).written == MANY
    ordinary()
    assert record_many(made) == Ingested(0, MANY, 0)
    assert record(made[0]) is None
    assert UsageKey.objects.exclude(figures=None).count() == MANY


@pytest.mark.parametrize("rate", ["1.08250000", "0.00000001", "9999999.5", "1"])
def test_a_rate_is_copied_to_the_last_digit(cast, ordinary, rate):
    ContractPrice.objects.create(
        provider="openai",
        pattern="gpt-*",
        currency="EUR",
        input=Decimal("2.5"),
        output=Decimal(10),
        valid_from=(NOW - timedelta(days=70)).date(),
    )
    ExchangeRate.objects.create(currency="EUR", day=(NOW - timedelta(days=70)).date(), rate=Decimal(rate))
    assert record_many(batch(cast)).written == MANY
    ordinary()
    assert record_many(batch(cast, source="slowly")).written == MANY
    first, second = (
        list(
            UsageEvent.objects.filter(source=source, cost_micros=None).order_by("key").values_list(*COMPARED)
        )
        + list(
            UsageEvent.objects.filter(source=source, priced_by__startswith="contract")
            .order_by("key")
            .values_list(*COMPARED)
        )
        for source in ("batch", "slowly")
    )
    assert first == second
    assert {one.rate for one in UsageEvent.objects.filter(priced_by__startswith="contract")} == {
        Decimal(rate)
    }


def test_a_key_that_is_taken_leaves_nothing_behind(cast):
    made = batch(cast)
    assert record(made[MANY // 2]) is not None
    assert bulk.write(made, NOW) is None
    assert (UsageEvent.objects.count(), UsageKey.objects.count()) == (1, 1)
    assert record_many(made) == Ingested(MANY - 1, 1, 0, late=record_many([]).late + _late(made))


def test_what_is_refused_at_the_ends_of_a_batch_is_no_key_to_look_for(cast):
    made = batch(cast)
    made[0], made[-1] = (replace(one, key="a\0b\ud800") for one in (made[0], made[-1]))
    assert record_many(made).refused == 2
    assert UsageEvent.objects.count() == MANY - 2


def test_an_id_that_no_database_holds_is_refused_for_its_event_alone(cast):
    made = batch(cast)
    wrong = [{"person_id": 2**63}, {"team_id": -(2**70)}, {"agent_id": 2**63}, {"agent_id": -1}]
    made[5:9] = (replace(one, **change) for one, change in zip(made[5:9], wrong, strict=True))
    done = record_many(made)
    assert (done.written, done.refused) == (MANY - 4, 4)


def _late(made) -> int:
    now = timezone.now()  # a whole run may lie between it and what was made
    return sum(now - one.at > timedelta(days=2) for one in made if one is not made[MANY // 2])
