"""The ledger: one UsageEvent for each model call, append-only, partitioned by month; what it refused; what it pays.

The events' table and its partitions are made in SQL (migrations 0002 and 0003_ledger): Django has no partitions.
``agent_id`` is a plain number and ``task`` a text, since this app does not know the agents app; names are copied.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from metering.permissions import LedgerPermission
from metering.privacy.visibility import Kind, Scope
from metering.rollups.periods import Period
from portal.people.models import Person
from portal.permissions import declared


class UsageEventQuerySet(models.QuerySet["UsageEvent"]):
    def within(self, scope: Scope) -> "UsageEventQuerySet":
        """Single events are read by the person they belong to, and nobody else."""
        return self.filter(person=scope.viewer) if scope.kind is Kind.OWN else self.none()

    def during(self, period: Period) -> "UsageEventQuerySet":
        begin, end = period.moments
        return self.filter(at__gte=begin, at__lt=end)


class UsageEvent(models.Model):
    """A model call, or a correction of one: the differences, so that any sum is right.

    ``input_tokens`` includes cached ones. ``cost_micros`` is in millionths of ``currency``, null where not priced;
    ``rate``: what one unit of the price's own currency was worth. ``requests``: 1 for a call.
    """

    class What(models.TextChoices):
        CALL = "call", "Call"
        CORRECTION = "correction", "Correction"

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField(editable=False)
    at = models.DateTimeField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", db_constraint=False
    )
    team = models.ForeignKey("portal.Team", models.DO_NOTHING, related_name="+", db_constraint=False)
    agent_id = models.BigIntegerField(null=True)
    cost_micros = models.BigIntegerField(null=True)
    input_tokens = models.IntegerField()
    cache_read_tokens = models.IntegerField()
    cache_write_tokens = models.IntegerField()
    output_tokens = models.IntegerField()
    turn = models.IntegerField(default=0)
    tool_calls = models.IntegerField(default=0)
    changes = models.IntegerField(default=0)
    requests = models.SmallIntegerField(default=1)
    unpriced = models.SmallIntegerField(default=0)
    failed = models.BooleanField(default=False)
    retried = models.BooleanField(default=False)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    agent_name = models.CharField(max_length=80, blank=True)
    task = models.CharField(max_length=80, blank=True)
    trigger = models.CharField(max_length=10, blank=True)
    provider = models.CharField(max_length=60)
    model = models.CharField(max_length=120)
    priced_by = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=What.choices, default=What.CALL)
    corrects = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[UsageEventQuerySet] = UsageEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        managed = False
        db_table = "metering_usageevent"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.model} at {self.at:%Y-%m-%d %H:%M} UTC"


class UsageKey(models.Model):
    """Makes ingest idempotent: the digest of (source, key), and a checksum of what was said (see ``rows``)."""

    digest = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    figures = models.IntegerField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [BrinIndex(fields=["at"], name="usagekey_at")]

    def __str__(self) -> str:
        return str(self.digest)


class RefusalQuerySet(models.QuerySet["UsageRefusal"]):
    def search(self, text: str) -> "RefusalQuerySet":
        return self.filter(
            models.Q(source__icontains=text)
            | models.Q(key__icontains=text)
            | models.Q(reason__icontains=text)
        )


class UsageRefusal(models.Model):
    """An event that the ledger did not take, and why. Sent again it is one row, and ``times`` says how often."""

    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["source", "key", "reason"], name="usagerefusal_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"


class ContractPriceQuerySet(models.QuerySet["ContractPrice"]):
    def current(self, day: date) -> "ContractPriceQuerySet":
        """Those that hold on ``day`` or will."""
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gte=day), withdrawn=False)

    def visible_to(self, person: Person) -> "ContractPriceQuerySet":
        return self if person.has_perm(LedgerPermission.KEEP_PRICES) else self.none()


class ContractPrice(models.Model):
    """A price of our own, before the public list: per million tokens, from one UTC day to another, both in it.

    ``pattern`` is a model's name, ``*`` stands for any characters. Null cache prices are those of input.
    One that is ``withdrawn`` before it began holds on no day.
    """

    provider = models.CharField(max_length=60)
    pattern = models.CharField("model", max_length=120)
    currency = models.CharField(max_length=3)
    input = models.DecimalField(max_digits=14, decimal_places=6)
    cache_read = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cache_write = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    output = models.DecimalField(max_digits=14, decimal_places=6)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    withdrawn = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ContractPriceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = declared(LedgerPermission)
        ordering = ["provider", "pattern", "-valid_from", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(input__gte=0, output__gte=0)
                & (models.Q(cache_read=None) | models.Q(cache_read__gte=0))
                & (models.Q(cache_write=None) | models.Q(cache_write__gte=0)),
                name="contractprice_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="contractprice_span",
                violation_error_message="It ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.pattern}"

    @property
    def amounts(self) -> list[tuple[str, str]]:
        """What a million tokens costs, by kind, to the last digit."""
        parts = {
            "Read": self.input,
            "From cache": self.cache_read,
            "To cache": self.cache_write,
            "Written": self.output,
        }
        return [
            (kind, "as read" if amount is None else f"{self.currency} {amount.normalize():f}")
            for kind, amount in parts.items()
        ]


class ExchangeRate(models.Model):
    """From ``day`` on one unit of ``currency`` is worth ``rate`` units of the ledger's currency."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["currency", "-day", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchangerate_positive")]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.worth} from {self.day}"

    @property
    def worth(self) -> str:
        return f"{self.rate.normalize():f}"


class Kept(models.Model):
    """One row: the ledger's currency. The database changes ``prices`` with every price or rate of our own."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    currency = models.CharField(max_length=3)
    prices = models.UUIDField(db_default=RandomUUID(), editable=False)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="kept_once")]

    def __str__(self) -> str:
        return self.currency
