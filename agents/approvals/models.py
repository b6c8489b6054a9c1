"""Approval: a person's yes or no to one call. It counts for exactly what was asked."""

import hashlib
import json

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.approvals.asked import AskedQuerySet
from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.permissions import TaskPermission
from agents.queue.models import Call
from agents.queue.tags import ASKS, Tag
from portal.people.models import Person


class ApprovalQuerySet(AskedQuerySet["Approval"]):
    def of_anothers_connection(self) -> "ApprovalQuerySet":
        """About somebody's own connection that is not opened to the task's person."""
        place = Connection.objects.filter(pk=models.OuterRef("call__connection_id"))
        usable = place.usable_by(models.OuterRef("call__task__person_id"))
        return self.filter(~models.Exists(usable), call__connection__isnull=False)

    def for_reading(self) -> "ApprovalQuerySet":
        """With all that a page says of an ask: the call, its grant and connection, the task and its agent."""
        return self.defer("call__result", "call__task__result").select_related(
            "call__connection",
            "call__grant__decided_by",
            "call__task__agent__owner",
            "call__task__person",
            "answered_by",
            "proposed",
        )


class Approval(models.Model):
    """``digest`` covers capability, connection, arguments, grant and its version, and the task."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        APPROVED = "approved", "Allowed"
        REFUSED = "refused", "Not allowed"
        EXPIRED = "expired", "No answer in time"
        CANCELLED = "dead", "No longer needed"

    class Scope(models.TextChoices):
        ONCE = "once", "This one call"
        TASK = "task", "Calls like it in this task"

    call = models.OneToOneField(Call, models.CASCADE, related_name="approval")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    scope = models.CharField(max_length=4, choices=Scope.choices, default=Scope.ONCE)
    second_person = models.BooleanField(default=False)  # a person other than the task's person answers
    # policy.explain's account of where each argument comes from, as it was when the ask was made.
    origins = models.JSONField(default=list)
    # policy.sheet's account of what else the followed text names. ``ticked``: what its answerer made theirs.
    sheet = models.JSONField(default=dict, blank=True)
    why_dead = models.JSONField(default=dict, blank=True)  # a code with parameters
    proposed = models.ForeignKey(
        "agents.GrantRequest", models.SET_NULL, null=True, related_name="proposed_in"
    )  # the standing limit that the answer proposed
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
    def offered(self) -> list[tuple[str, str]]:
        """(kind, text) of what may be ticked with a yes."""
        return [(str(kind), str(text)) for kind, text in self.sheet.get("items", ())]

    @property
    def ticked(self) -> list[str]:
        return [str(text) for text in self.sheet.get("ticked", ())]

    @property
    def answerable(self) -> bool:
        return self.state == Approval.State.OPEN and self.expires_at > timezone.now()

    @property
    def question(self) -> str:
        return f"{self.call.sentence}?"

    @property
    def tag(self) -> Tag:
        """As its answerer reads it; ``tag_for`` others."""
        overdue = self.state == Approval.State.OPEN and not self.answerable
        return ASKS[Approval.State.EXPIRED if overdue else self.state]

    def tag_for(self, person: Person) -> Tag:
        if self.answerable and self.second_person and self.call.task.person_id == person.pk:
            return ASKS["second"]
        return self.tag

    def permits(self, person: Person, permission: str) -> bool:
        """Who answers is said by ``answerable_by``; stopping the task is the task's matter."""
        if permission == TaskPermission.ANSWER:
            return Approval.objects.answerable_by(person).filter(pk=self.pk).exists()
        return permission == TaskPermission.VIEW or self.call.task.permits(person, permission)


def binding(call: Call, grant: Grant) -> str:
    """What an approval is bound to: a digest of {capability, connection, arguments, grant and version, task}."""
    bound = [call.capability, call.connection_id, call.arguments, grant.pk, grant.version, call.task_id]
    return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()
