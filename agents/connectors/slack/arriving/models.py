"""Arrival: one delivery of Slack's, known by its number so that it counts once. Its text goes when it is done."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from portal.validation import within

KEPT = timedelta(days=3)  # Slack sends again for an hour; a signature is good for five minutes
MOST_TRIES = 10


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def due(self) -> "ArrivalQuerySet":
        return self.filter(done_at__isnull=True, due_at__lte=Now())

    def over(self) -> "ArrivalQuerySet":
        return self.filter(arrived_at__lt=Now() - KEPT)


class Arrival(models.Model):
    """``body``: as it came, until it is done. ``trouble``: a code, why nothing was done."""

    connection = models.ForeignKey("agents.Connection", models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    body = models.JSONField(default=dict)
    arrived_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="slack_arrival_once"),
            within("tries", 0, MOST_TRIES + 1),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="slack_arrival_due", condition=models.Q(done_at__isnull=True)
            ),
            models.Index(fields=["arrived_at"], name="slack_arrival_over"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.key}"
