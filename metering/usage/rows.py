"""From model calls to rows of the ledger: validated, priced, named by digest; wrong ones set aside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from struct import Struct
from zlib import crc32

from metering.usage.calls import BatchContext, ModelCall
from metering.usage.prices import ONE, Book
from metering.usage.row import Row
from metering.usage.validation import CONTROL, COST_MICROS, COUNTS, TOKENS, late, name, wrong
from metering.usage.writing import digest

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
alike = attrgetter("source", "provider", "model", "trigger", "task", "person_id", "team_id", "agent_id")
of_agent = Struct(">iqiqiqiqiiiiiiii").pack
of_none = Struct(">iqiqiqiiiiiiiii").pack


@dataclass(slots=True)
class Rows:
    """What a batch comes to. ``good``: one row for each key; ``doubles``: further ones of a key in the batch.

    ``places``: where in the batch the call of each good row stands.
    """

    good: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    doubles: list[Row] = field(default_factory=list)
    refused: list[tuple[ModelCall, str]] = field(default_factory=list)


def rows(calls: Iterable[ModelCall], context: BatchContext, book: Book) -> Rows:
    """The rows of ``calls``, in the order of the first of each key."""
    made, seen, plain, names = Rows(), set[str](), set[tuple[object, ...]](), dict[str, str]()
    for place, call in enumerate(calls):
        of = alike(call)
        if not (of in plain and plainly_good(call, context)):
            if reason := wrong(call, context):
                made.refused.append((call, reason))
                continue
            plain.add(of)
        if call.agent_name not in names:
            names[call.agent_name] = name(call.agent_name)
        row = _row(call, names[call.agent_name], context, book)
        if row.digest in seen:
            made.doubles.append(row)
        else:
            seen.add(row.digest)
            made.good.append(row)
            made.places.append(place)
    return made


def plainly_good(call: ModelCall, context: BatchContext) -> bool:
    """The same as ``wrong`` without its reasons, fast; for a call like one that was: of its source, person, agent…"""
    cached, written = call.cache_read_tokens, call.cache_write_tokens
    return (
        call.at.tzinfo is UTC
        and context.oldest <= call.at <= context.latest
        and cached >= 0
        and written >= 0
        and cached + written <= call.input_tokens <= TOKENS
        and 0 <= call.output_tokens <= TOKENS
        and 0 <= call.turn <= COUNTS["turn"]
        and 0 <= call.tool_calls <= COUNTS["tool_calls"]
        and 0 <= call.changes <= COUNTS["changes"]
        and 0 < len(call.key) <= 200
        and (call.key.isprintable() or not CONTROL.search(call.key))
        and (call.cost_micros is None or 0 <= call.cost_micros <= COST_MICROS)
    )


def _row(call: ModelCall, agent_name: str, context: BatchContext, book: Book) -> Row:
    at = in_utc(call)
    tokens = (call.input_tokens, call.cache_read_tokens, call.cache_write_tokens, call.output_tokens)
    priced = book.cost(call.provider, call.model, at, *tokens) if call.cost_micros is None else stated(call)
    micros, priced_by, rate = priced
    return Row(
        digest(call.source, call.key).hex(),
        checksum(
            figures_bytes(micros_since(at), call.person_id, call.team_id, call.agent_id, *tokens),
            model_bytes(call),
            call.cost_micros,
        ),
        at,
        call.person_id,
        call.team_id,
        call.agent_id,
        *tokens,
        micros,
        call.turn,
        call.tool_calls,
        call.changes,
        1,
        int(micros is None),
        call.failed,
        call.retried,
        agent_name,
        call.source,
        call.task,
        call.trigger,
        call.provider,
        call.model,
        book.currency,
        "call",
        "",
        rate,
        priced_by,
        late(at, context),
        call.key,
    )


def micros_since(at: datetime) -> int:
    """A moment as PostgreSQL keeps it."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def figures_bytes(moment: int, person: int, team: int, agent: int | None, *tokens: int) -> bytes:
    """What its source says of a call in figures; the beginning of its line for COPY (see ``bulk``)."""
    read, cached, written, output = tokens
    if agent is None:
        return of_none(8, moment, 8, person, 8, team, -1, 4, read, 4, cached, 4, written, 4, output)
    return of_agent(8, moment, 8, person, 8, team, 8, agent, 4, read, 4, cached, 4, written, 4, output)


def model_bytes(call: ModelCall) -> bytes:
    """Which model of which provider. No name has the character behind them."""
    return f"{call.provider}\x1f{call.model}\x1f".encode()


def checksum(figures: bytes, model: bytes, cost_micros: int | None) -> int:
    """``cost_micros``: what the source states; None where the cost is ours, which moves with the prices."""
    sum_ = crc32(model, crc32(figures))
    return (sum_ if cost_micros is None else crc32(b"%d" % cost_micros, sum_)) - 2**31


def in_utc(call: ModelCall) -> datetime:
    return call.at if call.at.tzinfo is UTC else call.at.astimezone(UTC)


def stated(call: ModelCall) -> tuple[int | None, str, Decimal]:
    """What its source says that it cost: in micros, by which list, at which rate."""
    return call.cost_micros, f"stated by {call.source}", ONE
