"""``decide``: forbid beats ask beats permit, and nothing permits by default."""

from dataclasses import replace

from agents.policy.asking import SECOND_PERSON, outside_envelope, reasons_to_ask, sure_to_ask
from agents.policy.clearing import clearance
from agents.policy.declarations import Capability, Effect
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Cleared, Decision, Facts, GrantFact, Reason, Verdict
from agents.policy.reasons import ANSWERED
from agents.policy.rules import against_arguments, against_everything, against_grant

AGAIN = Reason("asked_again")
TOO_MANY = Reason("too_many_asks")


def decide(evaluation: Evaluation) -> Decision:
    """The decision on one call, with every reason that led to it. Pure: same in, same out.

    Of several grants that cover the call the first that does not ask is used, else the first under which it was cleared
    the evening before, else the first.
    """
    request, facts = evaluation.request, evaluation.facts
    capability = request.capability
    if capability is None:
        return _deny(Reason("unknown", {"capability": request.name[:80]}))
    forbidden = [*against_everything(facts), *against_arguments(capability, request.arguments)]
    if not forbidden and evaluation.outside_envelope and not facts.attended:
        forbidden = [outside_envelope(evaluation, again=True)]
    if forbidden:
        return _deny(*forbidden)
    refused: list[Reason] = []
    asked: Decision | None = None
    cleared: Decision | None = None
    would = only_recorded(capability, facts.shadow)
    for grant in facts.grants:
        if (grant.capability, grant.connection) != (capability.name, request.connection):
            continue
        granted = evaluation.under(grant)
        if asked and granted and not facts.cleared and sure_to_ask(granted):
            continue
        if against := list(against_grant(grant, capability, request.arguments, facts)):
            refused = refused or against  # live grants come first; theirs is the reason that helps
            continue
        asks = tuple(reasons_to_ask(evaluation, grant, granted))
        if not asks:
            return _permit(grant, would=would, agreed=evaluation.agreed(grant) is not None)
        if cleared is None and not would and (yes := clearance(evaluation, grant, asks)):
            cleared = _cleared(grant, yes)
        asked = asked or Decision(Verdict.ASK, asks, grant.id, would, SECOND_PERSON in asks)
    if cleared and not facts.answered:  # what was asked about in this very task has its answer there
        return cleared
    if asked:
        return _ask(asked, facts)
    return _deny(*(refused or [Reason("no_grant", {"capability": request.name})]))


def only_recorded(capability: Capability, shadow: bool) -> bool:
    """In shadow mode reads run, and everything else is written down as what would have happened."""
    return shadow and capability.effect is not Effect.READ


def _ask(decision: Decision, facts: Facts) -> Decision:
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


def _permit(grant: GrantFact, *, would: bool, agreed: bool) -> Decision:
    reasons = [Reason("granted", {"until": grant.ends_at.isoformat()})]
    if agreed:
        reasons.append(Reason("agreed"))
    if would:
        reasons.append(Reason("shadow"))
    return Decision(Verdict.ALLOW, tuple(reasons), grant.id, would)


def _cleared(grant: GrantFact, yes: Cleared) -> Decision:
    reason = Reason("cleared", {"who": yes.who, "until": yes.until.isoformat()})
    return Decision(Verdict.ALLOW, (reason,), grant.id, clearance=yes.id)


def _deny(*reasons: Reason) -> Decision:
    return Decision(Verdict.DENY, reasons)
