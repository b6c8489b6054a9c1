"""Grant: agent × connection × capability × limits × end. Requested together, decided one by one or at once."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.permissions import AgentPermission, ConnectionPermission, GrantPermission
from agents.policy.facts import Capability, GrantFact
from agents.registry.models import Agent
from portal.people.models import Person


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    def visible_to(self, person: Person) -> "GrantRequestQuerySet":
        return self.filter(
            models.Q(agent__in=Agent.objects.visible_to(person).values("pk"))
            | models.Q(connection__in=Connection.objects.grantable_by(person).values("pk"))
        )

    def open(self) -> "GrantRequestQuerySet":
        return self.filter(grants__state=Grant.State.REQUESTED).distinct()

    def to_decide_by(self, person: Person) -> "GrantRequestQuerySet":
        """Open requests that this very person may decide: not their own, but on their own connection."""
        return (
            self.open()
            .filter(connection__in=Connection.objects.grantable_by(person).values("pk"))
            .filter(~models.Q(requested_by=person) | models.Q(connection__person=person))
        )


class GrantRequest(models.Model):
    """What an agent's manager asks for, in one go: some capabilities on one connection, until when, and why."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="grant_requests")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="grant_requests")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grant_requests")
    why = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GrantRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.connection} for {self.agent}"

    def get_absolute_url(self) -> str:
        return reverse("grants:request", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        """Who may do what: nobody decides their own request, except on their own personal connection."""
        if permission == GrantPermission.DECIDE:
            own = self.requested_by_id == person.pk and self.connection.person_id != person.pk
            return not own and person.has_perm(ConnectionPermission.GRANT, self.connection)
        if permission == GrantPermission.WITHDRAW:
            return person.has_perm(AgentPermission.MANAGE, self.agent)
        return permission == GrantPermission.VIEW


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, person: Person) -> "GrantQuerySet":
        return self.filter(
            models.Q(agent__in=Agent.objects.visible_to(person).values("pk"))
            | models.Q(connection__in=Connection.objects.grantable_by(person).values("pk"))
        )

    def live(self, now: datetime | None = None) -> "GrantQuerySet":
        """Active and before their end: what an agent can use this moment."""
        return self.filter(state=Grant.State.ACTIVE, ends_at__gt=now or timezone.now())

    def ended(self, now: datetime | None = None) -> "GrantQuerySet":
        """Still called active or requested although their end has passed."""
        return self.filter(
            state__in=[Grant.State.ACTIVE, Grant.State.REQUESTED], ends_at__lte=now or timezone.now()
        )


class Grant(models.Model):
    """One capability on one connection for one agent. ``limits`` is policy.facts.Limits as JSON."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        ACTIVE = "active", "Active"
        DENIED = "denied", "Denied"
        EXPIRED = "expired", "Ended"
        REVOKED = "revoked", "Revoked"
        SUSPENDED = "suspended", "Suspended"
        WITHDRAWN = "withdrawn", "Withdrawn"

    request = models.ForeignKey(GrantRequest, models.PROTECT, related_name="grants")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="grants")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="grants")
    capability = models.CharField(max_length=60)
    limits = models.JSONField(default=dict, blank=True)
    always_ask = models.BooleanField(default=False)
    ends_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    declaration = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index(fields=["agent", "state"], name="grant_agent_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_uses__isnull=True) | models.Q(used__lte=models.F("max_uses")),
                name="grant_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(decided_by__isnull=False),
                name="grant_active_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.capability} on {self.connection} for {self.agent}"

    def get_absolute_url(self) -> str:
        return reverse("grants:detail", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        """Whoever grants on the connection, and whoever manages the agent, may take it back."""
        if permission == GrantPermission.REVOKE:
            return person.has_perm(ConnectionPermission.GRANT, self.connection) or person.has_perm(
                AgentPermission.MANAGE, self.agent
            )
        return permission == GrantPermission.VIEW

    @property
    def declared(self) -> Capability | None:
        return catalogue().get(self.capability)

    @property
    def uses_left(self) -> int | None:
        return None if self.max_uses is None else self.max_uses - self.used

    def fact(self) -> GrantFact:
        """This row as the rules see it."""
        return GrantFact(
            id=self.pk,
            capability=self.capability,
            connection=self.connection_id,
            state=self.state,
            ends_at=self.ends_at,
            declaration=self.declaration,
            limits=self.limits,
            uses_left=self.uses_left,
            always_ask=self.always_ask,
        )
