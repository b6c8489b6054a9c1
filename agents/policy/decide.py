"""``decide``: forbid beats ask beats permit, and nothing permits by default (DESIGN section 6)."""

from collections.abc import Iterator

from agents.policy.asking import (
    OUTSIDE,
    SECOND_PERSON,
    Found,
    agreed,
    asks_anyway,
    outside,
    second,
    standing,
    unspoken,
)
from agents.policy.facts import Capability, Decision, Effect, Facts, GrantFact, Reason, Request, Verdict
from agents.policy.rules import against_arguments, against_everything, against_grant

# What became of an earlier ask for exactly this call: nobody is asked twice for the same thing.
ANSWERED = {
    "open": "The same call waits for an answer already.",
    "approved": "A person allowed exactly this once in this task already. Queue another task to do it again.",
    "refused": "A person said no to exactly this in this task.",
    "expired": "Nobody answered when exactly this was asked in this task, which means no.",
    "dead": "The ask for exactly this was closed in this task.",
}
TOO_MANY = Reason(
    "too_many_asks",
    "The task has asked as often as its agent may. The agent's managers can raise that number.",
)


def decide(request: Request, facts: Facts) -> Decision:
    """The decision on one call, with every reason that led to it. Pure: same in, same out.

    Of several grants that cover the call the first that does not ask is used, else the first.
    """
    capability = request.capability
    if capability is None:
        return _deny(Reason("unknown", f"No connector offers “{request.name[:80]}”. Unknown means no."))
    forbidden = [*against_everything(facts), *against_arguments(capability, request.arguments)]
    if not forbidden and outside(request, facts) and not facts.attended:
        forbidden = [_narrowed(request)]
    if forbidden:
        return _deny(*forbidden)
    refused = [
        Reason("no_grant", f"No grant lets this agent use {request.name} here. Its manager can request one.")
    ]
    granted = False
    asked: Decision | None = None
    found: Found = {}
    for grant in facts.grants:
        if (grant.capability, grant.connection) != (capability.name, request.connection):
            continue
        if asked and asks_anyway(request, grant, facts, found):
            continue
        if against := list(against_grant(grant, capability, request.arguments, facts)):
            refused = (
                refused if granted else against
            )  # live grants come first; theirs is the reason that helps
            granted = True
            continue
        would = only_recorded(capability, facts.shadow)
        asks = tuple(asking(request, grant, facts, found))
        if not asks:
            return _permit(grant, would, agreed(request, grant, facts) is not None)
        asked = asked or Decision(Verdict.ASK, asks, grant.id, would, SECOND_PERSON in asks)
    return _asked(asked, facts) if asked else _deny(*refused)


def asking(request: Request, grant: GrantFact, facts: Facts, found: Found | None = None) -> Iterator[Reason]:
    """Why a person answers this call under this grant; nothing when it just goes.

    ``found`` is kept between the grants of one decision.
    """
    capability = request.capability
    assert capability is not None
    if outside(request, facts):
        yield OUTSIDE
    if second(request, grant, facts):
        yield SECOND_PERSON
    yes = agreed(request, grant, facts)
    for reason in standing(capability, grant):
        if reason.code == "destructive" or yes is None:
            yield reason
    yield from unspoken(request, grant, facts, found)


def only_recorded(capability: Capability, shadow: bool) -> bool:
    """In shadow mode reads run, and everything else is written down as what would have happened."""
    return shadow and capability.effect is not Effect.READ


def _asked(decision: Decision, facts: Facts) -> Decision:
    if decision.would:  # nothing happens, so nobody is bothered
        return decision
    if facts.answered:
        said = ANSWERED.get(facts.answered, ANSWERED["dead"])
        return _deny(Reason("asked_before", said))
    if facts.asks_left is not None and facts.asks_left <= 0:
        return _deny(TOO_MANY)
    return decision


def _narrowed(request: Request) -> Reason:
    return Reason(
        "outside_envelope",
        f"{request.name} was not chosen for this task. Queue it again and tick it, if it is needed.",
    )


def _permit(grant: GrantFact, would: bool, like: bool) -> Decision:
    reasons = [Reason("granted", f"The grant until {grant.ends_at:%d %B} covers it.")]
    if like:
        reasons.append(Reason("agreed", "A person allowed calls like it in this task."))
    if would:
        reasons.append(Reason("shadow", "The agent is in shadow mode: recorded as “would have”, not done."))
    return Decision(Verdict.ALLOW, tuple(reasons), grant.id, would)


def _deny(*reasons: Reason) -> Decision:
    return Decision(Verdict.DENY, reasons)
