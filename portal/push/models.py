"""PushKey: the portal's key for push services. Device: a browser that a person allowed to show notices."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from portal.people.models import Person


class PushKey(models.Model):
    """One row, made when it is first needed. ``secret``: sealed; ``public``: what browsers are told."""

    only = models.BooleanField(primary_key=True, default=True)
    secret = models.BinaryField()
    public = models.CharField(max_length=100)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="push_one_key")]

    def __str__(self) -> str:
        return "key for push services"


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, person: Person) -> "DeviceQuerySet":
        return self.filter(person=person)

    def live(self) -> "DeviceQuerySet":
        """Of a person who is here and has not signed out everywhere since, for the key that the portal has."""
        keys = PushKey.objects.values("public")
        return self.filter(person__is_active=True, epoch=F("person__session_epoch"), key__in=keys)


class Device(models.Model):
    """``place``: a digest of the address that the browser named; ``subscription``: that address and its keys, sealed.

    ``key``: the public key of the portal that it was allowed for. ``epoch``: the person's when it was allowed, so that
    signing out everywhere ends it.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=64, unique=True)
    subscription = models.BinaryField()
    key = models.CharField(max_length=100)
    epoch = models.PositiveIntegerField()
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Device"]] = DeviceQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
