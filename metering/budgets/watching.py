"""What is looked at between calls: soft limits that were passed, agents that run away, what lost workers left."""

import logging
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.utils import timezone

from metering.budgets import actions, reserving
from metering.budgets.models import AgentHour, BudgetCounter
from metering.budgets.runaway import KEPT, PAST, Hour, hour_of
from portal.audit.record import PORTAL

log = logging.getLogger(__name__)


def sweep(now: datetime | None = None) -> None:
    """Run by beat; safe to run twice at once."""
    now = now or timezone.now()
    reserving.give_back_lost(now)
    tell_passed(now)
    AgentHour.objects.filter(hour__lt=now - KEPT).delete()


def tell_passed(now: datetime | None = None) -> None:
    """Every soft limit that was passed in a period that holds now, and of which nobody was told yet."""
    passed = BudgetCounter.objects.current(now).filter(
        budget__hard=False, told_at__isnull=True, settled_micros__gte=F("budget__limit_micros")
    )
    for counter in passed.select_related("budget"):
        try:
            actions.tell(PORTAL, counter)
        except ValidationError as error:  # somebody else was quicker
            log.info("%s: %s", counter, error)


def this_hour(agent_id: int, now: datetime | None = None) -> Hour | None:
    """What the agent spent since the hour began, beside the busiest of its hours before; None: nothing.

    Hours in which it was stopped for running away are no measure of what is usual.
    """
    begun = hour_of(now or timezone.now())
    row = AgentHour.objects.filter(agent_id=agent_id, hour=begun).first()
    if row is None:
        return None
    before = AgentHour.objects.filter(agent_id=agent_id, hour__lt=begun, hour__gte=begun - PAST)
    busiest = before.filter(let_go_micros__isnull=True).aggregate(most=Max("micros"))["most"]
    return Hour(begun, row.micros, busiest or 0, row.let_go_micros or 0)


def stopped_for(agent_id: int, hour: Hour) -> None:
    """It was stopped for what it spent until now: whoever lets it go on accepts that, so it counts no more."""
    AgentHour.objects.filter(agent_id=agent_id, hour=hour.begun).update(let_go_micros=hour.micros)
