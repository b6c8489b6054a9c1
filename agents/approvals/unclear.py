"""Unclear: the question whether a call that ended *unknown* happened. Its task waits for the answer as for an ask's."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.approvals.asked import AskedQuerySet
from agents.permissions import TaskPermission
from agents.queue.models import Call
from agents.queue.states import AT_WORK
from agents.queue.tags import UNCLEAR, Tag
from portal.people.models import Person
from portal.reasons import render_reason


class UnclearQuerySet(AskedQuerySet["Unclear"]):
    def for_reading(self) -> "UnclearQuerySet":
        """With all that a page says of it."""
        return self.defer("call__result", "call__task__result").select_related(
            "call__connection",
            "call__task__agent__owner",
            "call__task__person",
            "call__approval",
            "answered_by",
            "looked_by",
        )


class Unclear(models.Model):
    """``shown``: what the system showed when it was last looked at, as a code with parameters."""

    class State(models.TextChoices):
        OPEN = "open", "Nobody knows yet"
        HAPPENED = "happened", "It happened"
        AGAIN = "again", "It did not happen, and is done"
        NOT = "not", "It did not happen"
        SHOWN = "shown", "Its system shows that it happened"
        EXPIRED = "expired", "Nobody said in time"

    call = models.ForeignKey(Call, models.CASCADE, related_name="unclear")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    second_person = models.BooleanField(default=False)  # a person other than the task's person answers
    shown = models.JSONField(default=dict, blank=True)
    looked_at = models.DateTimeField(default=timezone.now)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = UnclearQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=models.Q(state="open"), name="unclear_asked_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["happened", "again", "not"])
                | models.Q(answered_by__isnull=False),
                name="unclear_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="unclear_open", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return str(self.call)

    def get_absolute_url(self) -> str:
        return reverse("approvals:unclear", args=[self.pk])

    @property
    def answerable(self) -> bool:
        return self.state == Unclear.State.OPEN and self.expires_at > timezone.now()

    @property
    def ready(self) -> bool:
        """Can an answer be taken now? Not while a worker is still at the other calls of its step."""
        return self.answerable and self.call.task.state not in AT_WORK

    @property
    def question(self) -> str:
        return f"Did this happen? {self.call.sentence}"

    @property
    def seen(self) -> str:
        """What the system showed, in words."""
        return render_reason(self.shown)

    @property
    def tag(self) -> Tag:
        overdue = self.state == Unclear.State.OPEN and not self.answerable
        return UNCLEAR[Unclear.State.EXPIRED if overdue else self.state]

    def permits(self, person: Person, permission: str) -> bool:
        """The people who answer an ask about this call also answer this."""
        if permission == TaskPermission.ANSWER:
            return Unclear.objects.answerable_by(person).filter(pk=self.pk).exists()
        return permission == TaskPermission.VIEW or self.call.task.permits(person, permission)
