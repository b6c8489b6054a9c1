"""What is checked between calls: soft limits that were passed, spend anomalies, reservations of lost workers."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from metering.budgets import actions, reserving, telling
from metering.budgets.anomalies import FLOOR, FRESH, KEPT, PAST, Hour, hour_of
from metering.budgets.models import AgentHour, BudgetCounter
from metering.usage.models import ExchangeRate
from metering.usage.tariffs import LIST_CURRENCY
from portal.audit.record import PORTAL
from portal.words import WHOLE

log = logging.getLogger(__name__)


def sweep(now: datetime | None = None) -> None:
    """Run by beat; safe to run twice at once."""
    now = now or timezone.now()
    reserving.give_back_lost(now)
    tell_passed(now)
    telling.tell_near_and_spent()
    AgentHour.objects.filter(hour__lt=now - KEPT).delete()


def tell_passed(now: datetime | None = None) -> None:
    """Notify of every soft limit that was passed, also just before its period ended."""
    passed = BudgetCounter.objects.lately(now).filter(
        budget__hard=False, told_at__isnull=True, settled_micros__gte=F("budget__limit_micros")
    )
    for counter in passed.select_related("budget"):
        try:
            actions.tell(PORTAL, counter)
        except ValidationError as error:  # somebody else was quicker
            log.info("%s: %s", counter, error)


def this_hour(agent_id: int, now: datetime | None = None) -> Hour | None:
    """What the agent spent this hour, beside the busiest hour of its past (a day old, or accepted); None: nothing."""
    begun = hour_of(now or timezone.now())
    row = AgentHour.objects.filter(agent_id=agent_id, hour=begun).first()
    if row is None:
        return None
    before = AgentHour.objects.filter(agent_id=agent_id, hour__lt=begun, hour__gte=begun - PAST)
    past = before.filter(Q(hour__lte=begun - FRESH) | Q(let_go_micros__isnull=False))
    busiest = past.aggregate(most=Max(Coalesce("let_go_micros", "micros")))["most"]
    return Hour(begun, row.micros, busiest or 0, row.let_go_micros or 0, floor(begun))


def floor(at: datetime) -> int:
    """Ten dollars in the ledger's currency by its newest rate; without one ten units, a thousand without cents."""
    if settings.CURRENCY == LIST_CURRENCY:
        return FLOOR
    rates = ExchangeRate.objects.filter(currency=LIST_CURRENCY, day__lte=at).order_by("-day", "-id")
    rate = rates.values_list("rate", flat=True).first()
    return int(FLOOR * (rate or (100 if settings.CURRENCY in WHOLE else 1)))


def stopped_for(agent_id: int, hour: Hour) -> None:
    """It was stopped for what it spent until now. The person who lifts the stop accepts that."""
    AgentHour.objects.filter(agent_id=agent_id, hour=hour.begun).update(let_go_micros=hour.micros)
