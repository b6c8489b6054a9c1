"""Budgets as pages show them: limit, raises, how much is used in steps, which agents wait. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Sum, Value, When
from django.utils import timezone

from metering.budgets import permissions, spans, words
from metering.budgets.models import Budget, BudgetCounter, BudgetQuerySet, BudgetRaise, BudgetRefusal
from metering.budgets.steps import TOO_FEW, Step, alone, enough, step
from metering.rollups.models import DayUsage
from portal.people.models import Person

SHOWN = timedelta(days=1)  # a passed limit stands on the start page at least so long
WITHHELD = {
    "agent": "Only the agent's owner sees how much is used, if nobody else or enough others used it. "
    "You always see whether it is used up.",
    "task": "Only the task's own person sees how much is used.",
}


@dataclass(frozen=True)
class BudgetStatus:
    """One budget for one reader. ``step`` None: not shown, ``withheld`` says why. ``exact``: to a task's own person."""

    budget: Budget
    limit: int
    raises: list[BudgetRaise]
    step: Step | None
    withheld: str
    reached: bool
    waiting: int  # agents whose tasks wait
    held: list[str]  # names of those that the reader sees
    anew: datetime | None
    since: datetime
    unpriced: bool
    may_keep: bool
    exact: int | None = None

    @property
    def tag(self) -> tuple[str, str]:
        """A colour and a word."""
        if self.budget.ended_at is not None:
            return "quiet", "ended"
        if self.reached:
            return ("deny", "spent") if self.budget.hard else ("ask", "passed")
        return "allow", "within its limit"


@dataclass
class _Facts:
    counters: dict[int, BudgetCounter]
    held: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    seen: frozenset[int] = frozenset()
    raises: dict[int, list[BudgetRaise]] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()


def statuses(budgets: Iterable[Budget], person: Person) -> list[BudgetStatus]:
    """Each of ``budgets``, which the person may see, as far as it is theirs to see."""
    rows = list(budgets)
    now, facts = timezone.now(), _facts(rows, person)
    return [_status(row, person, facts, now) for row in rows]


def listed(person: Person) -> BudgetQuerySet:
    """Living ones, widest first; those of tasks are on the tasks' own pages."""
    seen = Budget.objects.visible_to(person).living().exclude(scope="task")
    order = [When(scope=scope, then=Value(place)) for place, scope in enumerate(Budget.Scope.values)]
    return seen.annotate(place=Case(*order, output_field=IntegerField())).order_by("place", "name", "id")


def of_agent(agent_id: int, person: Person) -> list[BudgetStatus]:
    rows = Budget.objects.visible_to(person).living().filter(scope="agent", agent_id=agent_id)
    return statuses(rows.order_by("id"), person)


def of_task(task: str, person: Person) -> list[BudgetStatus]:
    return statuses(Budget.objects.visible_to(person).living().filter(scope="task", target=task), person)


def counting(targets: dict[str, str], person: Person) -> list[BudgetStatus]:
    """Those that would count a task with these targets, as far as the person sees them."""
    return statuses(Budget.objects.visible_to(person).counting(targets).order_by("id"), person)


def holds(agent_id: int) -> list[str]:
    """Why the agent's tasks wait, for everybody who sees the agent: one sentence for each budget that is spent."""
    rows = BudgetRefusal.objects.holding().filter(agent_id=agent_id).select_related("counter__budget")
    found = []
    for row in rows.order_by("id"):
        budget = row.counter.budget
        full = words.Full(
            budget.scope,
            budget.name,
            budget.span,
            int(row.most),  # type: ignore[attr-defined]
            row.needs_micros,
            row.counter.ends_at,
        )
        found.append(words.holding(full))
    return found


def needing(person: Person) -> tuple[list[BudgetStatus], list[BudgetStatus], list[BudgetCounter]]:
    """For the start page of those who manage them: budgets that hold agents, soft ones that were passed, and those
    passed in a period that ended within a day: nobody would see a limit that was passed shortly before the end."""
    now = timezone.now()
    kept = Budget.objects.kept_by(person).living()
    held = kept.filter(pk__in=BudgetRefusal.objects.holding().values("counter__budget"))
    passed = kept.filter(
        pk__in=BudgetCounter.objects.current().filter(told_at__isnull=False).values("budget")
    )
    over = BudgetCounter.objects.filter(
        ends_at__lte=now, told_at__gt=now - SHOWN, budget__in=kept.values("pk")
    )
    over = over.exclude(budget__in=passed.values("pk")).select_related("budget").order_by("-ends_at", "id")
    return statuses(held.order_by("id"), person), statuses(passed.order_by("id"), person), list(over)


def _facts(rows: list[Budget], person: Person) -> _Facts:
    if not rows:
        return _Facts({})
    keys = [row.pk for row in rows]
    counters = BudgetCounter.objects.current().filter(budget__in=keys)
    facts = _Facts({counter.budget_id: counter for counter in counters})
    holding = (
        BudgetRefusal.objects.holding().filter(counter__budget__in=keys).order_by("agent_name", "agent_id")
    )
    for budget, agent, name in holding.values_list("counter__budget", "agent_id", "agent_name"):
        facts.held.setdefault(budget, []).append((agent, name))
    if facts.held:
        waiting = {agent for held in facts.held.values() for agent, _ in held}
        facts.seen = frozenset(
            permissions.agents(person, "see").filter(pk__in=waiting).values_list("pk", flat=True)
        )
    live = BudgetRaise.objects.filter(budget__in=keys, ended_at__isnull=True, until__gt=timezone.now())
    for raised in live.select_related("set_by"):
        facts.raises.setdefault(raised.budget_id, []).append(raised)
    facts.kept = frozenset(Budget.objects.kept_by(person).filter(pk__in=keys).values_list("pk", flat=True))
    if any(row.scope == "agent" for row in rows):
        facts.owned = frozenset(permissions.agents(person, "own").values_list("pk", flat=True))
    return facts


def _status(budget: Budget, person: Person, facts: _Facts, now: datetime) -> BudgetStatus:
    counter, held = facts.counters.get(budget.pk), facts.held.get(budget.pk, [])
    reached = bool(held) if budget.hard else bool(counter and counter.told_at)
    start = counter.starts_at if counter else spans.begun(budget.span, now)
    since, used = max(start, budget.set_at), counter.settled_micros if counter else 0
    raises = facts.raises.get(budget.pk, [])
    shown = budget.ended_at is None and _shown(budget, person, facts, since)
    return BudgetStatus(
        budget=budget,
        limit=budget.limit_micros + sum(raised.micros for raised in raises),
        raises=raises,
        step=step(used, budget.limit_micros, reached=reached, hard=budget.hard) if shown else None,
        withheld=WITHHELD.get(budget.scope, TOO_FEW),
        reached=reached,
        waiting=len(held),
        held=[name for agent, name in held if agent in facts.seen],
        anew=spans.following(budget.span, start),
        since=since,
        unpriced=bool(counter and counter.unpriced_calls),
        may_keep=budget.ended_at is None and budget.pk in facts.kept,
        exact=used if shown and budget.scope == "task" else None,
    )


def _shown(budget: Budget, person: Person, facts: _Facts, since: datetime) -> bool:
    match budget.scope:
        case "task":
            return budget.person_id == person.pk
        case "agent" if budget.agent_id not in facts.owned:
            return False
    costs = dict(_costs(budget, since.astimezone(UTC).date()))
    if budget.scope == "agent" and alone(costs, viewer=person.pk):
        return True
    return enough(costs, viewer=person.pk, least=settings.GROUP_MINIMUM)


def _costs(budget: Budget, first: date) -> "QuerySet[DayUsage, tuple[int, int]]":
    """What each person of a group used since: only ever asked whether enough people stand behind a step."""
    rows = DayUsage.objects.filter(day__gte=first, agent_id__gt=0)
    if budget.scope == "team":
        rows = rows.filter(team=budget.team_id)
    elif budget.scope == "agent":
        rows = rows.filter(agent_id=budget.agent_id or 0)
    elif budget.scope == "cost_centre":
        rows = rows.filter(team__cost_centre=budget.target)
    return (
        rows.order_by()
        .values("person_id")
        .annotate(micros=Sum("cost_micros"))
        .values_list("person_id", "micros")
    )
