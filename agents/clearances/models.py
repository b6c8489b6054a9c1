"""Clearance: a person's yes, given the evening before, to a shape of call. ClearanceUse: a call that it allowed."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agents.authority import approving
from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.grants.models import Grant
from agents.policy.language.invisible import spelled_out
from agents.queue.models import Call
from portal.people.models import Person
from portal.validation import within

MOST = 50  # calls that one clearance may allow


class ClearanceQuerySet(models.QuerySet["Clearance"]):
    def visible_to(self, person: Person) -> "ClearanceQuerySet":
        """Those of one's own schedules, and those that one gave as a second person."""
        return self.filter(Q(schedule__person=person) | Q(by=person))

    def open(self, now: datetime | None = None) -> "ClearanceQuerySet":
        """Neither withdrawn nor over, and given by a person who may still give it; used up or not."""
        own = Q(second_person=False, by=F("schedule__person"), by__is_active=True)
        other = Q(second_person=True) & ~Q(by=F("schedule__person")) & approving("by_id", "connection_id")
        return self.filter(own | other, withdrawn_at__isnull=True, until__gt=now or timezone.now())

    def current(self) -> "ClearanceQuerySet":
        """Of schedules and grants that are as they were when it was given."""
        return self.filter(
            schedule__changed_at=F("schedule_changed_at"),
            schedule__on_at=F("schedule_on_at"),
            grant__state=Grant.State.ACTIVE,
            grant__version=F("grant_version"),
        )

    def for_reading(self) -> "ClearanceQuerySet":
        return self.select_related("schedule__agent", "schedule__person", "connection", "grant", "by")


class Clearance(models.Model):
    """Calls of ``shape`` in tonight's runs of one schedule, at most ``most`` of them, until a moment of the morning.

    It is bound to the schedule, the agent and the grant as they were. The schedule is named in words here, because its
    room stands above the gate, which reads this one.
    """

    schedule = models.ForeignKey("agents.Schedule", models.PROTECT, related_name="clearances")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second_person = models.BooleanField(default=False)  # by somebody other than the schedule's person
    capability = models.CharField(max_length=80)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="+")
    fixed = models.JSONField(default=dict, blank=True)  # the arguments that a call must have exactly
    shape = models.CharField(max_length=64)
    most = models.PositiveSmallIntegerField()
    used = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField()
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    grant_version = models.PositiveIntegerField()
    schedule_changed_at = models.DateTimeField()
    schedule_on_at = models.DateTimeField()
    agent_was = models.CharField(max_length=64)  # ``binding.agent_state``
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            within("most", 1, MOST),
            models.CheckConstraint(condition=Q(used__lte=F("most")), name="clearance_used_at_most"),
        ]
        indexes = [models.Index(fields=["schedule", "until"], name="clearance_tonight")]

    def __str__(self) -> str:
        return f"{self.capability} on {self.connection}"

    def permits(self, person: Person, permission: str) -> bool:
        """Who gave it takes it back, and so does the schedule's person."""
        return person.pk in (self.by_id, self.schedule.person_id)

    @property
    def left(self) -> int:
        return self.most - self.used

    @property
    def sentence(self) -> str:
        """The calls in words, as far as they are fixed."""
        declared = catalogue().get(self.capability)
        return declared.sentence(self.fixed) if declared else f"Use “{spelled_out(self.capability)}”"


class ClearanceUse(models.Model):
    """A call that went because of a clearance. It counts once, however often it is decided anew."""

    clearance = models.ForeignKey(Clearance, models.CASCADE, related_name="uses")
    call = models.OneToOneField(Call, models.CASCADE, related_name="cleared")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.call} by {self.clearance}"
