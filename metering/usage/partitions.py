"""Monthly partitions of the ledger: made ahead, dropped with their keys after retention."""

import re
from datetime import UTC, date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from metering.rollups.periods import month
from metering.usage.context import oldest_kept
from metering.usage.models import UsageRefusal

NAME = re.compile(r"metering_usageevent_(\d{4})_(\d{2})")
# What the plain role may do with the ledger (see ``portal.database_roles``): write, read, and pass a row to No one,
# which the ledger's guard watches over. Months are made and dropped by functions of the owner's.
GRANTS = {
    "metering_usageevent": "SELECT, INSERT, UPDATE (person_id, task, note, agent_name)",
    "metering_usagekey": "SELECT, INSERT",
}
WAIT = "5s"  # dropping waits at most this long for who reads the ledger; the next run tries again


def make_ahead(months: int = 2) -> None:
    """Partitions from this month to ``months`` from now. Idempotent."""
    first = timezone.now().astimezone(UTC).date().replace(day=1)
    with connection.cursor() as cursor:
        for _ in range(months + 1):
            cursor.execute("SELECT metering_make_partition(%s)", [first])
            first = month(first).last + timedelta(days=1)


def kept() -> list[date]:
    """The first days of the months that have a partition, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid"
            " WHERE inhparent = 'metering_usageevent'::regclass"
        )
        found = (NAME.fullmatch(name) for (name,) in cursor)
        return sorted(date(int(match[1]), int(match[2]), 1) for match in found if match)


def drop_old() -> list[date]:
    """Drop the months wholly older than retention, their keys and old refusals; returns the months. Days' sums stay."""
    oldest = oldest_kept(timezone.now())
    dropped = [first for first in kept() if month(first).last < oldest.date()]
    for first in dropped:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute("SELECT metering_drop_month(%s)", [first])
    UsageRefusal.objects.filter(received_at__lt=oldest).delete()
    return dropped
