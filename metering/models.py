"""The tables of this app's rooms, in one place for Django."""

from metering.budgets.models import (
    AgentHour,
    Budget,
    BudgetCounter,
    BudgetRaise,
    BudgetRefusal,
    BudgetReservation,
)
from metering.disputes.models import CorrectionRequest, Objection
from metering.outcomes.models import Acceptance, Attribution, Feedback, WorkItem
from metering.permits.models import Look, Permit
from metering.publications.models import (
    DisclosureCheck,
    Publication,
    PublishedPeriod,
    SeenPage,
    Settled,
    YearCohort,
)
from metering.rights.models import VisibilitySettings
from metering.rollups.models import DayUsage
from metering.signals.models import QuietSchedule, Signal, TaskFact
from metering.simulation.models import Simulation
from metering.usage.models import ContractPrice, ExchangeRate, Kept, UsageEvent, UsageKey, UsageRefusal

__all__ = [
    "Acceptance",
    "AgentHour",
    "Attribution",
    "Budget",
    "BudgetCounter",
    "BudgetRaise",
    "BudgetRefusal",
    "BudgetReservation",
    "ContractPrice",
    "CorrectionRequest",
    "DayUsage",
    "DisclosureCheck",
    "ExchangeRate",
    "Feedback",
    "Kept",
    "Look",
    "Objection",
    "Permit",
    "Publication",
    "PublishedPeriod",
    "QuietSchedule",
    "SeenPage",
    "Settled",
    "Signal",
    "Simulation",
    "TaskFact",
    "UsageEvent",
    "UsageKey",
    "UsageRefusal",
    "VisibilitySettings",
    "WorkItem",
    "YearCohort",
]
