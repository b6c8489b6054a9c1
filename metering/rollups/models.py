"""DayUsage: the ledger added up by day, person, agent and model, in the same transaction as each event."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Sum

from metering.privacy.visibility import Kind, Scope
from metering.rollups.periods import Period

SUMS = (
    "requests",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
    "cost_micros",
    "unpriced_requests",
)


class DayUsageQuerySet(models.QuerySet["DayUsage"]):
    def within(self, scope: Scope) -> "DayUsageQuerySet":
        """Days are read by their person; those of all only to publish figures of groups, never to show them."""
        if scope.kind is Kind.OWN:
            return self.filter(person=scope.viewer)
        return self if scope.kind is Kind.PUBLISHING else self.none()

    def during(self, period: Period) -> "DayUsageQuerySet":
        return self.filter(day__range=(period.first, period.last))

    def by_model(self) -> "models.QuerySet[DayUsage, tuple[date, str, str, int, int, int]]":
        """Day, provider, model, cost, calls and calls not priced, without people."""
        found = self.values_list("day", "provider", "model").order_by("day", "provider", "model")
        return found.annotate(Sum("cost_micros"), Sum("requests"), Sum("unpriced_requests"))

    def totals(self) -> dict[str, int]:
        sums = self.aggregate(**{f"{name}_sum": Sum(name) for name in SUMS})
        return {name: sums[f"{name}_sum"] or 0 for name in SUMS}


class DayUsage(models.Model):
    """``cost_micros`` adds up what is priced; ``unpriced_requests`` says how many calls are not in it."""

    day = models.DateField()
    # No index of their own: two of those below begin with them, and each is work for every day that is written.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey("portal.Team", models.PROTECT, related_name="+", db_index=False)
    agent_id = models.BigIntegerField(default=0)
    agent_name = models.CharField(max_length=80, blank=True)
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=120)
    requests = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    cache_read_tokens = models.BigIntegerField(default=0)
    cache_write_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)
    unpriced_requests = models.BigIntegerField(default=0)

    objects: ClassVar[DayUsageQuerySet] = DayUsageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day", "team", "agent_id", "provider", "model"], name="dayusage_once"
            )
        ]
        indexes = [
            models.Index(fields=["team", "day"], name="dayusage_team"),
            models.Index(fields=["agent_id", "day"], name="dayusage_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.day}"
