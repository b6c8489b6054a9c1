"""``decide``: forbid beats ask beats permit, and nothing permits by default (DESIGN section 6)."""

from collections.abc import Iterator

from agents.policy.facts import Capability, Decision, Effect, Facts, GrantFact, Reason, Request, Verdict
from agents.policy.rules import against_arguments, against_everything, against_grant

ALWAYS_ASKED = {
    Effect.IRREVERSIBLE: Reason("irreversible", "It cannot be taken back, so a person says yes to each one."),
    Effect.DESTRUCTIVE: Reason("destructive", "It takes something away, so a person says yes to each one."),
}


def decide(request: Request, facts: Facts) -> Decision:
    """The decision on one call, with every reason that led to it. Pure: same in, same out.

    Of several grants that cover the call the first that does not ask is used, else the first.
    """
    capability = request.capability
    if capability is None:
        return _deny(Reason("unknown", f"No connector offers “{request.name[:80]}”. Unknown means no."))
    forbidden = [*against_everything(facts), *against_arguments(capability, request.arguments)]
    if forbidden:
        return _deny(*forbidden)
    refused = [
        Reason("no_grant", f"No grant lets this agent use {request.name} here. Its manager can request one.")
    ]
    granted = False
    asked: Decision | None = None
    for grant in facts.grants:
        if (grant.capability, grant.connection) != (capability.name, request.connection):
            continue
        if against := list(against_grant(grant, capability, request.arguments, facts.now)):
            refused = (
                refused if granted else against
            )  # live grants come first; theirs is the reason that helps
            granted = True
            continue
        would = only_recorded(capability, facts.shadow)
        asks = tuple(asking(capability, grant))
        if not asks:
            return _permit(grant, would)
        asked = asked or Decision(Verdict.ASK, asks, grant.id, would)
    return asked or _deny(*refused)


def asking(capability: Capability, grant: GrantFact) -> Iterator[Reason]:
    """Why a person answers each use of the capability under this grant; nothing when it just goes."""
    if reason := ALWAYS_ASKED.get(capability.effect):
        yield reason
    if grant.always_ask:
        yield Reason("grant_asks", "The grant says that a person answers each time.")


def only_recorded(capability: Capability, shadow: bool) -> bool:
    """In shadow mode reads run, and everything else is written down as what would have happened."""
    return shadow and capability.effect is not Effect.READ


def _permit(grant: GrantFact, would: bool) -> Decision:
    reasons = [Reason("granted", f"The grant until {grant.ends_at:%d %B} covers it.")]
    if would:
        reasons.append(Reason("shadow", "The agent is in shadow mode: recorded as “would have”, not done."))
    return Decision(Verdict.ALLOW, tuple(reasons), grant.id, would)


def _deny(*reasons: Reason) -> Decision:
    return Decision(Verdict.DENY, reasons)
