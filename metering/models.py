"""The tables of this app's rooms, in one place for Django."""

from metering.outcomes.models import Carrying, Feedback, WorkItem
from metering.reports.models import Look, Permit
from metering.rollups.models import DayUsage
from metering.usage.models import UsageEvent, UsageKey

__all__ = [
    "Carrying",
    "DayUsage",
    "Feedback",
    "Look",
    "Permit",
    "UsageEvent",
    "UsageKey",
    "WorkItem",
]
