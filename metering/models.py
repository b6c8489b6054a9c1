"""The tables of this app's rooms, in one place for Django."""

from metering.reports.models import Look, Permit
from metering.rollups.models import DayUsage
from metering.usage.models import ContractPrice, ExchangeRate, Kept, UsageEvent, UsageKey, UsageRefusal

__all__ = [
    "ContractPrice",
    "DayUsage",
    "ExchangeRate",
    "Kept",
    "Look",
    "Permit",
    "UsageEvent",
    "UsageKey",
    "UsageRefusal",
]
