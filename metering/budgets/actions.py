"""Verbs of budgets: set one, raise it for a while, end the raise, end it, notify when a soft limit is passed."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from metering.budgets import permissions, telling
from metering.budgets.models import MOST, Budget, BudgetCounter, BudgetRaise
from metering.budgets.permissions import About
from metering.events import Event
from metering.permissions import BudgetPermission
from portal.audit.record import action, detail, on
from portal.notices.telling import settle
from portal.people.models import Person
from portal.words import money

LONGEST_RAISE = timedelta(days=92)
GROUPS = ("organisation", "cost_centre", "team")
TOO_FEW = "The group is too small for a day or a week: it would reveal single people. Choose the month."


@action(Event.BUDGET_SET)
def set_budget(
    actor: Person,
    about: About,
    *,
    span: str,
    limit_micros: int,
    hard: bool,
    refuses_unpriced: bool = False,
) -> Budget:
    """A limit on what ``about`` may cost in each period, counted from now on. Raises ValidationError."""
    if not permissions.keeps(actor, about):
        raise ValidationError("You cannot set a budget for this. Its leads or managers can.")
    if not 0 < limit_micros <= MOST:
        raise ValidationError({"limit": "Give a limit above zero, and below a thousand million."})
    if refuses_unpriced and not hard:
        raise ValidationError({"refuses_unpriced": "Only a budget that stops agents can refuse a model."})
    short = about.scope in GROUPS and span != Budget.Span.MONTH
    if short and permissions.people_behind(about) <= settings.GROUP_MINIMUM:
        raise ValidationError({"span": TOO_FEW})
    budget = Budget(
        **asdict(about),
        span=span,
        limit_micros=limit_micros,
        hard=hard,
        refuses_unpriced=refuses_unpriced,
        set_by=actor,
    )
    try:
        with transaction.atomic():
            budget.save()
    except IntegrityError as error:
        if "budget_once" not in str(error):
            raise
        stops = "stops agents" if hard else "tells"
        raise ValidationError(
            f"A budget for {budget.about} {budget.each} that {stops} exists already. Raise it, or end it first."
        ) from None
    on(budget)
    detail(limit=money(limit_micros), hard=hard, refuses_unpriced=refuses_unpriced)
    return budget


@action(Event.BUDGET_RAISED)
def raise_budget(actor: Person, budget: Budget, *, micros: int, until: datetime, why: str) -> BudgetRaise:
    """``micros`` more until ``until``. Raises ValidationError."""
    _may(actor, budget)
    if not budget.hard:
        raise ValidationError("This budget only notifies, so it cannot be raised. End it and set another.")
    if not 0 < micros <= MOST:
        raise ValidationError({"more": "Give an amount above zero, and below a thousand million."})
    now = timezone.now()
    if until <= now:
        raise ValidationError({"until": "The end must be in the future."})
    if until > now + LONGEST_RAISE + timedelta(days=1):
        raise ValidationError({"until": f"A raise lasts {LONGEST_RAISE.days} days at most."})
    if not why.strip():
        raise ValidationError({"why": "Say why. The people whose tasks wait read it, and it is recorded."})
    detail(by=money(micros), until=until.isoformat(), why=why.strip())
    settle(BudgetCounter.objects.current().filter(budget=budget))
    return BudgetRaise.objects.create(
        budget=budget, micros=micros, until=until, why=why.strip()[:200], set_by=actor
    )


@action(Event.BUDGET_RAISE_ENDED)
def end_raise(actor: Person, raised: BudgetRaise) -> BudgetRaise:
    """Before its time. Raises ValidationError where it is over."""
    _may(actor, raised.budget)
    now = timezone.now()
    held = BudgetRaise.objects.filter(pk=raised.pk, ended_at__isnull=True, until__gt=now)
    if not held.update(ended_at=now, ended_by=actor):
        raise ValidationError("This raise has already ended.")
    raised.refresh_from_db()
    on(raised.budget)
    detail(by=money(raised.micros))
    return raised


@action(Event.BUDGET_ENDED)
def end(actor: Person, budget: Budget) -> Budget:
    """It counts and limits nothing any more; what it was stays. Raises ValidationError where it has ended."""
    _may(actor, budget)
    now = timezone.now()
    if not Budget.objects.living().filter(pk=budget.pk).update(ended_at=now, ended_by=actor):
        raise ValidationError("This budget has already ended.")
    budget.refresh_from_db()
    settle(BudgetCounter.objects.filter(budget=budget))
    return budget


@action(Event.BUDGET_PASSED)
def tell(actor: str, counter: BudgetCounter) -> BudgetCounter:
    """Once in a period: who keeps a soft budget, and who owns its agent, find it on their start page from now on."""
    untold = BudgetCounter.objects.filter(pk=counter.pk, told_at__isnull=True)
    if not untold.update(told_at=timezone.now()):
        raise ValidationError("The keepers were already notified.")
    counter.refresh_from_db()
    telling.passed(counter)
    on(counter.budget)
    detail(limit=money(counter.budget.limit_micros), since=counter.starts_at.isoformat())
    return counter


def _may(actor: Person, budget: Budget) -> None:
    if budget.ended_at is not None:
        raise ValidationError("This budget has ended. Set another.")
    if not budget.permits(actor, BudgetPermission.KEEP):
        raise ValidationError(budget.raised_by)
