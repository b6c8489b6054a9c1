"""Stop: a row that is read before every call. Lifting it ends the row, which stays as history."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst

from agents.connections.models import Connection
from agents.permissions import AgentPermission, AgentsPermission, StopPermission
from agents.policy.facts import StopFact
from agents.queue import claims
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from portal.people.models import Person
from portal.reasons import Stored, because, render_reason


class StopQuerySet(models.QuerySet["Stop"]):
    def active(self) -> "StopQuerySet":
        return self.filter(lifted_at__isnull=True)

    def unconfirmed(self) -> "StopQuerySet":
        """Standing, and a call that began before them may still be under way."""
        return self.active().filter(confirmed_at__isnull=True)

    def visible_to(self, person: Person) -> "StopQuerySet":
        """Of the company's, all; of connections, agents and tasks those of what the person sees."""
        tasks = models.Q(task__in=Task.objects.visible_to(person).values("pk")) | models.Q(
            scope=Stop.Scope.TASK, set_by=person
        )
        if person.has_perm(AgentsPermission.STOP_ALL):
            return self.filter(~models.Q(scope=Stop.Scope.TASK) | tasks)
        return self.filter(
            models.Q(scope__in=[Stop.Scope.EVERYTHING, Stop.Scope.CAPABILITY])
            | models.Q(connection__in=Connection.objects.visible_to(person).values("pk"))
            | models.Q(agent__in=Agent.objects.visible_to(person).values("pk"))
            | tasks
        )

    def against(self, *, connection: int, capability: str, agent: int, task: int) -> "StopQuerySet":
        """Standing stops that hold back a call of ``capability`` on ``connection`` in this task of this agent."""
        wider = self._concern(connection, capability, agent)
        return self.active().filter(wider | models.Q(scope=Stop.Scope.TASK, task_id=task))

    def concerning(self, *, connection: int, capability: str, agent: int) -> "StopQuerySet":
        """Stops that hold or held back such calls in whatever task, lifted ones too."""
        return self.filter(self._concern(connection, capability, agent))

    @staticmethod
    def _concern(connection: int, capability: str, agent: int) -> models.Q:
        return (
            models.Q(scope=Stop.Scope.EVERYTHING)
            | models.Q(scope=Stop.Scope.CONNECTION, connection_id=connection)
            | models.Q(scope=Stop.Scope.CAPABILITY, capability=capability)
            | models.Q(scope=Stop.Scope.AGENT, agent_id=agent)
        )

    def ending(self, agent: object) -> "StopQuerySet":
        """Standing stops that leave this agent (its number, or an expression for it) nothing to do at all."""
        return self.active().filter(
            models.Q(scope=Stop.Scope.EVERYTHING) | models.Q(scope=Stop.Scope.AGENT, agent_id=agent)
        )

    def for_reading(self) -> "StopQuerySet":
        return self.select_related("connection", "agent", "task__agent", "set_by", "lifted_by")


def _names(*named: str, scope: str) -> models.Q:
    """A stop of ``scope`` names exactly these and nothing else."""
    condition = models.Q(scope=scope)
    for field in ("connection", "agent", "task"):
        condition &= models.Q(**{f"{field}__isnull": field not in named})
    empty = models.Q(capability="")
    return condition & (~empty if "capability" in named else empty)


class Stop(models.Model):
    """Everything, one connection, one capability, one agent or one task is stopped."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", "Everything"
        CONNECTION = "connection", "One connection"
        CAPABILITY = "capability", "One capability everywhere"
        AGENT = "agent", "One agent"
        TASK = "task", "One task"

    scope = models.CharField(max_length=12, choices=Scope.choices)
    connection = models.ForeignKey(
        "agents.Connection", models.PROTECT, null=True, blank=True, related_name="stops"
    )
    capability = models.CharField(max_length=60, blank=True)
    agent = models.ForeignKey("agents.Agent", models.PROTECT, null=True, blank=True, related_name="stops")
    task = models.ForeignKey("agents.Task", models.CASCADE, null=True, blank=True, related_name="stops")
    why = models.CharField(max_length=200, blank=True)  # in the words of the person who set it
    cause = models.JSONField(default=dict, blank=True)  # the portal's own reason: a code with parameters
    # Null: the portal itself, when an agent's owner leaves.
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_role = models.BooleanField(default=False)  # set by a person who may stop everything: an admin's stop
    runaway = models.BooleanField(
        default=False
    )  # the portal's, of an agent that spent far more than it ever did
    set_at = models.DateTimeField(auto_now_add=True)
    # When no call that began before the stop was under way any more. Null: one still is.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=_names(scope="everything")
                | _names("connection", scope="connection")
                | _names("capability", scope="capability")
                | _names("agent", scope="agent")
                | _names("task", scope="task"),
                name="stop_names_its_scope",
            ),
            models.UniqueConstraint(
                fields=["scope", "connection", "capability", "agent", "task"],
                condition=models.Q(lifted_at__isnull=True),
                nulls_distinct=False,
                name="stop_stands_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="stop_unconfirmed",
                condition=models.Q(confirmed_at__isnull=True, lifted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        match self.scope:
            case Stop.Scope.CONNECTION:
                return str(self.connection)
            case Stop.Scope.CAPABILITY:
                return self.capability
            case Stop.Scope.AGENT:
                return str(self.agent)
            case Stop.Scope.TASK:
                return str(self.task)
        return "everything"

    @property
    def who(self) -> str:
        return str(self.set_by) if self.set_by else "The portal"

    @property
    def reason(self) -> Stored | str:
        """Why, to be stored with what it stopped."""
        return self.cause or self.why

    @property
    def because(self) -> str:
        """Why, in words."""
        return render_reason(self.reason)

    @property
    def about(self) -> Connection | Agent | Task | None:
        """The row whose page tells of this stop."""
        return self.connection or self.agent or self.task

    @property
    def link(self) -> str:
        """The address of that page, or of the page of all stops."""
        return self.about.get_absolute_url() if self.about else reverse("stops:list")

    @property
    def lifts(self) -> str:
        """A sentence that says who may lift it."""
        return render_reason(self.lift)

    @property
    def lift(self) -> Stored:
        match self.scope:
            case Stop.Scope.TASK:
                return because("lift_task")
            case Stop.Scope.CONNECTION if not self.by_role:
                return because("lift_connection", name=str(self.connection))
            case Stop.Scope.AGENT if not self.by_role:
                if self.runaway:
                    return because("lift_runaway", name=str(self.agent))
                if self.set_by is None:
                    return because("lift_managed", name=str(self.agent))
                return because("lift_agent", who=str(self.set_by), name=str(self.agent))
            case Stop.Scope.EVERYTHING | Stop.Scope.CAPABILITY:
                return because("lift_admin")
        return because("lift_admins", who=str(self.set_by))

    def permits(self, person: Person, permission: str) -> bool:
        """Readers may view it. An admin lifts an admin's stop, others the person who set it or manages the thing."""
        if permission != StopPermission.LIFT:
            return permission == StopPermission.VIEW
        if self.lifted_at is not None or self.scope == Stop.Scope.TASK:
            return False
        if self.connection is not None:
            return self._lifted_by(person, self.connection, StopPermission.SET, StopPermission.SET)
        if self.agent is not None:
            lifts = AgentPermission.STOP if self.runaway else AgentPermission.MANAGE
            return self._lifted_by(person, self.agent, AgentPermission.STOP, lifts)
        return person.has_perm(AgentsPermission.STOP_ALL)

    def _lifted_by(self, person: Person, about: Connection | Agent, sets: str, manages: str) -> bool:
        if self.set_by_id == person.pk:
            return about.permits(person, sets)
        return reaches_all(person, about) if self.by_role else about.permits(person, manages)

    def covers(self, prefix: str = "") -> models.Q:
        """For a query of calls (``prefix`` leads to the call from other rows): those that it holds back."""
        match self.scope:
            case Stop.Scope.CONNECTION:
                return models.Q(**{f"{prefix}connection": self.connection_id})
            case Stop.Scope.CAPABILITY:
                return models.Q(**{f"{prefix}capability": self.capability})
            case Stop.Scope.AGENT:
                return models.Q(**{f"{prefix}task__agent": self.agent_id})
            case Stop.Scope.TASK:
                return models.Q(**{f"{prefix}task": self.task_id})
        return models.Q()

    @property
    def under_way(self) -> bool:
        """Is a call that began before it still under way?"""
        rows = Call.objects.filter(self.covers(), state=Call.State.STARTED)
        return self.confirmed_at is None and rows.exists()

    @property
    def silent(self) -> int:
        """How many workers with a call under way do not answer."""
        rows = Call.objects.filter(self.covers(), state=Call.State.STARTED)
        return len(claims.silent(set(rows.values_list("task__worker", flat=True)))) if self.under_way else 0

    def fact(self) -> StopFact:
        what = str(self)
        return StopFact(capfirst(what), self.who, self.reason, self.lift)


def reaches_all(person: Person, about: Connection | Agent | None) -> bool:
    """May this person stop it by role, without a right on it? Roles do not reach personal connections."""
    if isinstance(about, Connection) and about.personal:
        return False
    by_role = isinstance(about, Agent) and person.has_perm(AgentPermission.STOP)
    return by_role or person.has_perm(AgentsPermission.STOP_ALL)
