"""Stop: a row read before every call. Lifting it ends the row; it stays as history."""

from django.conf import settings
from django.db import models

from agents.connections.models import Connection
from agents.permissions import AgentsPermission, StopPermission
from agents.policy.facts import StopFact
from portal.people.models import Person


class StopQuerySet(models.QuerySet["Stop"]):
    def standing(self) -> "StopQuerySet":
        return self.filter(lifted_at__isnull=True)

    def visible_to(self, person: Person) -> "StopQuerySet":
        """All of them for who may stop everything; else those of connections the person sees."""
        if person.has_perm(AgentsPermission.STOP_ALL):
            return self.all()
        return self.filter(connection__in=Connection.objects.visible_to(person).values("pk"))

    def against(self, *, connection: int, capability: str) -> "StopQuerySet":
        """Standing stops that hold back a call of ``capability`` on ``connection``."""
        return self.standing().filter(
            models.Q(scope=Stop.Scope.EVERYTHING)
            | models.Q(scope=Stop.Scope.CONNECTION, connection_id=connection)
            | models.Q(scope=Stop.Scope.CAPABILITY, capability=capability)
        )


class Stop(models.Model):
    """Everything, one connection or one capability is stopped. (An agent is paused, a task is cancelled.)"""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        CONNECTION = "connection", "One connection"
        CAPABILITY = "capability", "One capability everywhere"

    scope = models.CharField(max_length=12, choices=Scope.choices)
    connection = models.ForeignKey("agents.Connection", models.PROTECT, null=True, related_name="stops")
    capability = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="everything", connection__isnull=True, capability="")
                | models.Q(scope="connection", connection__isnull=False, capability="")
                | (models.Q(scope="capability", connection__isnull=True) & ~models.Q(capability="")),
                name="stop_names_its_scope",
            ),
            models.UniqueConstraint(
                fields=["scope", "connection", "capability"],
                condition=models.Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="stop_stands_once",
            ),
        ]

    def __str__(self) -> str:
        match self.scope:
            case Stop.Scope.CONNECTION:
                return str(self.connection)
            case Stop.Scope.CAPABILITY:
                return self.capability
        return "everything"

    def permits(self, person: Person, permission: str) -> bool:
        """Whoever could set this stop may lift it."""
        if permission != StopPermission.LIFT:
            return False
        if self.connection is None:
            return person.has_perm(AgentsPermission.STOP_ALL)
        return self.connection.permits(person, StopPermission.SET)

    def fact(self) -> StopFact:
        what = str(self)
        return StopFact(what[:1].upper() + what[1:], str(self.set_by), self.why)
