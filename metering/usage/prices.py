"""What a model call costs: own overrides first, then genai-prices (offline, dated); unknown is None, never 0."""

from dataclasses import dataclass
from datetime import datetime

from genai_prices import Usage, calc_price


@dataclass(frozen=True, slots=True)
class Price:
    """``micros`` is in micro-units of US dollars; None: no price is known."""

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
    """The price of one call. ``input_tokens`` includes cached ones (as genai-prices counts them)."""
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
    return Price(
        int((found.total_price * 1_000_000).to_integral_value(rounding="ROUND_HALF_UP")), "genai-prices"
    )
