"""Notice: what one person is told. Delivery: its way out by one channel. Choice, Hours: what a person wants sent.

Told in the transaction of what happened, so no notice is lost and none is about what did not happen.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from portal.people.models import Person
from portal.reasons import YOU, render_reason
from portal.validation import within

UNREAD = Q(read_at__isnull=True, settled_at__isnull=True)
UNSENT = Q(sent_at__isnull=True, dropped_at__isnull=True)
MOST_TRIES = 10_000


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Person) -> "NoticeQuerySet":
        return self.filter(person=person)

    def unread(self) -> "NoticeQuerySet":
        """Not read, and its matter is not settled."""
        return self.filter(UNREAD)


class Notice(models.Model):
    """``about_type`` (``app.Model``) and ``about_id`` name the matter; ``key`` tells two tellings about it apart."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=60)
    about_type = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    reason = models.JSONField()
    link = models.CharField(max_length=300)  # a path of the portal
    made_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Notice"]] = NoticeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about_type", "about_id", "key"],
                condition=Q(settled_at__isnull=True),
                name="notice_once",
            )
        ]
        indexes = [
            models.Index("person", F("id").desc(), name="notice_of_person"),
            models.Index("person", F("id").desc(), name="notice_unread", condition=UNREAD),
            models.Index(
                fields=["about_type", "about_id"], name="notice_matter", condition=Q(settled_at__isnull=True)
            ),
            models.Index(fields=["made_at"], name="notice_made"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about_type} {self.about_id}"

    @property
    def unread(self) -> bool:
        return self.read_at is None and self.settled_at is None

    @property
    def text(self) -> str:
        """What it says to its person, private words included."""
        return render_reason(self.reason, YOU)


class Delivery(models.Model):
    """``due_at``: not before. It is moved on while a worker has it and after a try, so ``tries`` counts both."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    trouble = models.JSONField(default=dict)  # why the last try failed, or why it is not sent

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            within("tries", 0, MOST_TRIES),
        ]
        indexes = [
            models.Index(fields=["channel", "due_at", "id"], name="delivery_due", condition=UNSENT),
            models.Index(fields=["person", "channel", "id"], name="delivery_of_person", condition=UNSENT),
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} by {self.channel}"


class Choice(models.Model):
    """Where a person wants a kind of notice otherwise than the kind says."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_choices", db_index=False)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=40)
    on = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.on}"


class Hours(models.Model):
    """When a person wants nothing sent, in their own time zone, and the hour for all of a day at once."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="notice_hours")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest_at = models.TimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="hours_from_until",
            )
        ]

    def __str__(self) -> str:
        return f"quiet {self.quiet_from} to {self.quiet_until}, digest {self.digest_at}"


class Outage(models.Model):
    """A channel that did not answer: nothing is sent by it until then."""

    channel = models.CharField(max_length=40, primary_key=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.IntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [within("tries", 0, MOST_TRIES)]

    def __str__(self) -> str:
        return f"{self.channel} away"

    def over(self, now: datetime) -> bool:
        return self.until <= now
