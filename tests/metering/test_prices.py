"""What a call costs: by its provider, model and time; unknown is not priced, never free."""

from datetime import UTC, datetime
from typing import Any

import pytest

from metering.usage.prices import Price, price

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def of(provider: str = "openai", model: str = "gpt-4o", **tokens: Any) -> Price:
    counts = {"input_tokens": 1000, "cache_read_tokens": 0, "cache_write_tokens": 0, "output_tokens": 0}
    return price(provider=provider, model=model, at=NOW, **(counts | tokens))


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
        ("offline", "rules"),
        ("openai", "no-such-model"),
        ("no-such-provider", "gpt-4o"),
        ("", "gpt-4o"),
        ("openai", ""),
    ],
)
def test_what_nobody_has_a_price_for_is_not_priced(provider, model):
    assert of(provider, model) == Price(None)


def test_counts_that_contradict_each_other_are_not_priced():
    assert of(input_tokens=10, cache_read_tokens=11) == Price(None)


def test_halves_of_a_micro_round_up():
    assert [of(input_tokens=tokens).micros for tokens in (0, 1, 2, 3)] == [0, 3, 5, 8]


def test_dated_names_find_their_model():
    assert of(model="gpt-4o-2024-08-06").micros == 2500
