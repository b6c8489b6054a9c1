"""What is known of a task beside its calls, the signals that follow from it, and schedules that nobody reads.

Only the person it is about sees it. Of an instruction only a keyed sketch is stored, for thirty days.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models

from metering.privacy.visibility import Kind as ScopeKind
from metering.privacy.visibility import Scope
from metering.signals.rules import Kind


class TaskFactQuerySet(models.QuerySet["TaskFact"]):
    def within(self, scope: Scope) -> "TaskFactQuerySet":
        """One's own; no other scope has any."""
        return self.filter(person=scope.viewer) if scope.kind is ScopeKind.OWN else self.none()

    def named(self, source: str, ref: str) -> "TaskFactQuerySet":
        return self.filter(source=source, ref=ref)


class TaskFact(models.Model):
    """One task as its ``source`` names it (``ref``). ``effects``: how many changes it made. ``item``: its work item;
    ``verified_at`` and ``reversed_at`` are the other system's word on that."""

    source = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    team = models.ForeignKey("portal.Team", models.PROTECT, related_name="+")
    agent_id = models.BigIntegerField(default=0)
    agent_name = models.CharField(max_length=80, blank=True)
    trigger = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sketch = models.BinaryField(max_length=128, null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by_other_at = models.DateTimeField(null=True)
    effects = models.PositiveIntegerField(default=0)
    useful_at = models.DateTimeField(null=True)
    item = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    objects: ClassVar[TaskFactQuerySet] = TaskFactQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["source", "ref"], name="taskfact_once")]
        indexes = [
            models.Index(fields=["person", "created_at"], name="taskfact_person"),
            models.Index(
                fields=["created_at"], name="taskfact_sketched", condition=models.Q(sketch__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.ref} of {self.source}"


class SignalQuerySet(models.QuerySet["Signal"]):
    def within(self, scope: Scope) -> "SignalQuerySet":
        """One's own; no other scope has any."""
        return self.filter(person=scope.viewer) if scope.kind is ScopeKind.OWN else self.none()

    def visible_to(self, person: models.Model) -> "SignalQuerySet":
        return self.filter(person=person.pk)

    def unanswered(self) -> "SignalQuerySet":
        return self.filter(useful_at__isnull=True)


class Signal(models.Model):
    """A signal about one agent of one person in one window. ``tasks``: numbers of TaskFacts; ``calls``: keys in the
    ledger, where it is not about whole tasks. ``useful_at``: the person said that this was useful."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    agent_id = models.BigIntegerField()
    agent_name = models.CharField(max_length=80, blank=True)
    since = models.DateField()
    tasks = models.JSONField(default=list)
    calls = models.JSONField(default=list)
    numbers = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    useful_at = models.DateTimeField(null=True)

    objects: ClassVar[SignalQuerySet] = SignalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "agent_id", "since"], name="signal_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.since}"

    def permits(self, person: models.Model, permission: str) -> bool:
        """Whose it is may answer it; nobody else sees it."""
        return bool(self.person_id == person.pk)


class QuietSchedule(models.Model):
    """A schedule whose results nobody opened: first a notice, later a pause, unless its person keeps it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agent_id = models.BigIntegerField()
    agent_name = models.CharField(max_length=80, blank=True)
    noticed_at = models.DateTimeField()
    pause_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "agent_id"], name="quietschedule_once"),
            models.CheckConstraint(
                condition=models.Q(pause_at__gt=models.F("noticed_at")), name="quietschedule_notice_first"
            ),
        ]

    def __str__(self) -> str:
        return f"schedule of {self.agent_name}"
