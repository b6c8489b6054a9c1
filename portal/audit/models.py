"""The trail: one entry for each action and each decision. PostgreSQL refuses to change or remove one."""

from typing import Any

from django.conf import settings
from django.db import models

from portal.audit.sentences import sentence


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, target: models.Model) -> "EntryQuerySet":
        """The entries of one row, oldest first: its timeline."""
        return self.filter(target_type=target._meta.model_name, target_id=target.pk).order_by("id")

    def since(self, last_id: int) -> "EntryQuerySet":
        return self.filter(id__gt=last_id).order_by("id")


class Entry(models.Model):
    """One line of the audit trail. Names are copied, so that it reads the same when they have changed since.

    ``digest`` is sha256(previous digest, this row), computed by the database when the row is written; ``manage.py
    audit`` recomputes the chain.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=200)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_name = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    digest = models.BinaryField(default=b"", editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="entry_target"),
            models.Index(fields=["actor", "id"], name="entry_actor"),
            models.Index(fields=["event", "id"], name="entry_event"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return sentence(self.event, self.actor_name, self.target_name)

    def line(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "event": self.event,
            "sentence": str(self),
            "details": self.details,
        }
