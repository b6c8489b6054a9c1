"""What roles may see of usage. Usage of other people needs no permission but a scope: ``privacy/visibility.py``."""

from django.db import models

from portal.permissions import Role


class MeteringPermission(models.TextChoices):
    SEE_COST_CENTRES = "metering.see_cost_centres", "See cost by cost centre, without people"
    DECIDE_PERMITS = "metering.decide_permits", "Decide who may open a report"
    SEE_LOOKS = "metering.see_looks", "See who looked at which report"


class LedgerPermission(models.TextChoices):
    """Of the ledger as a whole, without people."""

    KEEP_PRICES = "metering.keep_prices", "Keep the prices of model calls"
    SEE_REFUSALS = "metering.see_refusals", "See which usage the ledger refused"


class PermitPermission(models.TextChoices):
    """No role's: it follows from whose permit it is (``Permit.permits``)."""

    REVOKE = "metering.revoke_permit", "End the permit"


class RightsPermission(models.TextChoices):
    """About corrections and objections. ``WITHDRAW`` is no role's: it is whose they are (``permits``)."""

    DECIDE = "metering.decide_rights", "Decide on corrections and objections about usage"
    ERASE = "metering.erase_person", "Erase the data of somebody who has left"
    WITHDRAW = "metering.withdraw_right", "Take back what one asked for"


class BudgetPermission(models.TextChoices):
    """Only the first is a role's; the others follow from what the budget is about (``Budget.permits``)."""

    KEEP_WIDE = "metering.keep_budgets", "Set, raise and end budgets of the organisation and of cost centres"
    VIEW = "metering.view_budget", "See the budget"
    KEEP = "metering.change_budget", "Raise and end the budget"


class SignalPermission(models.TextChoices):
    """No role's: one answers one's own signals (``Signal.permits``)."""

    ANSWER = "metering.answer_signal", "Say that it was useful"


class ItemPermission(models.TextChoices):
    """No role's: they follow from whose work item it is (``WorkItem.permits``)."""

    VIEW = "metering.view_item", "See the work item"
    ASK = "metering.ask_item", "Ask a colleague to confirm it"
    CONFIRM = "metering.confirm_item", "Say whether it is done"
    REVERSE = "metering.reverse_item", "Say that it was undone"


ROLE_PERMISSIONS: dict[Role, list[str]] = {
    Role.ADMIN: [
        MeteringPermission.DECIDE_PERMITS,
        RightsPermission.DECIDE,
        RightsPermission.ERASE,
        BudgetPermission.KEEP_WIDE,
        LedgerPermission.SEE_REFUSALS,
    ],
    Role.FINANCE: [
        MeteringPermission.SEE_COST_CENTRES,
        BudgetPermission.KEEP_WIDE,
        LedgerPermission.KEEP_PRICES,
        LedgerPermission.SEE_REFUSALS,
    ],
    Role.AUDITOR: [MeteringPermission.SEE_LOOKS],
}
