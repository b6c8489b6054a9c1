"""What metering tells people: every kind with its text, and the text for outside, without anybody's words."""

from metering.budgets.models import Budget
from metering.budgets.permissions import choices
from metering.permissions import MeteringPermission, RightsPermission
from metering.permits.viewers import people_in_line, teams_in_line
from portal.notices.kinds import Kind
from portal.people.models import Person

USAGE, BUDGETS, RESULTS = "My usage and who looks", "Budgets", "Results"


def _decides_on_permits(person: Person) -> bool:
    return person.has_perm(MeteringPermission.DECIDE_PERMITS)


def _decides_on_rights(person: Person) -> bool:
    return person.has_perm(RightsPermission.DECIDE)


def _may_look(person: Person) -> bool:
    return teams_in_line(person).exists() or people_in_line(person).exists()


def _keeps(person: Person) -> bool:
    return Budget.objects.kept_by(person).living().exists() or bool(choices(person))


KINDS = (
    Kind(
        "usage.seen",
        "Somebody looked at my usage",
        USAGE,
        (
            "{who} {did}, {first:date} to {last:date}. Their reason: {purpose:own}. You can object.",
            "{who} {did}, {first:date} to {last:date}. You can object.",
        ),
        urgent=True,
    ),
    Kind(
        "permit.given",
        "Somebody may look at my usage from now on",
        USAGE,
        (
            "{who} may see {what} until {until:day}; {by} permitted it. Their reason: {purpose:own}. You can object.",
            "{who} may see {what} until {until:day}; {by} permitted it. You can object.",
        ),
        open_in="granted",
    ),
    Kind(
        "permit.waits",
        "A request to look at usage waits for me",
        USAGE,
        (
            "{who} asks to see the usage of {whose}. Their reason: {purpose:own}.",
            "{who} asks to see the usage of {whose}.",
        ),
        open_in="requested",
        concerns=_decides_on_permits,
    ),
    Kind(
        "permit.decided",
        "My request to look at usage was decided",
        USAGE,
        "{who} {did} your permit for {whose}.",
        concerns=_may_look,
    ),
    Kind(
        "dispute.waits",
        "A correction or an objection waits for me",
        USAGE,
        ("{who} {did}{why:own end}", "{who} {did}."),
        open_in="waiting",
        concerns=_decides_on_rights,
    ),
    Kind(
        "dispute.decided",
        "My correction or objection was decided",
        USAGE,
        ("{who} {did}{note:own end}", "{who} {did}."),
    ),
    Kind(
        "budget.near",
        "A budget is nearly used up",
        BUDGETS,
        "Over 80 % of {budget} is used.",
        open_in="current",
        concerns=_keeps,
    ),
    Kind(
        "budget.passed",
        "A limit that only notifies was passed",
        BUDGETS,
        "{budget} has passed its limit.",
        open_in="lately",
        concerns=_keeps,
    ),
    Kind(
        "budget.spent",
        "A budget is spent and tasks wait",
        BUDGETS,
        "{budget} is spent, and tasks wait.",
        open_in="holding_tasks",
        concerns=_keeps,
    ),
    Kind(
        "item.waits",
        "A colleague asks me to confirm a result",
        RESULTS,
        "{who} asks you to confirm a result.",
        open_in="to_confirm",
    ),
)
