"""Seals chain the trail: each is of the entries that were written since the one before. And what checks leave behind.

PostgreSQL makes a seal (``portal_seal_trail``, migration 0007_seals), so that the role that the portal runs as cannot.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.db import connection, models, transaction
from django.utils import timezone

UNANSWERED = timedelta(minutes=30)  # after which a check that no worker took is asked for anew
OVERDUE = timedelta(days=2)


class Seal(models.Model):
    """``covers``: the numbers of its entries. ``rule``: 1 for entries that are chained one by one, of before seals."""

    number = models.BigIntegerField(primary_key=True)
    segment = models.IntegerField(db_index=True)
    rule = models.SmallIntegerField()
    at = models.DateTimeField()
    entries = models.BigIntegerField()
    top = models.BigIntegerField()
    covers = models.TextField()
    missing = models.TextField()
    horizon = models.BigIntegerField(null=True)
    content = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        ordering = ["number"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.digest).hex()}"


class ArchivedSegment(models.Model):
    """A segment whose entries are in a file; its seals are here still."""

    segment = models.IntegerField(primary_key=True)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["segment"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"segment {self.segment} in {self.file}"


class TrailCheckQuerySet(models.QuerySet["TrailCheck"]):
    def standing(self) -> "TrailCheckQuerySet":
        """The newest one that has ended, if it found something wrong."""
        newest = TrailCheck.objects.exclude(ended_at=None).order_by("-pk").values("pk")[:1]
        return self.filter(pk__in=newest).exclude(reason={})


class TrailCheck(models.Model):
    """One check of the whole trail: asked for by an auditor or by the clock, answered by a worker."""

    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.JSONField(default=dict)  # what is wrong; empty: the trail is whole
    entries = models.BigIntegerField(default=0)
    marks = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["TrailCheck"]] = TrailCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"check of {self.asked_at:%Y-%m-%d %H:%M} UTC"

    @property
    def running(self) -> bool:
        return self.ended_at is None and self.asked_at > timezone.now() - UNANSWERED


@dataclass(frozen=True)
class State:
    """The last check that has ended, one that has not, whether none has ended for two days; unsealed entries."""

    check: TrailCheck | None
    asked: TrailCheck | None
    overdue: bool
    unsealed: int


WAITING = """
    SELECT (SELECT count(*) FROM portal_entry WHERE id > coalesce((SELECT max(top) FROM portal_seal), 0)),
        (SELECT min(at) FROM portal_seal)
"""


def state() -> State:
    newest = list(TrailCheck.objects.all()[:2])
    asked = newest[0] if newest and newest[0].ended_at is None else None
    check = next((check for check in newest if check.ended_at), None)
    if newest and check is None:  # several that no worker took
        check = TrailCheck.objects.exclude(ended_at=None).first()
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        unsealed, first = cursor.fetchone()
    since = check.ended_at if check else first
    return State(check, asked, since is not None and since < timezone.now() - OVERDUE, unsealed)


def seal() -> int:
    """Seal all that is written; how many entries that were."""
    done = 0
    while sealed := _once():
        done += sealed
    return done


def _once() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT portal_seal_trail()")
        return int(cursor.fetchone()[0])
