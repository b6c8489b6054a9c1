"""Opening: a person lets another person's or a team's tasks use their own connection, until a day."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from agents.permissions import OpeningPermission
from portal.people.models import Person
from portal.validation import one_of


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, person: Person) -> "OpeningQuerySet":
        return self.filter(connection__person=person)

    def current(self) -> "OpeningQuerySet":
        return self.filter(ended_at__isnull=True, ends_at__gt=timezone.now(), connection__state="active")

    def for_reading(self) -> "OpeningQuerySet":
        return self.select_related("connection", "person", "team").order_by("ends_at", "id")


class Opening(models.Model):
    """Without one a personal connection works in its person's tasks only. Only that person gives and ends it."""

    connection = models.ForeignKey("agents.Connection", models.PROTECT, related_name="openings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("portal.Team", models.PROTECT, null=True, blank=True, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            one_of("team", "person", name="opening_person_or_team"),
            models.UniqueConstraint(
                fields=["connection", "person", "team"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="opening_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection} to {self.reader}"

    @property
    def reader(self) -> Any:
        return self.person or self.team

    def permits(self, person: Person, permission: str) -> bool:
        return permission == OpeningPermission.END and self.connection.person_id == person.pk
