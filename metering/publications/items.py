"""Distinct verified work items by person: the one place where the reports take them from."""

from django.db.models import Count

from metering.outcomes.models import WorkItem
from metering.reports.visibility import Scope
from metering.rollups.periods import Period


def by_person(scope: Scope, period: Period) -> dict[int, int]:
    """How many items of each person were verified in ``period`` and count."""
    counted = WorkItem.objects.within(scope).during(period).counted()
    return dict(counted.order_by().values_list("person_id").annotate(number=Count("pk")))


def by_agent(scope: Scope, period: Period) -> dict[int, dict[int, int]]:
    """The same by agent and person; 0: of no agent of this portal."""
    counted = WorkItem.objects.within(scope).during(period).counted()
    found: dict[int, dict[int, int]] = {}
    rows = counted.order_by().values_list("agent_id", "person_id").annotate(number=Count("pk"))
    for agent, person, number in rows:
        found.setdefault(agent or 0, {})[person] = number
    return found
