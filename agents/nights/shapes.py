"""What a past call says about a coming one: may it be cleared beforehand, by whom, and if not, why not."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from agents.approvals.answering import leading
from agents.policy.clearing import can_clear
from agents.policy.declarations import Argument, Capability, Effect, Role
from agents.policy.language.tokens import compared
from agents.policy.limits import Exact, shape
from agents.queue.models import Call

VALUES = (Role.DEST, Role.OBJECT, Role.VALUE)
# Why the pack cannot take an answer, by the first of the reasons that speaks against it.
AGAINST: Mapping[str, str] = {
    "outside_envelope": "It is not ticked for this schedule.",
    "dest_unknown": "Where it goes did not come from you. Write it into the instruction, then you can clear it.",
    "dest_mentioned": "You mention who gets it, but not as the recipient. Say so in the instruction.",
    "object_unknown": "What it touches did not come from you, so it asks when it comes.",
    "value_unknown": "One of its values did not come from you, so it asks when it comes.",
    "object_mixed": "Text from others went into it, so it asks when it comes.",
    "content_leads": "Its text held a link, an address or a code. Such a text is always asked about.",
    "content_split": "Its texts together held a link or a code. Such a text is always asked about.",
    "content_signs": "Its text held unusual characters. Such a text is always asked about.",
}
DELETES = "It deletes something, so it asks each time."
EACH_NIGHT = "Each night it is about something else, so it asks when it comes."
WHERE = "Nobody knows yet where it goes. Run it once, and you can clear it here."
OTHERWISE = "It asks when it comes."


def codes(call: Call) -> frozenset[str]:
    """Why it asked. What was allowed has its reasons no more, so its ask's account of origins tells."""
    yes = getattr(call, "cleared", None)
    if yes is not None:
        return frozenset({"second_person" if yes.clearance.second_person else "content_prose"})
    ask, stored = getattr(call, "approval", None), {reason["code"] for reason in call.reasons}
    if ask is None or "approved" not in stored:
        return frozenset(stored)
    if leading(ask.origins):
        return frozenset({"content_leads"})
    if not all(_trusted(origin) for origin in ask.origins):
        return frozenset({"dest_unknown"})
    return frozenset({"second_person" if ask.second_person else "content_prose"})


def _trusted(origin: Mapping[str, Any]) -> bool:
    return origin.get("role") not in VALUES or all(value.get("trusted") for value in origin.get("values", ()))


def against(declared: Capability, why: Collection[str]) -> str:
    """Why a call with these reasons cannot be cleared; empty where it can."""
    if can_clear(declared, why):
        return ""
    if declared.effect is Effect.DESTRUCTIVE:
        return DELETES
    return next((sentence for code, sentence in AGAINST.items() if code in why), OTHERWISE)


def of_one_night(declared: Capability, arguments: Mapping[str, Any], limits: Mapping[str, Any]) -> bool:
    """Is it about a thing of that night, as one message is? The next run names another."""
    return any(
        argument.role is Role.OBJECT and argument.name in arguments and argument.name not in limits
        for argument in declared.arguments
    )


def foreseen(declared: Capability, limits: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments that a call will have, as far as the grant leaves it no choice. None: nobody knows yet."""
    found: dict[str, Any] = {}
    for argument in declared.arguments:
        if argument.worded:
            continue
        value = _only(argument, limits.get(argument.name, {}).get("only", ()))
        if value is None and argument.required:
            return None
        if value is not None:
            found[argument.name] = value
    return found


def _only(argument: Argument, patterns: Sequence[Any]) -> Any:
    if len(patterns) != 1 or not isinstance(shape(str(patterns[0])), Exact):
        return None
    match argument.type.value:
        case "text":
            return patterns[0]
        case "texts":
            return [patterns[0]]
    return None


def private(declared: Capability, limits: Mapping[str, Any], own: str) -> bool:
    """Can it reach nobody but the person with this address?"""
    known = foreseen(declared, limits) or {}
    readers = [
        str(reader)
        for argument in declared.arguments
        if argument.role is Role.DEST and argument.name in known
        for reader in argument.values(known[argument.name])
    ]
    return bool(readers) and all(compared(reader) == compared(own) for reader in readers)


def likely(
    declared: Capability, limits: Mapping[str, Any], *, always_ask: bool, private: bool = False
) -> frozenset[str]:
    """Why a call will probably ask, known before the first run; empty where it will just go.

    ``private``: by it the agent tells its own person something, and nobody else.
    """
    found = {"grant_asks"} if always_ask else set()
    if declared.effect is Effect.DESTRUCTIVE:
        return frozenset({*found, "destructive"})
    own = not private and any(
        argument.worded and not limits.get(argument.name) for argument in declared.arguments
    )
    if own and declared.effect in (Effect.WRITE, Effect.IRREVERSIBLE):
        found.add("content_prose")
    return frozenset(found)
