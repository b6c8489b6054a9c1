"""Which events the ledger accepts: possible counts, texts, times and people. Pure."""

import re
from datetime import datetime, timedelta

from metering.usage.calls import BatchContext, ModelCall

# More is a mistake of the source: no model reads, writes or calls as much in one go.
TOKENS = 20_000_000
COUNTS = {"turn": 1_000_000, "tool_calls": 10_000, "changes": 10_000}
COST_MICROS = 10_000 * 1_000_000
IDS = range(1, 2**63)  # of people, teams and agents: what the database counts with
SETTLED = timedelta(days=2)  # a call that comes in later is late: what was shown of its day moves
TEXTS = {"source": 40, "key": 200, "task": 80, "provider": 60, "model": 120}
LONGEST_NAME = 80
TRIGGERS = {"", "manual", "schedule"}
CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # what no table, or no line of one, can hold


def wrong(call: ModelCall, context: BatchContext) -> str:
    """Why the ledger refuses ``call``; empty: it does not. The same words on any day, so that refusals are counted."""
    return _time(call, context) or _counts(call) or _words(call) or _who(call, context)


def late(at: datetime, context: BatchContext) -> str:
    """A note for an event of a day that had settled."""
    delay = context.now - at
    return f"late: came in {delay.days} days after the call" if delay > SETTLED else ""


def name(text: str) -> str:
    """An agent's name as the ledger copies it: it is a label, so what does not fit is left out."""
    return CONTROL.sub(" ", text)[:LONGEST_NAME]


def _time(call: ModelCall, context: BatchContext) -> str:
    if call.at.tzinfo is None:
        return "The time has no zone."
    if call.at > context.latest:
        return "The time is in the future."
    if call.at < context.oldest:
        return f"The time is more than {(context.now - context.oldest).days} days ago: older events are not kept."
    return ""


def _counts(call: ModelCall) -> str:
    read, cached, written = call.input_tokens, call.cache_read_tokens, call.cache_write_tokens
    limits = {"input_tokens": TOKENS, "cache_read_tokens": TOKENS, "cache_write_tokens": TOKENS}
    for field, limit in (limits | {"output_tokens": TOKENS} | COUNTS).items():
        count = getattr(call, field)
        if count < 0:
            return f"{field} is {count}: counts are never negative."
        if count > limit:
            return f"{field} is {count}: more than {limit} in one call is a mistake."
    if cached + written > read:
        return f"input_tokens is {read}, with {cached + written} cached: it has to include them."
    if call.cost_micros is not None and not 0 <= call.cost_micros <= COST_MICROS:
        return f"cost_micros is {call.cost_micros}: one call costs 0 to {COST_MICROS}."
    return ""


def _words(call: ModelCall) -> str:
    for field, longest in TEXTS.items():
        text = getattr(call, field)
        if len(text) > longest:
            return f"{field} is longer than {longest} characters."
        if CONTROL.search(text):
            return f"{field} has a character that is no text."
        if not text and field != "task":
            return f"{field} is empty."
    return "" if call.trigger in TRIGGERS else "trigger is neither manual nor schedule."


def _who(call: ModelCall, context: BatchContext) -> str:
    if call.person_id not in context.people:
        return f"There is no person {call.person_id}."
    if call.team_id not in context.teams:
        return f"There is no team {call.team_id}."
    return "" if not call.agent_id or call.agent_id in IDS else f"There is no agent {call.agent_id}."
