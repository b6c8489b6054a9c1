"""What metering tells people: every kind with its text, and the text for outside, without anybody's words."""

from portal.notices.kinds import Kind

USAGE, BUDGETS, RESULTS = "My usage and who looks", "Budgets", "Results"

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
    ),
    Kind(
        "permit.decided",
        "My request to look at usage was decided",
        USAGE,
        "{who} {did} your permit for {whose}.",
    ),
    Kind(
        "dispute.waits",
        "A correction or an objection waits for me",
        USAGE,
        ("{who} {did}{why:own end}", "{who} {did}."),
        open_in="waiting",
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
    ),
    Kind(
        "budget.passed",
        "A limit that only notifies was passed",
        BUDGETS,
        "{budget} has passed its limit.",
        open_in="lately",
    ),
    Kind(
        "budget.spent",
        "A budget is spent and tasks wait",
        BUDGETS,
        "{budget} is spent, and tasks wait.",
        open_in="holding_tasks",
    ),
    Kind(
        "item.waits",
        "A colleague asks me to confirm a result",
        RESULTS,
        "{who} asks you to confirm a result.",
        open_in="to_confirm",
    ),
)
