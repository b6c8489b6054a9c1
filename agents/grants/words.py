"""Grants in plain words: what an effect means, the worst that could happen, the state of a grant. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from agents.policy.declarations import Capability, Effect
from portal.words import relative

ENDS_SOON = timedelta(days=3)
USED_WITHIN = timedelta(days=30)  # what was used before is left out of a renewal


@dataclass(frozen=True, slots=True)
class Meaning:
    """``tag``: a kind of the design system, ``short`` its word; ``worst`` completes "At worst, "."""

    tag: str
    short: str
    worst: str


MEANINGS = {
    Effect.READ: Meaning(
        "allow", "reads", "it reads everything. That changes nothing and sends nothing out."
    ),
    Effect.FETCH: Meaning(
        "allow",
        "reads, and reveals to outsiders what it looks for",
        "its searches reveal to others what it has read elsewhere.",
    ),
    Effect.WRITE: Meaning(
        "allow", "can be undone", "it does this to everything. The owner can undo it. Nobody else notices."
    ),
    Effect.IRREVERSIBLE: Meaning(
        "ask",
        "cannot be taken back",
        "it does what the instruction names, or somebody says yes without looking. Others then see "
        "something that cannot be taken back.",
    ),
    Effect.DESTRUCTIVE: Meaning(
        "ask",
        "deletes something: asks each time",
        "somebody says yes without looking, and something is gone for good.",
    ),
}
ALL = "everything"
MISLED = " A mail from outside could mislead it."


def meaning(capability: Capability, limited: bool = False) -> Meaning:
    """What the capability means to the person who grants it, from its declaration alone."""
    known = MEANINGS[capability.effect]
    worst = known.worst.replace(ALL, "everything within its limits") if limited else known.worst
    misled = capability.effect in {Effect.READ, Effect.FETCH} and not capability.output.trusted
    return replace(known, worst=worst + (MISLED if misled else ""))


# A state's tag and what it means, by Grant.State; ``status`` works out an active one from its end.
STATES = {
    "requested": (
        "ask",
        "waits for a decision",
        "Nobody has decided yet. The agent cannot use it until then.",
    ),
    "denied": ("deny", "declined", "This request was declined. The agent cannot use it."),
    "expired": (
        "quiet",
        "ended",
        "This grant has expired. Request access again if the agent still needs it.",
    ),
    "revoked": (
        "deny",
        "revoked",
        "This grant was revoked. Request access again if the agent still needs it.",
    ),
    "suspended": (
        "deny",
        "suspended",
        "This grant is suspended: the agent cannot use it. Renew it, and an admin decides again.",
    ),
    "withdrawn": ("quiet", "withdrawn", "This request was withdrawn before anybody decided."),
}


def status(
    state: str, ends_at: datetime, now: datetime, uses_left: int | None = None
) -> tuple[str, str, str]:
    """(tag, word, sentence) of a grant. One whose end has passed is ended, swept or not."""
    if ends_at <= now and state in {"active", "requested"}:
        return STATES["expired"]
    if state != "active":
        return STATES[state]
    if uses_left is not None and uses_left <= 0:
        return (
            "quiet",
            "used up",
            "All its uses are spent. Request access again if the agent still needs it.",
        )
    if ends_at - now <= ENDS_SOON:
        return (
            "allow",
            "active, ends soon",
            f"The agent can use it now. It ends {relative(ends_at, now, UTC)}.",
        )
    return "allow", "active", "The agent can use it now."
