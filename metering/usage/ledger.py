"""Writing the ledger: an event, its key and its day roll-up in one transaction, never from transcripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, connection, transaction
from psycopg.errors import CheckViolation

from metering.usage.prices import Price, price


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One model call as its maker saw it. ``key`` names it in ``source``: written once, however often sent.

    Tokens are counts; ``input_tokens`` includes cached ones. ``agent_id`` and ``task_id`` may be None: a tool
    that is no agent of this portal.
    """

    source: str
    key: str
    at: datetime
    person_id: int
    team_id: int
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    agent_id: int | None = None
    agent_name: str = ""
    task_id: int | None = None


Values = Sequence[datetime | str | int | None]

EVENT_SQL = """
    INSERT INTO metering_usageevent
        (at, source, key, person_id, team_id, agent_id, agent_name, task_id, provider, model,
         input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_micros, priced_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
KEY_SQL = (
    "INSERT INTO metering_usagekey (source, key, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING key"
)
ROLLUP_SQL = """
    INSERT INTO metering_dayusage AS d
        (day, person_id, team_id, agent_id, agent_name, provider, model, requests,
         input_tokens, cache_read_tokens, output_tokens, cost_micros, unpriced_requests)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s, %s)
    ON CONFLICT (day, person_id, team_id, agent_id, provider, model) DO UPDATE SET
        agent_name = excluded.agent_name,
        requests = d.requests + 1,
        input_tokens = d.input_tokens + excluded.input_tokens,
        cache_read_tokens = d.cache_read_tokens + excluded.cache_read_tokens,
        output_tokens = d.output_tokens + excluded.output_tokens,
        cost_micros = d.cost_micros + excluded.cost_micros,
        unpriced_requests = d.unpriced_requests + excluded.unpriced_requests
"""


def record(call: ModelCall) -> Price | None:
    """Write one event. Returns its price, or None when (source, key) is in the ledger already.

    Raises ValueError for negative counts or a time without a zone.
    """
    counts = (call.input_tokens, call.cache_read_tokens, call.cache_write_tokens, call.output_tokens)
    if min(counts) < 0:
        raise ValueError(f"Token counts are never negative: {counts}")
    if call.at.tzinfo is None:
        raise ValueError("The time of a model call needs a zone")
    cost = price(
        provider=call.provider,
        model=call.model,
        at=call.at,
        input_tokens=call.input_tokens,
        cache_read_tokens=call.cache_read_tokens,
        cache_write_tokens=call.cache_write_tokens,
        output_tokens=call.output_tokens,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KEY_SQL, [call.source, call.key, call.at])
        if cursor.fetchone() is None:
            return None
        who = (call.person_id, call.team_id)
        _insert(
            [
                *(call.at, call.source, call.key, *who, call.agent_id, call.agent_name, call.task_id),
                *(call.provider, call.model, *counts, cost.micros, cost.priced_by),
            ],
            call.at,
        )
        cursor.execute(
            ROLLUP_SQL,
            [
                *(call.at.astimezone(UTC).date(), *who, call.agent_id or 0, call.agent_name),
                *(call.provider, call.model, call.input_tokens, call.cache_read_tokens, call.output_tokens),
                *(cost.micros or 0, int(cost.micros is None)),
            ],
        )
    return cost


def _insert(values: Values, at: datetime) -> None:
    """Write the event's row; where its month has no partition (a clock, a late event), make that first."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(EVENT_SQL, values)
    except IntegrityError as error:
        cause = error.__cause__
        if not isinstance(cause, CheckViolation) or cause.diag.constraint_name:  # a check of a column, say
            raise
        with connection.cursor() as cursor:
            cursor.execute("SELECT metering_make_partition(%s)", [at.astimezone(UTC).date().replace(day=1)])
            cursor.execute(EVENT_SQL, values)


def make_partitions(months_ahead: int = 2) -> None:
    """Partitions from this month to ``months_ahead`` from now. Idempotent."""
    now = datetime.now(UTC)
    this = now.year * 12 + now.month - 1
    with connection.cursor() as cursor:
        for month in range(this, this + months_ahead + 1):
            cursor.execute(
                "SELECT metering_make_partition(make_date(%s, %s, 1))", [month // 12, month % 12 + 1]
            )
