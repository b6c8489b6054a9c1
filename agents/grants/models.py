"""GrantRequest and Grant: agent, connection, capability, limits and an end. Requested and decided together."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import capability_words, catalogue
from agents.grants import daily
from agents.grants.askers import may_ask
from agents.grants.terms import Terms
from agents.permissions import AgentPermission, ConnectionPermission, GrantPermission
from agents.policy.declarations import Capability
from agents.policy.facts import GrantFact
from agents.registry.models import Agent
from portal.people.models import Person

NOTICES = (timedelta(days=7), timedelta(days=1))  # before the end


def _visible_to(person: Person) -> models.Q:
    """Of grants and of requests: who sees the agent, or grants on the connection."""
    agents = Agent.objects.visible_to(person).values("pk")
    connections = Connection.objects.grantable_by(person).values("pk")
    return models.Q(agent__in=agents) | models.Q(connection__in=connections)


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    def visible_to(self, person: Person) -> "GrantRequestQuerySet":
        return self.filter(_visible_to(person))

    def open(self, now: datetime | None = None) -> "GrantRequestQuerySet":
        """At least one of its capabilities waits for a decision, and its end has not passed."""
        waiting = Grant.objects.filter(
            request=models.OuterRef("pk"), state=Grant.State.REQUESTED, ends_at__gt=now or timezone.now()
        )
        return self.filter(models.Exists(waiting))

    def with_parts(self) -> "GrantRequestQuerySet":
        """With all that a line about a request says, in three queries."""
        return self.select_related("agent", "connection", "requested_by").prefetch_related("grants")

    def sent_to(self, person: Person, now: datetime | None = None) -> "GrantRequestQuerySet":
        """Open requests that reached this very person: not their own, but on their own connection."""
        deciding = Connection.objects.grantable_by(person).values("pk")
        not_own = ~models.Q(requested_by=person) | models.Q(connection__person=person)
        return self.open(now).filter(not_own, connection__in=deciding)

    def to_decide_by(self, person: Person) -> "GrantRequestQuerySet":
        """Those of them whose asker may still ask, so that the person can decide."""
        return self.sent_to(person).filter(may_ask())


class GrantRequest(models.Model):
    """What an agent's manager asks for in one go: capabilities on one connection, until when, and why."""

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

    @property
    def waiting(self) -> "list[Grant]":
        """Its capabilities that are still undecided."""
        return [grant for grant in self.grants.all() if grant.state == Grant.State.REQUESTED]

    def deciders(self) -> models.QuerySet[Person]:
        """The active people who may decide this one."""
        found = self.connection.holders(ConnectionPermission.GRANT)
        own = self.connection.person_id == self.requested_by_id
        return found if own else found.exclude(pk=self.requested_by_id)

    def permits(self, person: Person, permission: str) -> bool:
        """Nobody decides their own request, except on their own personal connection."""
        if permission == GrantPermission.DECIDE:
            own = self.requested_by_id == person.pk and self.connection.person_id != person.pk
            return not own and person.has_perm(ConnectionPermission.GRANT, self.connection)
        if permission == GrantPermission.WITHDRAW:
            return person.has_perm(AgentPermission.MANAGE, self.agent)
        return permission == GrantPermission.VIEW


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, person: Person) -> "GrantQuerySet":
        return self.filter(_visible_to(person))

    def live(self, now: datetime | None = None) -> "GrantQuerySet":
        """Active and before their end: what an agent can use this moment."""
        return self.filter(state=Grant.State.ACTIVE, ends_at__gt=now or timezone.now())

    def for_tasks_of(self, person: int, now: datetime | None = None) -> "GrantQuerySet":
        """Leaves out grants on personal connections of others that are not open to this person."""
        return self.filter(connection__in=Connection.objects.usable_by(person, now).values("pk"))

    def ending_within(self, days: int) -> "GrantQuerySet":
        """Live now, but not for longer than ``days`` more; the first to end first."""
        latest = timezone.now() + timedelta(days=days)
        return self.live().filter(ends_at__lte=latest).order_by("ends_at", "id")

    def to_remind(self, now: datetime | None = None) -> "GrantQuerySet":
        """Live, and its end came nearer than one of ``NOTICES`` since the last reminder."""
        # A grant that was short from the start reminds of itself: notice is for those twice as long.
        now, due = now or timezone.now(), models.Q(pk__in=[])
        for notice in NOTICES:
            begins = models.F("ends_at") - notice
            fresh = models.Q(reminded_at__isnull=True) | models.Q(reminded_at__lt=begins)
            long = models.Q(decided_at__lte=models.F("ends_at") - 2 * notice)
            due |= models.Q(ends_at__lte=now + notice) & fresh & long
        return self.live(now).filter(due)

    def out_of_date(self) -> "GrantQuerySet":
        """Live, but what it was granted for is declared otherwise by now, or not at all."""
        declared = {name: capability.digest for name, capability in catalogue().items()}
        pairs = self.live().order_by().values_list("capability", "declaration").distinct()
        wrong = models.Q(pk__in=[])
        for name, digest in pairs:
            if declared.get(name) != digest:
                wrong |= models.Q(capability=name, declaration=digest)
        return self.live().filter(wrong)

    def with_people(self) -> "GrantQuerySet":
        return self.select_related("agent__owner", "connection", "request__requested_by")

    def with_successor(self) -> "GrantQuerySet":
        """With ``renewing``: the same is asked for anew already."""
        same = Grant.objects.filter(
            agent=models.OuterRef("agent"),
            connection=models.OuterRef("connection"),
            capability=models.OuterRef("capability"),
            state=Grant.State.REQUESTED,
            ends_at__gt=models.OuterRef("ends_at"),
        )
        return self.annotate(renewing=models.Exists(same))

    def holding(self) -> "GrantQuerySet":
        """What an agent has or waits for: neither denied nor ended."""
        return self.filter(state__in=Grant.HOLDING, ends_at__gt=timezone.now())

    def on_personal_connections(self) -> "GrantQuerySet":
        """Grants and requests on personal connections: these do not go to a new owner."""
        return self.holding().filter(connection__person__isnull=False).select_related("connection", "agent")

    def ended(self) -> "GrantQuerySet":
        """Still called active or requested although their end has passed."""
        states = [Grant.State.ACTIVE, Grant.State.REQUESTED]
        return self.filter(state__in=states, ends_at__lte=timezone.now())


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

    HOLDING = (State.ACTIVE, State.REQUESTED, State.SUSPENDED)  # until their end

    request = models.ForeignKey(GrantRequest, models.PROTECT, related_name="grants")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="grants")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="grants")
    capability = models.CharField(max_length=60)
    limits = models.JSONField(default=dict, blank=True)
    always_ask = models.BooleanField(default=False)
    second_person = models.BooleanField(default=False)  # a person other than the task's person answers
    # Hours of the day in ``hours_zone`` between which it may be used; both null: any time. 22 to 6 spans midnight.
    from_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    until_hour = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_zone = models.CharField(max_length=64, default="UTC")
    ends_at = models.DateTimeField()
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    declaration = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)  # a person's words
    cause = models.JSONField(default=dict, blank=True)  # the portal's own reason of its end
    reminded_at = models.DateTimeField(null=True, blank=True)
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
                condition=models.Q(from_hour__isnull=True, until_hour__isnull=True)
                | models.Q(
                    from_hour__lte=23, until_hour__lte=24, from_hour__isnull=False, until_hour__isnull=False
                ),
                name="grant_hours_of_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(decided_by__isnull=False),
                name="grant_active_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"“{capability_words(self.capability)}” on {self.connection} for {self.agent}"

    def get_absolute_url(self) -> str:
        return reverse("grants:detail", args=[self.pk])

    def permits(self, person: Person, permission: str) -> bool:
        """People who grant on the connection or manage the agent may revoke it."""
        if permission == GrantPermission.REVOKE:
            return person.has_perm(ConnectionPermission.GRANT, self.connection) or person.has_perm(
                AgentPermission.MANAGE, self.agent
            )
        return permission == GrantPermission.VIEW

    @property
    def declared(self) -> Capability | None:
        return catalogue().get(self.capability)

    @property
    def live(self) -> bool:
        return self.state == Grant.State.ACTIVE and self.ends_at > timezone.now()

    @property
    def over(self) -> bool:
        """It allows nothing any more. A grant past its end is over even before the sweep closes it."""
        return self.state not in Grant.HOLDING or self.ends_at <= timezone.now()

    @property
    def uses_left(self) -> int | None:
        return None if self.max_uses is None else self.max_uses - self.used

    @property
    def hours(self) -> tuple[int, int] | None:
        start, end = self.from_hour, self.until_hour
        return None if start is None or end is None else (start, end)

    @property
    def terms(self) -> Terms:
        return Terms(
            self.limits, self.max_uses, self.always_ask, self.second_person, self.hours, self.hours_zone
        )

    def take(self, terms: Terms) -> None:
        """Have these terms; saving is the verb's."""
        self.limits, self.max_uses = dict(terms.limits), terms.max_uses
        self.always_ask, self.second_person = terms.always_ask, bool(terms.second_person)
        self.from_hour, self.until_hour = terms.hours or (None, None)
        self.hours_zone = terms.zone

    @property
    def renewable(self) -> bool:
        """May the same be requested again? Not after a person declined or revoked it."""
        return self.state in {Grant.State.ACTIVE, Grant.State.SUSPENDED, Grant.State.EXPIRED}

    def fact(self, apart: int | None = None) -> GrantFact:
        """As the rules see it; ``apart``: the call that they decide on."""
        return GrantFact(
            id=self.pk,
            capability=self.capability,
            connection=self.connection_id,
            state=self.state,
            ends_at=self.ends_at,
            declaration=self.declaration,
            limits=self.limits,
            uses_left=self.uses_left,
            used_today=daily.used(self.declared, self.limits, self.calls, apart),
            always_ask=self.always_ask,
            second_person=self.second_person,
            hours=self.hours,
            zone=self.hours_zone,
            version=self.version,
        )
