"""The ledger: one UsageEvent for each model call, append-only, partitioned by month.

The table and its partitions are made in SQL (migration 0002): Django has no partitions. ``agent_id`` and
``task_id`` are plain numbers, since this app does not know the agents app; names are copied.
"""

from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from metering.reports.visibility import Kind, Scope
from metering.rollups.periods import Period


class UsageEventQuerySet(models.QuerySet["UsageEvent"]):
    def within(self, scope: Scope) -> "UsageEventQuerySet":
        """Single events are read by the person they belong to, and nobody else."""
        return self.filter(person=scope.viewer) if scope.kind is Kind.OWN else self.none()

    def during(self, period: Period) -> "UsageEventQuerySet":
        start = datetime.combine(period.first, time(), UTC)
        return self.filter(
            at__gte=start, at__lt=datetime.combine(period.last, time(), UTC) + timedelta(days=1)
        )


class UsageEvent(models.Model):
    """A model call. ``input_tokens`` includes cached ones. ``cost_micros`` is null where not priced."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    team = models.ForeignKey("portal.Team", models.DO_NOTHING, related_name="+", db_constraint=False)
    agent_id = models.BigIntegerField(null=True)
    agent_name = models.CharField(max_length=80, blank=True)
    task_id = models.BigIntegerField(null=True)
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=120)
    input_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cost_micros = models.BigIntegerField(null=True)
    priced_by = models.CharField(max_length=60, blank=True)

    objects: ClassVar[UsageEventQuerySet] = UsageEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        managed = False
        db_table = "metering_usageevent"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.model} at {self.at:%Y-%m-%d %H:%M}"


class UsageKey(models.Model):
    """What makes ingest idempotent: (source, key) once, whatever the partition."""

    pk = models.CompositePrimaryKey("source", "key")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"
