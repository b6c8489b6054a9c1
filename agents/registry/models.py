"""Agent: what acts for a person. Shares are guardian rows in their own direct-foreign-key tables."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agents.permissions import AgentPermission
from agents.rights import held, reached
from portal.people.models import Person
from portal.permissions import declared


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, person: Person) -> "AgentQuerySet":
        """Agents shared with the person or one of their teams; all of them for who may see all by role."""
        return self if person.has_perm(AgentPermission.VIEW) else self._with(person, AgentPermission.VIEW)

    def operable_by(self, person: Person) -> "AgentQuerySet":
        return self._with(person, AgentPermission.OPERATE)

    def managed_by(self, person: Person) -> "AgentQuerySet":
        return self._with(person, AgentPermission.MANAGE)

    def _with(self, person: Person, permission: str) -> "AgentQuerySet":
        return self.filter(pk__in=reached(person, [permission], AgentPersonShare, AgentTeamShare))

    def search(self, words: str) -> "AgentQuerySet":
        return self.filter(models.Q(name__icontains=words) | models.Q(purpose__icontains=words))


class Agent(models.Model):
    """A registered agent. Limits hold per task and are always set; money is in micro-units of US dollars."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Stopped"
        RETIRED = "retired", "Retired"

    class Mode(models.TextChoices):
        SHADOW = "shadow", "Shadow: reads, and records what else it would have done"
        LIVE = "live", "Live: does what its grants say"

    name = models.CharField(max_length=80)
    purpose = models.CharField(max_length=300)
    team = models.ForeignKey("portal.Team", models.PROTECT, related_name="agents")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agents")
    model = models.CharField(max_length=120)
    instructions = models.TextField(max_length=20_000, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.SHADOW)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    state_note = models.CharField(max_length=200, blank=True)
    max_steps = models.PositiveIntegerField(default=200)
    max_tokens = models.PositiveIntegerField(default=2_000_000)
    max_cost_micros = models.PositiveBigIntegerField(default=2_000_000)
    max_seconds = models.PositiveIntegerField(default=3_600)
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
                violation_error_message="The team has an agent of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registry:detail", args=[self.pk])

    def rights_of(self, person: Person) -> frozenset[str]:
        """All that the person may do to this agent: shared with them or with a team of theirs, or by role."""
        by_role = {permission for permission in AgentPermission.values if person.has_perm(permission)}
        return held(person, self, AgentPersonShare, AgentTeamShare) | by_role

    def permits(self, person: Person, permission: str) -> bool:
        return permission in self.rights_of(person)


class AgentPersonShare(UserObjectPermissionBase):
    content_object = models.ForeignKey(Agent, models.CASCADE)


class AgentTeamShare(GroupObjectPermissionBase):
    content_object = models.ForeignKey(Agent, models.CASCADE)
