"""Who is told of a budget: its keepers. That it is nearly used up only those who may see how much is used."""

from django.db.models import F

from metering.budgets.models import Budget, BudgetCounter
from metering.budgets.permissions import people_of_agent
from metering.budgets.queries import statuses
from metering.budgets.steps import NEARLY
from metering.permissions import BudgetPermission
from portal.notices.people import holding
from portal.notices.telling import tell, told
from portal.people.models import Person
from portal.teams.models import Membership


def keepers(budget: Budget) -> list[Person]:
    """Who may raise it: what ``BudgetQuerySet.kept_by`` says, the other way round."""
    match budget.scope:
        case Budget.Scope.TASK:
            return [budget.person] if budget.person else []
        case Budget.Scope.TEAM:
            leads = Membership.objects.current().filter(team=budget.team_id, role=Membership.Role.LEAD)
            return list(Person.objects.active().filter(pk__in=leads.values("person")))
        case Budget.Scope.AGENT:
            return people_of_agent(budget.agent_id or 0)
    return holding(BudgetPermission.KEEP_WIDE)


def passed(counter: BudgetCounter) -> None:
    _tell(counter, "budget.passed", keepers(counter.budget))


def tell_near_and_spent() -> None:
    """By the clock: hard budgets that hold tasks back, and those of which most is used."""
    current = BudgetCounter.objects.current().select_related("budget")
    for counter in current.holding_tasks().exclude(told(BudgetCounter, "budget.spent")):
        _tell(counter, "budget.spent", keepers(counter.budget))
    most = current.filter(budget__hard=True, settled_micros__gte=F("budget__limit_micros") * 8 / 10)
    for counter in most.exclude(told(BudgetCounter, "budget.near", settled=True)):
        seeing = [
            person
            for person in keepers(counter.budget)
            if statuses([counter.budget], person)[0].step == NEARLY
        ]
        _tell(counter, "budget.near", seeing)


def _tell(counter: BudgetCounter, kind: str, people: list[Person]) -> None:
    tell(people, kind, counter, counter.budget.get_absolute_url(), budget=str(counter.budget))
