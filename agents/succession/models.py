"""Handover: a task of a person who left, offered to a successor. It does not run before they take it over."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from agents.authority import operating
from agents.permissions import HandoverPermission
from agents.queue.envelopes import Pair, held
from agents.queue.models import Task
from portal.people.models import Person


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, person: Person) -> "HandoverQuerySet":
        """To the successor alone, who reads the task's words: while they may use its agent, or when it is theirs."""
        taken = models.Q(state=Handover.State.TAKEN)
        return self.filter(taken | operating("to_id", "task__agent_id"), to=person)

    def open(self) -> "HandoverQuerySet":
        return self.filter(state=Handover.State.OPEN)

    def for_reading(self) -> "HandoverQuerySet":
        return self.select_related("task__agent", "task__person", "offered_by", "became")


class Handover(models.Model):
    """The task itself has ended with its person's right. Taken over, its words are queued anew as the successor's."""

    class State(models.TextChoices):
        OPEN = "open", "Waits for you"
        TAKEN = "taken", "Taken over"
        DECLINED = "declined", "Declined"

    task = models.ForeignKey(Task, models.PROTECT, related_name="handovers")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    became = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(state="open"), name="handover_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="taken", became__isnull=False)
                | (~models.Q(state="taken") & models.Q(became__isnull=True)),
                name="handover_taken_became_a_task",
            ),
        ]

    def __str__(self) -> str:
        return str(self.task)

    def get_absolute_url(self) -> str:
        return reverse("succession:handover", args=[self.pk])

    @property
    def envelope(self) -> frozenset[Pair]:
        """What the task could use before, as far as its agent has that for the successor."""
        before = frozenset((name, place) for name, place in self.task.envelope or [])
        return before & {choice.pair for choice in held(self.task.agent, self.to)}

    def permits(self, person: Person, permission: str) -> bool:
        return permission in HandoverPermission.values and self.to_id == person.pk
