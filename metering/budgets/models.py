"""Budgets: a limit on what agents may cost in a period, its counters, raises and reservations. Never on a person.

``agent_id`` is a plain number: this app does not know the agents app. Amounts are in micro-units of the currency.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from metering.budgets import permissions, words
from metering.permissions import BudgetPermission
from portal.people.models import Person
from portal.permissions import declared
from portal.teams.models import Team
from portal.validation import within

MOST = 10**15  # micros: a thousand million


LATELY = timedelta(days=7)  # so long after its period a soft limit is still told of


class BudgetQuerySet(models.QuerySet["Budget"]):
    def living(self) -> "BudgetQuerySet":
        return self.filter(ended_at__isnull=True)

    def visible_to(self, person: Person) -> "BudgetQuerySet":
        """Who keeps it, and whom it counts: the team, who sees the agent, whose task it is and the agent’s managers."""
        seen = models.Q(scope="agent", agent_id__in=permissions.agents(person, "see"))
        managed = models.Q(scope="task", agent_id__in=permissions.agents(person, "manage"))
        teams = models.Q(scope="team", team__in=Team.objects.of(person).values("pk"))
        return self.filter(teams | seen | managed | self._kept(person))

    def kept_by(self, person: Person) -> "BudgetQuerySet":
        """Those that the person may raise and end."""
        return self.filter(self._kept(person))

    def _kept(self, person: Person) -> models.Q:
        kept = models.Q(scope="task", person=person)
        kept |= models.Q(scope="team", team__in=permissions.led(person).values("pk"))
        kept |= models.Q(scope="agent", agent_id__in=permissions.agents(person, "manage"))
        wide = person.has_perm(BudgetPermission.KEEP_WIDE)
        return kept | models.Q(scope__in=["organisation", "cost_centre"]) if wide else kept

    def counting(self, targets: dict[str, str]) -> "BudgetQuerySet":
        """Living ones that count a call with these ``targets`` (scope to target)."""
        found = models.Q(pk__in=[])
        for scope, target in targets.items():
            found |= models.Q(scope=scope, target=target)
        return self.living().filter(found)


def raised(budget: str, now: datetime | None = None) -> Coalesce:
    """What the raises that hold now add to the budget that ``budget`` names, in a query of other rows."""
    live = BudgetRaise.objects.filter(
        budget=models.OuterRef(budget), ended_at__isnull=True, until__gt=now or timezone.now()
    )
    total = live.order_by().values("budget").annotate(n=models.Sum("micros")).values("n")
    return Coalesce(models.Subquery(total), 0, output_field=models.BigIntegerField())


class Budget(models.Model):
    """``hard`` stops agents at the limit, soft only tells. ``target`` names what is counted within its scope."""

    class Scope(models.TextChoices):
        ORGANISATION = "organisation", "The whole organisation"
        COST_CENTRE = "cost_centre", "A cost centre"
        TEAM = "team", "A team"
        AGENT = "agent", "An agent"
        TASK = "task", "A task"

    class Span(models.TextChoices):
        DAY = "day", "Day"
        WEEK = "week", "Week"
        MONTH = "month", "Month"
        WHOLE = "whole", "All of it"

    scope = models.CharField(max_length=12, choices=Scope.choices)
    target = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120, blank=True)  # what the target is called
    team = models.ForeignKey("portal.Team", models.PROTECT, null=True, related_name="+")
    agent_id = models.BigIntegerField(null=True)  # of a task's budget its agent
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    span = models.CharField(max_length=5, choices=Span.choices)
    limit_micros = models.PositiveBigIntegerField()
    hard = models.BooleanField(default=True)
    refuses_unpriced = models.BooleanField(default=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = [row for row in declared(BudgetPermission) if row[0] == "keep_budgets"]
        constraints = [
            # Of one kind for one thing: several limits, changed at will, would measure what a group uses.
            models.UniqueConstraint(
                fields=["scope", "target", "span", "hard"],
                condition=models.Q(ended_at__isnull=True),
                name="budget_once",
            ),
            within("limit_micros", 1, MOST),
            models.CheckConstraint(
                condition=models.Q(hard=True) | models.Q(refuses_unpriced=False),
                name="budget_soft_refuses_nothing",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="task", span="whole", person__isnull=False, agent_id__isnull=False)
                | (~models.Q(scope="task") & ~models.Q(span="whole") & models.Q(person__isnull=True)),
                name="budget_whole_of_a_task",
            ),
            models.CheckConstraint(
                condition=models.Q(scope="team", team__isnull=False)
                | (~models.Q(scope="team") & models.Q(team__isnull=True)),
                name="budget_names_its_team",
            ),
        ]

    def __str__(self) -> str:
        return words.named(self.scope, self.name, self.span)

    def get_absolute_url(self) -> str:
        return reverse("budgets:detail", args=[self.pk])

    @property
    def title(self) -> str:
        """``Team Support, each month``"""
        return f"{self.about[:1].upper()}{self.about[1:]}, {self.each}"

    @property
    def about(self) -> str:
        return words.about(self.scope, self.name)

    @property
    def each(self) -> str:
        return words.EACH[self.span]

    @property
    def raised_by(self) -> str:
        return words.raised_by(self.scope, self.name)

    def permits(self, person: Person, permission: str) -> bool:
        """Seen is seen; it is changed by who keeps what it is about (``permissions.keeps``)."""
        if permission == BudgetPermission.VIEW:
            return True
        return (
            permission == BudgetPermission.KEEP and Budget.objects.kept_by(person).filter(pk=self.pk).exists()
        )


class RaiseQuerySet(models.QuerySet["BudgetRaise"]):
    def visible_to(self, person: Person) -> "RaiseQuerySet":
        return self.filter(budget__in=Budget.objects.visible_to(person).values("pk")).select_related("budget")


class BudgetRaise(models.Model):
    """More for a while: ``micros`` on top until ``until``. It ends by itself, or sooner by somebody's hand."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="raises")
    micros = models.PositiveBigIntegerField()
    until = models.DateTimeField()
    why = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = RaiseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [within("micros", 1, MOST)]

    def __str__(self) -> str:
        return f"raise of {self.budget}"

    def permits(self, person: Person, permission: str) -> bool:
        return self.budget.permits(person, permission)


class CounterQuerySet(models.QuerySet["BudgetCounter"]):
    def current(self, at: datetime | None = None, back: timedelta = timedelta()) -> "CounterQuerySet":
        """Of living budgets, those whose period holds now, or ended no longer than ``back`` ago."""
        now = at or timezone.now()
        running = models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now - back)
        return self.filter(running, starts_at__lte=now, budget__ended_at__isnull=True)

    def lately(self, at: datetime | None = None) -> "CounterQuerySet":
        return self.current(at, LATELY)

    def holding_tasks(self) -> "CounterQuerySet":
        """Spent, and tasks wait for room in them."""
        return self.current().filter(pk__in=BudgetRefusal.objects.holding().values("counter"))


class BudgetCounter(models.Model):
    """What one budget counted in one period: paid for, set aside for calls under way. Counts from when it was set."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="counters")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    settled_micros = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0)
    unpriced_calls = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)  # a soft limit tells once in a period

    objects = CounterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["budget", "starts_at"], name="budgetcounter_once"),
            *(within(field, 0) for field in ("settled_micros", "reserved_micros", "unpriced_calls")),
        ]

    def __str__(self) -> str:
        return f"{self.budget} from {self.starts_at:%Y-%m-%d}"


class BudgetReservation(models.Model):
    """Set aside for one model call, in every counter that counts it. Gone when the call is paid for or given up."""

    call = models.CharField(max_length=200, db_index=True)
    micros = models.BigIntegerField()
    counters = ArrayField(models.BigIntegerField())
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [within("micros", 0)]

    def __str__(self) -> str:
        return f"reservation for {self.call}"


class RefusalQuerySet(models.QuerySet["BudgetRefusal"]):
    def holding(self, now: datetime | None = None) -> "RefusalQuerySet":
        """Those for which there is still no room: the agent's tasks wait until the period ends or there is more."""
        now = now or timezone.now()
        used = models.F("counter__settled_micros") + models.F("counter__reserved_micros")
        most = models.F("counter__budget__limit_micros") + raised("counter__budget_id", now)
        running = models.Q(counter__ends_at__isnull=True) | models.Q(counter__ends_at__gt=now)
        rows = self.filter(running, counter__budget__ended_at__isnull=True, counter__budget__hard=True)
        rows = rows.exclude(counter__budget__scope="task")
        return rows.annotate(most=most, wanted=used + models.F("needs_micros")).filter(
            wanted__gt=models.F("most")
        )


class BudgetRefusal(models.Model):
    """An agent was refused by a counter: until there is room for ``needs_micros`` no task of it begins."""

    counter = models.ForeignKey(BudgetCounter, models.PROTECT, related_name="refusals")
    agent_id = models.BigIntegerField()
    agent_name = models.CharField(max_length=80, blank=True)
    needs_micros = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    objects = RefusalQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["counter", "agent_id"], name="budgetrefusal_once"),
            within("needs_micros", 0),
        ]
        indexes = [models.Index(fields=["agent_id"], name="budgetrefusal_agent")]

    def __str__(self) -> str:
        return f"{self.agent_name} refused by {self.counter}"


class AgentHour(models.Model):
    """What an agent spent in one hour (UTC). ``let_go_micros``: as much was spent when it was stopped for that."""

    agent_id = models.BigIntegerField()
    hour = models.DateTimeField()
    micros = models.BigIntegerField(default=0)
    let_go_micros = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agent_id", "hour"], name="agenthour_once"),
            *(within(field, 0) for field in ("micros", "let_go_micros")),
        ]
        indexes = [models.Index(fields=["hour"], name="agenthour_by_hour")]

    def __str__(self) -> str:
        return f"agent {self.agent_id} at {self.hour:%Y-%m-%d %H}"
