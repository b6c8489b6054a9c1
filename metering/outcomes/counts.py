"""Verified work items counted by person and by agent, for reports."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, F, Max, Min

from metering.outcomes.models import Attribution, WorkItem
from metering.privacy.visibility import Scope
from metering.rollups.periods import Period


def by_person(scope: Scope, period: Period) -> dict[int, int]:
    """How many items of each person were verified in ``period`` and count."""
    counted = WorkItem.objects.within(scope).during(period).counted()
    return dict(counted.order_by().values_list("person_id").annotate(number=Count("pk")))


def by_agent(scope: Scope, period: Period) -> Mapping[int, Mapping[int, int]]:
    """The same by agent and person; 0: of no agent of this portal. An item counts for the agent whose tasks changed
    something for it, and for none of several: else one agent would have it and another its cost."""
    counted = WorkItem.objects.within(scope).during(period).counted().order_by()
    own = Attribution.objects.filter(item__in=counted, person=F("item__person"), changed=True)
    earned = own.order_by().values("item")
    alone = earned.annotate(agent=Min("agent_id"), other=Max("agent_id")).filter(agent=F("other"))
    found: dict[int, Counter[int]] = {}
    for agent, person in alone.values_list("agent", "item__person"):
        found.setdefault(agent, Counter())[person] += 1
    return found
