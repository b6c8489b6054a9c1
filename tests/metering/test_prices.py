"""What a call costs: by its provider, model and time; unknown is not priced, never free."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot

from metering.usage.models import ContractPrice, ExchangeRate
from metering.usage.prices import Book, Price

KINDS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def of(provider: str = "openai", model: str = "gpt-4o", **tokens: Any) -> Price:
    counts = {"input_tokens": 1000, "cache_read_tokens": 0, "cache_write_tokens": 0, "output_tokens": 0}
    return Book([], [], "USD").price(provider, model, NOW, **(counts | tokens))


def test_known_models_have_a_price_and_say_whose():
    found = of(input_tokens=1_000_000, output_tokens=1_000_000)
    assert found.micros == 2_500_000 + 10_000_000
    assert found.priced_by.startswith("genai-prices ")


def test_cached_tokens_are_part_of_those_read():
    assert of(cache_read_tokens=1000).micros == 1250
    assert of(cache_read_tokens=400).micros == 1500 + 500


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("acme", "unheard-of"),
        ("openai", "no-such-model"),
        ("no-such-provider", "gpt-4o"),
        ("", "gpt-4o"),
        ("openai", ""),
    ],
)
def test_what_nobody_has_a_price_for_is_not_priced(provider, model):
    assert of(provider, model) == Price(None)


def test_what_runs_in_the_portal_costs_nothing_unless_a_contract_says_otherwise():
    assert of("offline", "rules") == Price(0, "runs in the portal")
    since = NOW.date() - timedelta(days=1)
    inside = ContractPrice(
        pk=3,
        provider="offline",
        pattern="*",
        currency="USD",
        input=Decimal(1),
        output=Decimal(2),
        valid_from=since,
    )
    found = Book([inside], [], "USD").price("offline", "rules", NOW, 1000, 0, 0, 0)
    assert found == Price(1000, "contract 3")


def test_counts_that_contradict_each_other_are_not_priced():
    assert of(input_tokens=10, cache_read_tokens=11) == Price(None)


def test_halves_of_a_micro_round_up():
    assert [of(input_tokens=tokens).micros for tokens in (0, 1, 2, 3)] == [0, 3, 5, 8]


def test_dated_names_find_their_model():
    assert of(model="gpt-4o-2024-08-06").micros == 2500


def test_tariffs_say_what_the_list_says_for_every_model_and_tier():
    draw = random.Random(5)
    book = Book([], [], "USD")
    for provider in get_snapshot().providers:
        for model in draw.sample(provider.models, min(4, len(provider.models))):
            at = NOW - timedelta(minutes=draw.randrange(400_000))
            read = draw.choice([0, 1, draw.randrange(300_000), 128_000, 200_000, 200_001, 1_000_000])
            cached = draw.randrange(read + 1)
            counts = (read, cached, draw.randrange(read - cached + 1), draw.randrange(5000))
            usage = dict(zip(KINDS, counts, strict=True))
            try:
                listed = calc_price(
                    Usage(**usage), model.id, provider_id=provider.id, genai_request_timestamp=at
                )
            except (LookupError, ValueError):
                expected = None
            else:
                expected = int((listed.total_price * 1_000_000).to_integral_value(ROUND_HALF_UP))
            assert book.price(provider.id, model.id, at, *counts).micros == expected, (model.id, counts)


def contract(pattern: str = "gpt-4o", pk: int = 1, **fields: Any) -> ContractPrice:
    values = {"currency": "USD", "input": Decimal(1), "output": Decimal(2), "valid_from": date(2026, 10, 1)}
    return ContractPrice(pk=pk, provider="openai", pattern=pattern, **(values | fields))


def by(*contracts: ContractPrice, model: str = "gpt-4o", on: datetime = NOW, **counts: int) -> tuple:
    tokens = {
        "input_tokens": 1000,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "output_tokens": 0,
    } | counts
    found = Book(list(contracts), [], "USD").price("OpenAI", model, on, **tokens)
    return found.micros, found.priced_by.split()[0]


def test_a_contract_stands_before_the_list():
    assert by(contract(), output_tokens=10) == (1020, "contract")
    assert by(contract(cache_read=Decimal("0.1")), cache_read_tokens=500) == (550, "contract")
    assert by(contract(cache_write=Decimal(3)), cache_write_tokens=500) == (2000, "contract")
    assert by(contract(input=Decimal("0.0005"))) == (1, "contract")  # half a micro goes up


def test_it_holds_on_its_days_and_for_its_models():
    first, last = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, 59, tzinfo=UTC)
    spanned = contract(valid_until=date(2026, 10, 31))
    assert [by(spanned, on=at)[1] for at in (first, last)] == ["contract"] * 2
    assert [by(spanned, on=at)[1] for at in (first - timedelta(1), last + timedelta(minutes=1))] == [
        "genai-prices"
    ] * 2
    assert by(contract("GPT-4*"))[1] == "contract"
    assert (
        by(contract("gpt-4"))[1] == by(contract("gpt-4?"))[1] == by(contract("gpt-4[o]"))[1] == "genai-prices"
    )


def test_of_several_the_closest_holds_then_the_latest():
    wide, close = contract("*", 1), contract("gpt-4o*", 2, input=Decimal(5))
    later = contract("gpt-4o*", 3, input=Decimal(7), valid_from=date(2026, 10, 20))
    assert by(wide, close)[0] == by(close, wide)[0] == 5000
    assert by(wide, close, later)[0] == 7000
    assert by(wide, model="house")[0] == 1000


def test_another_currency_is_taken_at_that_day_s_rate_or_not_at_all():
    rates = [ExchangeRate(pk=n, currency="USD", day=date(2026, 10, n), rate=Decimal(n) / 10) for n in (5, 20)]
    book = Book([contract("house", currency="CHF")], rates, "EUR")

    def euros(day: int, model: str = "gpt-4o") -> tuple[int | None, Decimal]:
        found = book.price("openai", model, datetime(2026, 10, day, tzinfo=UTC), 1000, 0, 0, 0)
        return found.micros, found.rate

    assert euros(4) == (None, Decimal(1))
    assert euros(5) == euros(19) == (1250, Decimal("0.5"))
    assert euros(20) == (5000, Decimal(2))
    assert euros(20, "house") == (None, Decimal(1))
