"""How often a grant may be used in a day, where its capability counts that, and how often it was."""

from datetime import timedelta
from typing import Any

from django.db.models import Manager
from django.utils import timezone

from agents.policy.declarations import A_DAY, Capability
from agents.policy.limits import Limits

DAY = timedelta(hours=24)
HAPPENED = ("started", "done", "unknown")  # or may have


def most(declared: Capability | None, limits: Limits) -> int | None:
    """In any 24 hours; None: without a limit."""
    bounds = [argument.name for argument in declared.arguments if argument.kind == A_DAY] if declared else []
    found = limits.get(bounds[0], {}).get("max") if bounds else None
    return found if isinstance(found, int) else None


def used(declared: Capability | None, limits: Limits, calls: Manager[Any], apart: int | None) -> int:
    """In the last 24 hours, where that is limited; ``apart``: a call that is being decided on anew."""
    if most(declared, limits) is None:
        return 0
    begun = calls.filter(started_at__gt=timezone.now() - DAY, state__in=HAPPENED)
    return begun.exclude(pk=apart or 0).count()
