"""What a model call costs, by genai-prices: offline, dated, nothing fetched. Unknown is None, never 0."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP
from importlib.metadata import version

from genai_prices import Usage, calc_price

PRICED_BY = f"genai-prices {version('genai-prices')}"


@dataclass(frozen=True, slots=True)
class Price:
    """``micros`` is in millionths of a dollar; None: no price is known. ``priced_by``: the price list."""

    micros: int | None
    priced_by: str = ""


def price(
    *,
    provider: str,
    model: str,
    at: datetime,
    input_tokens: int,
    cache_read_tokens: int,
    cache_write_tokens: int,
    output_tokens: int,
) -> Price:
    """The price of one call at its time. ``input_tokens`` includes cached ones, as genai-prices counts.

    A provider or model without a price, and counts that contradict each other, are not priced.
    """
    usage = Usage(
        input_tokens=input_tokens,
        cache_read_tokens=cache_read_tokens,
        cache_write_tokens=cache_write_tokens,
        output_tokens=output_tokens,
    )
    try:
        found = calc_price(usage, model, provider_id=provider, genai_request_timestamp=at)
    except (LookupError, ValueError):
        return Price(None)
    micros = (found.total_price * 1_000_000).to_integral_value(rounding=ROUND_HALF_UP)
    return Price(int(micros), PRICED_BY)
