"""WorkItem: what a task was good for in another system, counted once. Feedback: a person's thumb, in no figure."""

from datetime import UTC, date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from metering.outcomes.claims import (
    HOLDS_FOR,
    LONGEST_ID,
    LONGEST_NOTE,
    LONGEST_SUMMARY,
    LONGEST_SYSTEM,
    LONGEST_TITLE,
    OUT_OF_REACH,
    VOIDS_WITHIN,
)
from metering.outcomes.reciprocity import WINDOW
from metering.permissions import ItemPermission
from metering.privacy.visibility import Kind, Scope
from metering.rollups.periods import Period
from portal.people.models import Person

VOIDED = Q(reversed_at__lt=F("verified_at") + VOIDS_WITHIN)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def within(self, scope: Scope) -> "WorkItemQuerySet":
        """Items are read by their person; those of all only to publish figures of groups, never to show them."""
        if scope.kind is Kind.OWN:
            return self.filter(person=scope.viewer)
        return self if scope.kind is Kind.PUBLISHING else self.none()

    def during(self, period: Period) -> "WorkItemQuerySet":
        """Verified on a day of ``period``, in UTC as all days are."""
        begin, end = period.moments
        return self.filter(verified_at__gte=begin, verified_at__lt=end)

    def counted(self) -> "WorkItemQuerySet":
        """Verified, by the system or by somebody outside of a circle, carried by tasks of one person of which one
        changed something, and not undone soon after. The one rule for a person, a team and the organisation."""
        sound = self.filter(verified_at__isnull=False, in_circle=False, shared=False, changed=True)
        return sound.exclude(VOIDED)

    def visible_to(self, person: Person) -> "WorkItemQuerySet":
        """One's own, and those that a colleague asks one to confirm."""
        return self.filter(Q(person=person) | Q(asked_of=person))

    def to_confirm(self) -> "WorkItemQuerySet":
        """Those that wait for a colleague's word."""
        return self.filter(asked_of__isnull=False, verified_at__isnull=True, declined_at__isnull=True)

    def to_confirm_by(self, person: Person) -> "WorkItemQuerySet":
        """Those that wait for this person's word."""
        return self.to_confirm().filter(asked_of=person)

    def credited_to(self, source: str, task: str) -> "WorkItemQuerySet":
        """Those of a task, whether it was the first to carry them or not."""
        return self.filter(attributions__source=source, attributions__task=task)

    def to_ask(self, since: timedelta, again: timedelta) -> "WorkItemQuerySet":
        """Whose system is due to be asked, the longest unasked first: carried within ``since`` and not verified, or
        verified and perhaps undone. The latter until the system has answered after the last day on which undoing
        voids the item, and some days more, in case it does not answer."""
        now = timezone.now()
        waits = Q(verified_at__isnull=True, claimed_at__gt=now - since)
        last = F("verified_at") + VOIDS_WITHIN
        unknown = Q(system_asked_at__isnull=True) | Q(system_asked_at__lt=last)
        soon = Q(verified_at__gt=now - VOIDS_WITHIN - OUT_OF_REACH)
        standing = Q(reversed_at__isnull=True) | Q(reversed_at__gte=last)
        may_be_undone = Q(standing, soon | unknown, verified_at__isnull=False)
        rested = Q(system_asked_at__isnull=True) | Q(system_asked_at__lt=now - again)
        due = self.filter(rested, waits | may_be_undone, connection_id__isnull=False)
        return due.order_by(F("system_asked_at").asc(nulls_first=True), "id")


class WorkItem(models.Model):
    """One item of another system, unique by ``system`` and ``identity`` (its id without spelling).

    ``person``, ``team``, agent, ``source`` and ``task`` are of the task that carried it first. Once others' tasks carry
    it (``shared``) it counts for nobody. ``changed``: a task of theirs that carries it changed something.
    ``askable``: its system verifies it, so no colleague can. ``verified_by`` is null where the system did.
    ``agent_id`` and ``connection_id`` are plain numbers: this app does not know the agents app.
    """

    system = models.CharField(max_length=LONGEST_SYSTEM)
    system_name = models.CharField(max_length=LONGEST_SYSTEM)
    external_id = models.CharField(max_length=LONGEST_ID)
    identity = models.CharField(max_length=LONGEST_ID)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    team = models.ForeignKey("portal.Team", models.PROTECT, related_name="+")
    agent_id = models.BigIntegerField(null=True)
    agent_name = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=40)
    task = models.CharField(max_length=80)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    began_at = models.DateTimeField()
    claimed_at = models.DateTimeField()
    by_hand = models.BooleanField(default=False)
    askable = models.BooleanField(default=True)
    connection_id = models.BigIntegerField(null=True)
    system_asked_at = models.DateTimeField(null=True)
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    in_circle = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    changed = models.BooleanField(default=False)
    reversed_at = models.DateTimeField(null=True)
    reversal_note = models.CharField(max_length=LONGEST_NOTE, blank=True)

    objects: ClassVar[WorkItemQuerySet] = WorkItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-claimed_at", "-id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["system", "identity"], name="workitem_once"),
            models.CheckConstraint(condition=~Q(system="") & ~Q(identity=""), name="workitem_named"),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("person")),
                name="workitem_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(verified_at__isnull=False, askable=False),
                name="workitem_person_where_nobody_else",
            ),
            models.CheckConstraint(
                condition=Q(in_circle=False) | Q(verified_by__isnull=False), name="workitem_circle_of_people"
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(verified_at__isnull=False),
                name="workitem_undone_after_done",
            ),
            models.CheckConstraint(
                condition=Q(asked_of__isnull=True) | ~Q(asked_of=F("person")),
                name="workitem_asked_of_another",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "verified_at"], name="workitem_person"),
            models.Index(fields=["verified_at"], name="workitem_verified"),
            models.Index(
                fields=["asked_of"], name="workitem_waiting", condition=Q(verified_at=None, declined_at=None)
            ),
            models.Index(
                fields=["system_asked_at", "id"],
                name="workitem_asking",
                condition=Q(connection_id__isnull=False),
            ),
            models.Index(
                fields=["verified_by", "verified_at"],
                name="workitem_accepted",
                condition=Q(verified_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Without its title, which may be a mail's subject: entries in the trail copy this."""
        return f"work item {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("outcomes:item", args=[self.pk])

    @property
    def name(self) -> str:
        return self.title or self.external_id

    @property
    def voided(self) -> bool:
        if self.reversed_at is None or self.verified_at is None:
            return False
        return self.reversed_at < self.verified_at + VOIDS_WITHIN

    @property
    def counts(self) -> bool:
        sound = self.verified_at is not None and not self.in_circle and not self.voided
        return sound and self.changed and not self.shared

    @property
    def lapsed(self) -> bool:
        """Claimed by hand so long ago, and never confirmed, that another task may carry it."""
        return self.by_hand and self.verified_at is None and self.claimed_at < timezone.now() - HOLDS_FOR

    def permits(self, person: Person, permission: str) -> bool:
        """Its person asks a colleague; that colleague says yes or no; either may say later that it was undone."""
        mine, asked = person.pk == self.person_id, person.pk == self.asked_of_id
        match permission:
            case ItemPermission.VIEW:
                return mine or asked
            case ItemPermission.ASK:
                return mine
            case ItemPermission.CONFIRM:
                return asked and not mine
            case ItemPermission.REVERSE:
                return mine or (asked and person.pk == self.verified_by_id)
        return False


class Attribution(models.Model):
    """A task that carried an item. Whose tasks they are decides whether it counts. ``agent_id`` 0: no agent here."""

    item = models.ForeignKey(WorkItem, models.CASCADE, related_name="attributions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    task = models.CharField(max_length=80)
    agent_id = models.BigIntegerField(default=0)
    by_hand = models.BooleanField(default=False)
    changed = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "metering_carrying"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["source", "task", "item"], name="carrying_once")]

    def __str__(self) -> str:
        return f"{self.item} in task {self.task} of {self.source}"


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def recent(self) -> "AcceptanceQuerySet":
        return self.filter(day__gte=_reciprocal_since())

    def past(self) -> "AcceptanceQuerySet":
        return self.exclude(day__gte=_reciprocal_since())


def _reciprocal_since() -> date:
    return (timezone.now() - WINDOW).astimezone(UTC).date()


class Acceptance(models.Model):
    """Who confirmed whose work on which day, where retention has taken the person out of that work item: circles of
    mutual acceptance are looked for over a longer time."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()

    objects: ClassVar[AcceptanceQuerySet] = AcceptanceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "by", "of"], name="acceptance_once")]

    def __str__(self) -> str:
        return f"{self.by} confirmed work of {self.of} on {self.day}"


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def of(self, person: Person, source: str, task: str) -> "FeedbackQuerySet":
        """A person's thumbs about one task, the latest first."""
        return self.filter(person=person, source=source, task=task)

    def about(self, agent_id: int, period: Period) -> "FeedbackQuerySet":
        begin, end = period.moments
        return self.filter(agent_id=agent_id, at__gte=begin, at__lt=end)


class Feedback(models.Model):
    """A person's thumb about a task of their own. A changed mind is another row: what was published stays as it was."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    task = models.CharField(max_length=80)
    agent_id = models.BigIntegerField()
    up = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[FeedbackQuerySet] = FeedbackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["agent_id", "at"], name="feedback_agent"),
            models.Index(fields=["person", "source", "task"], name="feedback_task"),
        ]

    def __str__(self) -> str:
        return f"feedback on task {self.task} of {self.source}"
