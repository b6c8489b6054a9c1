"""``decide``: forbid beats ask beats permit, and nothing permits by default (DESIGN section 6)."""

from collections.abc import Iterator
from dataclasses import replace

from agents.policy.asking import (
    SECOND_PERSON,
    Found,
    agreed,
    asks_anyway,
    outside,
    outside_reason,
    second,
    standing,
    unspoken,
)
from agents.policy.declarations import Capability, Effect
from agents.policy.facts import Decision, Facts, GrantFact, Reason, Request, Verdict
from agents.policy.reasons import ANSWERED
from agents.policy.rules import against_arguments, against_everything, against_grant

AGAIN = Reason("asked_again")
TOO_MANY = Reason("too_many_asks")


def decide(request: Request, facts: Facts) -> Decision:
    """The decision on one call, with every reason that led to it. Pure: same in, same out.

    Of several grants that cover the call the first that does not ask is used, else the first.
    """
    capability = request.capability
    if capability is None:
        return _deny(Reason("unknown", {"capability": request.name[:80]}))
    forbidden = [*against_everything(facts), *against_arguments(capability, request.arguments)]
    if not forbidden and outside(request, facts) and not facts.attended:
        forbidden = [outside_reason(request, again=True)]
    if forbidden:
        return _deny(*forbidden)
    refused = [Reason("no_grant", {"capability": request.name})]
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
        yield outside_reason(request, again=False)
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
    if facts.answered == "approved":
        decision = replace(decision, reasons=(*decision.reasons, AGAIN))
    elif facts.answered:
        how = facts.answered if facts.answered in ANSWERED else "dead"
        return _deny(Reason("asked_before", {"how": how}))
    if facts.asks_left is not None and facts.asks_left <= 0:
        return _deny(TOO_MANY)
    return decision


def _permit(grant: GrantFact, would: bool, like: bool) -> Decision:
    reasons = [Reason("granted", {"until": grant.ends_at.isoformat()})]
    if like:
        reasons.append(Reason("agreed"))
    if would:
        reasons.append(Reason("shadow"))
    return Decision(Verdict.ALLOW, tuple(reasons), grant.id, would)


def _deny(*reasons: Reason) -> Decision:
    return Decision(Verdict.DENY, reasons)
