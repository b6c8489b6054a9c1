"""Approval: a person's yes or no to one call, bound to what exactly it was asked for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.approvals.origins import visible
from agents.permissions import TaskPermission
from agents.queue.models import Call
from agents.queue.tags import ASKS, Tag
from portal.people.models import Person


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, person: Person) -> "ApprovalQuerySet":
        return self.filter(call__task__person=person)

    def open(self, now: datetime | None = None) -> "ApprovalQuerySet":
        """Still to be answered: an ask past its end is no longer one, swept or not."""
        return self.filter(state=Approval.State.OPEN, expires_at__gt=now or timezone.now())

    def closed(self) -> "ApprovalQuerySet":
        return self.exclude(state=Approval.State.OPEN, expires_at__gt=timezone.now())

    def for_reading(self) -> "ApprovalQuerySet":
        """With all that a page says of an ask: the call, its grant and connection, the task and its agent."""
        return self.defer("call__result", "call__task__result").select_related(
            "call__connection", "call__grant", "call__task__agent", "call__task__person", "answered_by"
        )

    def overdue(self) -> "ApprovalQuerySet":
        return self.filter(state=Approval.State.OPEN, expires_at__lte=timezone.now())


class Approval(models.Model):
    """``digest`` covers capability, connection, arguments, grant and its version, and the task."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        APPROVED = "approved", "Allowed"
        REFUSED = "refused", "Not allowed"
        EXPIRED = "expired", "No answer in time"
        DEAD = "dead", "No longer needed"

    call = models.OneToOneField(Call, models.CASCADE, related_name="approval")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    used_at = models.DateTimeField(null=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "refused"]) | models.Q(answered_by__isnull=False),
                name="approval_answered_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="approval_open", condition=models.Q(state="open"))
        ]

    def __str__(self) -> str:
        return str(self.call)

    def get_absolute_url(self) -> str:
        return reverse("approvals:detail", args=[self.pk])

    @property
    def answerable(self) -> bool:
        return self.state == Approval.State.OPEN and self.expires_at > timezone.now()

    @property
    def question(self) -> str:
        return f"{visible(self.call.sentence)}?"

    @property
    def tag(self) -> Tag:
        overdue = self.state == Approval.State.OPEN and not self.answerable
        return ASKS[Approval.State.EXPIRED if overdue else self.state]

    def permits(self, person: Person, permission: str) -> bool:
        return permission == TaskPermission.VIEW or self.call.task.permits(person, permission)
