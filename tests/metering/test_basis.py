"""One round trip for one event: what prices stand at is kept from call to call, and the database says when it moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from metering.usage import context
from metering.usage.ledger import record
from metering.usage.models import ContractPrice, ExchangeRate, UsageEvent, UsageRefusal
from tests.metering.builders import call

BEFORE = (datetime.now(UTC) - timedelta(days=30)).date()


@pytest.fixture
def known(cast):
    """The ledger has been looked at, after it was opened with its first row."""
    record(call(cast.mia, cast.support))
    assert record(call(cast.mia, cast.support)).priced_by.startswith("genai-prices")


def contract(**change) -> ContractPrice:
    given = {
        "provider": "openai",
        "pattern": "gpt-*",
        "currency": "USD",
        "input": Decimal(1),
        "output": Decimal(2),
        "valid_from": BEFORE,
    }
    return ContractPrice.objects.create(**given | change)


def test_what_is_known_costs_one_round_trip(cast, known, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert record(call(cast.lea, cast.support)) is not None
    assert UsageEvent.objects.count() == 3


def test_prices_and_rates_count_from_the_moment_they_are_said(cast, known, django_assert_num_queries):
    price = contract(currency="EUR")
    assert record(call(cast.mia, cast.support)).priced_by == ""  # nobody said what a euro is
    rate = ExchangeRate.objects.create(currency="EUR", day=BEFORE, rate=Decimal("1.5"))
    now = record(call(cast.mia, cast.support))
    assert (now.priced_by, now.rate) == (f"contract {price.pk}", Decimal("1.5"))
    with django_assert_num_queries(1):
        assert record(call(cast.mia, cast.support)) == now
    ExchangeRate.objects.filter(pk=rate.pk).update(rate=Decimal(3))
    assert record(call(cast.mia, cast.support)).micros == 2 * now.micros
    price.delete()
    assert record(call(cast.mia, cast.support)).priced_by.startswith("genai-prices")


def test_a_price_that_is_taken_back_with_its_transaction_never_was(cast, known):
    with transaction.atomic():
        price = contract()
        assert record(call(cast.mia, cast.support)).priced_by == f"contract {price.pk}"
        transaction.set_rollback(True)
    assert record(call(cast.mia, cast.support)).priced_by.startswith("genai-prices")


def test_a_price_that_another_program_writes_counts_as_well(cast, known):
    price = contract()
    record(call(cast.mia, cast.support))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE metering_contractprice SET input = input * 10, output = output * 10")
    assert record(call(cast.mia, cast.support)).priced_by == f"contract {price.pk}"
    first, second = UsageEvent.objects.filter(priced_by__startswith="contract").order_by("id")
    assert second.cost_micros == 10 * first.cost_micros


@pytest.mark.parametrize("missing", ["person_id", "team_id"])
def test_who_is_missing_is_looked_for_each_time(cast, known, missing):
    assert record(replace(call(cast.mia, cast.support), **{missing: 0})) is None
    assert f"There is no {missing.removesuffix('_id')} 0." in UsageRefusal.objects.get().reason
    assert UsageEvent.objects.count() == 2


def test_a_book_forgets_rather_than_grows(cast, known, monkeypatch):
    monkeypatch.setattr("metering.usage.prices.MOST", 3)
    book = context._basis.book
    now = datetime.now(UTC)
    for days in range(9):
        assert book.found("openai", "gpt-4o", now - timedelta(days=days)) is not None
    assert len(book._found) <= 3


def test_a_ledger_has_one_currency(cast, settings):
    assert record(call(cast.mia, cast.support)) is not None
    settings.CURRENCY = "EUR"
    with pytest.raises(ImproperlyConfigured, match="kept in USD"):
        record(call(cast.mia, cast.support))
