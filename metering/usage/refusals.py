"""Stores which events the ledger refused and why, without person and figures."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from metering.usage.calls import ModelCall
from metering.usage.row import Row
from metering.usage.validation import CONTROL

SQL = """
    INSERT INTO metering_usagerefusal AS r (source, key, at, reason, received_at, times)
    SELECT source, key, min(at), reason, %s, count(*)
    FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[]) AS given (source, key, at, reason)
    GROUP BY source, key, reason ORDER BY source, key, reason
    ON CONFLICT (source, key, reason) DO UPDATE
        SET times = r.times + excluded.times, received_at = excluded.received_at, at = excluded.at
"""
YEARS = range(2, 9999)  # what the table can hold once it is in UTC


Event = ModelCall | Row


def refuse(refused: Sequence[tuple[Event, str]], now: datetime) -> None:
    """Keep each of ``refused`` with its reason; one that was kept before is counted again."""
    if not refused:
        return
    events = [event for event, _ in refused]
    times = [event.at if event.at.tzinfo and event.at.year in YEARS else None for event in events]
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            [
                *(now, [_fitting(event.source, 40) for event in events]),
                *([_fitting(event.key, 200) for event in events], times),
                [_fitting(reason, 200) for _, reason in refused],
            ],
        )


def _fitting(text: str, longest: int) -> str:
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)[:longest]
