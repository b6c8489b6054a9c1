"""Whole prices per token, from genai-prices (offline): between two tiers a price is linear in tokens. Pure."""

from bisect import bisect_left
from dataclasses import astuple, dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version

from genai_prices import Usage, calc_price
from genai_prices.types import ModelInfo, TieredPrices, TimeOfDateConstraint

LIST = f"genai-prices {version('genai-prices')}"
LIST_CURRENCY = "USD"
HERE = "offline"  # the provider of models that run in the portal itself: nobody sends a bill for them
SCALE = 10**20  # one micro of a currency in a tariff's integers: exact to the last digit of any price × rate
HALF = SCALE // 2
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one token costs, in micros × SCALE; ``each`` comes on top of every call."""

    fresh: int
    cache_read: int
    cache_write: int
    output: int
    each: int = 0

    def micros(
        self, input_tokens: int, cache_read_tokens: int, cache_write_tokens: int, output_tokens: int
    ) -> int | None:
        """Halves go up. None where more was cached than read."""
        fresh = input_tokens - cache_read_tokens - cache_write_tokens
        if fresh < 0:
            return None
        total = self.each + self.fresh * fresh + self.cache_read * cache_read_tokens
        total += self.cache_write * cache_write_tokens + self.output * output_tokens
        return (total + HALF) // SCALE

    def times(self, rate: Decimal) -> "Tariff":
        """In another currency: what one unit of this one is worth in it."""
        if rate == 1:
            return self
        return Tariff(*(int(Decimal(part) * rate) for part in astuple(self)))


@dataclass(frozen=True, slots=True)
class Tiers:
    """Tariffs by what a call read: ``tariffs[n]`` above ``starts[n - 1]`` tokens, up to ``starts[n]``."""

    starts: tuple[int, ...]
    tariffs: tuple[Tariff, ...]

    def at(self, input_tokens: int) -> Tariff:
        return self.tariffs[bisect_left(self.starts, input_tokens)]

    def times(self, rate: Decimal) -> "Tiers":
        return Tiers(self.starts, tuple(tariff.times(rate) for tariff in self.tariffs))


def per_million(
    input: Decimal, cache_read: Decimal | None, cache_write: Decimal | None, output: Decimal
) -> Tiers:
    """A contract's: a price per million tokens is micros per token. Without a cache price that of input."""
    parts = (input, cache_read, cache_write, output)
    return Tiers((), (Tariff(*(int((input if part is None else part) * SCALE) for part in parts)),))


NOTHING = Tiers((), (Tariff(0, 0, 0, 0),))


@lru_cache(maxsize=4096)
def known(provider: str, model: str) -> ModelInfo | None:
    """The model in the public list, or None. Asked for once: the list searches a long time."""
    try:
        return calc_price(Usage(), model, provider_id=provider).model
    except (LookupError, ValueError):
        return None


def listed(provider: str, model: str, at: datetime) -> Tiers | None:
    """What the public list says for a call at ``at``."""
    info = known(provider, model)
    if info is None:
        return None
    prices = info.get_prices(at)
    key = (provider, model, id(prices))  # the list lives as long as the process does
    if key not in _tiers:
        _tiers[key] = _asked(provider, model, at, prices)
    return _tiers[key]


@lru_cache(maxsize=4096)
def changes_within_a_day(provider: str, model: str) -> bool:
    """Has the model a price by the hour? (One that begins on a date holds from midnight UTC.)"""
    info = known(provider, model)
    prices = info.prices if info is not None and isinstance(info.prices, list) else []
    return any(isinstance(price.constraint, TimeOfDateConstraint) for price in prices)


_tiers: dict[tuple[str, str, int], Tiers | None] = {}


def _asked(provider: str, model: str, at: datetime, prices: object) -> Tiers | None:
    """The list's own answers to five calls in each tier, taken apart into what a token costs."""
    tiered = [value for value in vars(prices).values() if isinstance(value, TieredPrices)]
    starts = tuple(sorted({tier.start for value in tiered for tier in value.tiers}))

    def price(
        input_tokens: int, cache_read_tokens: int = 0, cache_write_tokens: int = 0, output_tokens: int = 0
    ) -> int:
        usage = Usage(
            input_tokens=input_tokens,
            cache_read_tokens=cache_read_tokens,
            cache_write_tokens=cache_write_tokens,
            output_tokens=output_tokens,
        )
        found = calc_price(usage, model, provider_id=provider, genai_request_timestamp=at)
        return int(found.total_price * MILLION * SCALE)

    tariffs = []
    try:
        for start in (0, *starts):
            some = start + 1
            base = price(some)
            fresh = price(some + 1) - base
            read = price(some, cache_read_tokens=1) - base + fresh
            write = price(some, cache_write_tokens=1) - base + fresh
            output = price(some, output_tokens=1) - base
            tariffs.append(Tariff(fresh, read, write, output, base - fresh * some))
    except (LookupError, ValueError):
        return None
    return Tiers(starts, tuple(tariffs))
