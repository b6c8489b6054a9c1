"""My usage as JSON and CSV. Pure: both are made of what ``own.read`` gives the page."""

from collections.abc import Iterator
from typing import Any

from metering.my_usage.own import Own
from metering.reports.lines import amount, currency
from metering.rollups.periods import Period
from metering.rollups.sums import Sum

HEADER = (
    *("part", "name", "first_day", "last_day", "model_calls", "tokens_read", "tokens_written", "cost", "currency"),
    *("calls_not_priced", "verified_items", "cost_per_item", "cache_share_percent", "text", "state"),
)  # fmt: skip
PARTS = ("days", "agents", "models", "signals", "looks", "permits", "corrections")
NO_AGENT = "No agent of this portal"


def document(own: Own) -> dict[str, Any]:
    """Everything that the page shows. Amounts are texts with six digits; null: not priced, or not enough to say."""
    usage = own.usage
    whole = {
        **_sum(usage.whole),
        "verified_items": own.items,
        "cost_per_item": amount(own.micros_per_item) or None,
        "cache_share_percent": own.cache_share,
    }
    return {
        **_days(usage.period),
        "currency": currency(),
        "whole": whole,
        "days": [{"name": str(day), **_sum(sum_)} for day, sum_ in usage.days.items()],
        "agents": [{"name": agent.label or NO_AGENT, **_sum(agent)} for agent in usage.agents.values()],
        "models": [{"name": model.label, **_sum(model)} for model in usage.models.values()],
        "signals": [
            {
                "name": signal.signal.agent_name,
                "first_day": str(signal.signal.since),
                "text": " ".join(filter(None, (signal.sentence, signal.because, signal.advice))),
            }
            for signal in own.signals
        ],
        "looks": [
            {
                "name": f"{look.look.viewer_name} at {look.look.team_name}",
                **_days(look.look.period),
                "text": look.look.purpose,
                "state": "shown" if look.look.shown else "nothing shown",
                "at": look.look.at.isoformat(timespec="seconds"),
                "times": look.times,
            }
            for look in own.looks
        ],
        "permits": [
            {"name": str(permit), "last_day": str(permit.ends_at.date()), "text": permit.purpose}
            for permit in own.permits
        ],
        "corrections": [
            {
                "name": correction.what,
                **_days(correction.period),
                "text": correction.why,
                "state": correction.state,
            }
            for correction in own.corrections
        ],
    }


def lines(own: Own) -> Iterator[tuple[object, ...]]:
    """The same, a line for each thing; ``part`` says what it is. Empty is what is null there."""
    told = document(own)
    rows = [("whole", _days(own.usage.period) | told["whole"])]
    rows += [(part, line) for part in PARTS for line in told[part]]
    for part, row in rows:
        values = {"part": part, **row} | ({"currency": told["currency"]} if row.get("cost") else {})
        yield tuple("" if values.get(name) is None else values[name] for name in HEADER)


def _sum(sum_: Sum) -> dict[str, Any]:
    return {
        "model_calls": sum_.requests,
        "tokens_read": sum_.input_tokens,
        "tokens_written": sum_.output_tokens,
        "cost": amount(sum_.cost) or None,
        "calls_not_priced": sum_.unpriced,
    }


def _days(period: Period) -> dict[str, str]:
    return {"first_day": str(period.first), "last_day": str(period.last)}
