"""Agent: what acts for a person. Shares are guardian rows in tables with direct foreign keys."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agents.at_once import MOST_AT_ONCE
from agents.connections.models import Connection, ConnectionQuerySet
from agents.permissions import AgentPermission, ModePermission
from agents.rights import held, people_with, reached
from portal.naming import NameField
from portal.people.models import Person
from portal.permissions import declared
from portal.validation import within

# What a task of an agent can be allowed at most; the form offers less.
MOST = {
    "max_steps": 100_000,
    "max_tokens": 2_000_000_000,
    "max_cost_micros": 10**12,
    "max_seconds": 31 * 24 * 3600,
    "max_asks": 10_000,
}


HERE = "offline:"  # models that answer in the process that asks them


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, person: Person) -> "AgentQuerySet":
        """Agents shared with the person or one of their teams; all agents for people whose role sees them."""
        return self if person.has_perm(AgentPermission.VIEW) else self._with(person, AgentPermission.VIEW)

    def on_record_for(self, person: Person) -> "AgentQuerySet":
        """Those the person sees, and those that hold a live grant on a connection on which the person grants."""
        granting = Connection.objects.grantable_by(person).values("pk")
        held = models.Q(
            grants__state="active", grants__ends_at__gt=timezone.now(), grants__connection__in=granting
        )
        decided = self.model.objects.filter(held).values("pk")
        return self.filter(models.Q(pk__in=self.visible_to(person).values("pk")) | models.Q(pk__in=decided))

    def unretired(self) -> "AgentQuerySet":
        return self.exclude(state=Agent.State.RETIRED)

    def operable_by(self, person: Person) -> "AgentQuerySet":
        return self._with(person, AgentPermission.OPERATE)

    def managed_by(self, person: Person) -> "AgentQuerySet":
        return self._with(person, AgentPermission.MANAGE)

    def _with(self, person: Person, permission: str) -> "AgentQuerySet":
        return self.filter(pk__in=reached(person, [permission], AgentPersonShare, AgentTeamShare))


class Agent(models.Model):
    """A registered agent. Limits hold per task and are always set; money is in micro-units of the ledger's currency."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Stopped"
        RETIRED = "retired", "Retired"

    class Mode(models.TextChoices):
        SHADOW = "shadow", "Shadow: reads, and records what else it would have done"
        LIVE = "live", "Live: does what its grants say"

    name = NameField(max_length=80)
    purpose = models.CharField(max_length=300)
    team = models.ForeignKey("portal.Team", models.PROTECT, related_name="agents")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agents")
    model = models.CharField(max_length=120)
    instructions = models.TextField(max_length=20_000, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.SHADOW)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    max_steps = models.PositiveIntegerField(default=200)
    max_tokens = models.PositiveIntegerField(default=2_000_000)
    max_cost_micros = models.PositiveBigIntegerField(default=2_000_000)
    max_seconds = models.PositiveIntegerField(default=3_600)
    max_asks = models.PositiveIntegerField(default=20)
    most_at_once = models.PositiveIntegerField(
        null=True, blank=True
    )  # tasks under way; null: as many as come
    ready_made = models.CharField(max_length=40, blank=True)  # the template it was made from (registry.ready)
    live_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    live_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = AgentQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "id"]
        default_permissions = ()
        permissions = declared(AgentPermission)
        indexes = [models.Index(Lower("name"), "id", name="agent_by_name")]
        constraints = [
            models.UniqueConstraint(
                "team",
                Lower("name"),
                name="agent_name_in_team",
                violation_error_message="The team already has an agent with this name.",
            ),
            *(within(field, 0, most) for field, most in MOST.items()),
            within("most_at_once", 1, MOST_AT_ONCE),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registry:detail", args=[self.pk])

    @property
    def retired(self) -> bool:
        return self.state == Agent.State.RETIRED

    @property
    def answers_here(self) -> bool:
        """Does its model answer in the process that asks it?"""
        return self.model.startswith(HERE)

    def refuse_retired(self) -> None:
        """Raises ValidationError: nothing about a retired agent changes any more."""
        if self.retired:
            raise ValidationError(f"{self} is retired and cannot be changed any more.")

    def rights_of(self, person: Person) -> frozenset[str]:
        """All that the person may do to this agent: shared with them or with a team of theirs, or by role."""
        by_role = {permission for permission in AgentPermission.values if person.has_perm(permission)}
        return held(person, self, AgentPersonShare, AgentTeamShare) | by_role

    def places(self) -> ConnectionQuerySet:
        """The connections on which the agent holds a live grant."""
        return Connection.objects.filter(pk__in=self.grants.live().values("connection"))

    def decided_on(self, person: Person) -> ConnectionQuerySet:
        """Of its places those on which the person grants. Any is not all: they decide about these alone."""
        return self.places().grantable_by(person)

    def undecided(self) -> ConnectionQuerySet:
        """Connections where it only records what it would do: no person who grants there has said yes."""
        return self.places().exclude(pk__in=self.lives_on())

    def lives_on(self) -> frozenset[int]:
        """Connections on which it acts for real: a person who grants there has said yes."""
        if self.mode != Agent.Mode.LIVE:
            return frozenset()
        return frozenset(self.yeses.current().values_list("connection_id", flat=True))

    def mode_rights(self, person: Person) -> frozenset[str]:
        """Who reads the record of shadow mode, and who decides on the mode.

        Going live is for those alone who look after something that the agent may use, each for that: what it then
        does, happens there. People who may stop it may also put it back.
        """
        rights, decides = self.rights_of(person), self.decided_on(person).exists()
        rules = {
            ModePermission.SEE: decides or AgentPermission.VIEW in rights,
            ModePermission.RECORD: decides or AgentPermission.MANAGE in rights,
            ModePermission.LIVE: decides,
            ModePermission.SHADOW: decides or bool(rights & {AgentPermission.MANAGE, AgentPermission.STOP}),
        }
        return frozenset(permission for permission, holds in rules.items() if holds)

    def holders(self, permission: AgentPermission) -> models.QuerySet[Person]:
        """The active people who hold ``permission`` on it, themselves or by a team; not by a role."""
        return people_with(self, permission, AgentPersonShare, AgentTeamShare)

    def permits(self, person: Person, permission: str) -> bool:
        if permission in ModePermission.values:
            return permission in self.mode_rights(person)
        return permission in self.rights_of(person)


class LiveYesQuerySet(models.QuerySet["LiveYes"]):
    def current(self) -> "LiveYesQuerySet":
        return self.filter(ended_at__isnull=True)


class LiveYes(models.Model):
    """A person who grants on a connection lets a live agent act for real there. Elsewhere it stays in shadow."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="yeses")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="yeses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = LiveYesQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "connection"],
                condition=models.Q(ended_at__isnull=True),
                name="live_yes_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} on {self.connection}"


class AgentPersonShare(UserObjectPermissionBase):
    content_object = models.ForeignKey(Agent, models.CASCADE)


class AgentTeamShare(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Agent, models.CASCADE)
