"""The tables of this app's rooms, in one place for Django."""

from metering.reports.models import Look, Permit
from metering.rollups.models import DayUsage
from metering.usage.models import UsageEvent, UsageKey

__all__ = ["DayUsage", "Look", "Permit", "UsageEvent", "UsageKey"]
