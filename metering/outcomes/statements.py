"""The statements that make and lock rows of items, always in the order of their keys: so no two writers deadlock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models.functions import Collate

from metering.outcomes.claims import Claim
from metering.outcomes.models import WorkItem

Key = tuple[str, str]

# What a task was noted with before stands where it says more: the system's own word over one by hand, and a change.
CARRY = """
    INSERT INTO metering_carrying AS carrying (item_id, source, task, person_id, agent_id, by_hand, changed, at)
    SELECT item, source, task, min(person), min(agent), bool_and(by_hand), bool_or(changed), %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::boolean[], %s::boolean[])
        AS said (item, source, task, person, agent, by_hand, changed)
    GROUP BY item, source, task
    ON CONFLICT (source, task, item_id) DO UPDATE SET
        by_hand = carrying.by_hand AND excluded.by_hand, changed = carrying.changed OR excluded.changed
    WHERE (carrying.by_hand AND NOT excluded.by_hand) OR (excluded.changed AND NOT carrying.changed)
"""


def made_or_locked(rows: Sequence[WorkItem]) -> dict[Key, WorkItem]:
    """The rows of these items: those that are missing are made, the others are locked as they are."""
    # In one pass (the update changes nothing): to lock first and make the rest then would be two orders.
    WorkItem.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["system", "identity"], update_fields=["identity"]
    )
    return locked((row.system, row.identity) for row in rows)


def locked(keys: Iterable[Key]) -> dict[Key, WorkItem]:
    """The rows there are of these items, locked in the order of their keys as Python sorts them."""
    ids: dict[str, list[str]] = {}
    for system, identity in keys:
        ids.setdefault(system, []).append(identity)
    rows: dict[Key, WorkItem] = {}
    for system in sorted(ids):
        found = WorkItem.objects.filter(system=system, identity__in=ids[system])
        sorted_ = found.order_by(Collate("identity", "C"))
        rows |= {(row.system, row.identity): row for row in sorted_.select_for_update()}
    return rows


def note_attributions(claims: Iterable[Claim], rows: Mapping[Key, WorkItem], now: datetime) -> None:
    said = [
        (
            rows[claim.key].pk,
            claim.credited.source,
            claim.credited.task,
            claim.credited.person_id,
            claim.credited.agent_id or 0,
            claim.by_hand,
            claim.credited.changed,
        )
        for claim in claims
    ]
    with connection.cursor() as cursor:
        cursor.execute(CARRY, [now, *map(list, zip(*said, strict=True))])
