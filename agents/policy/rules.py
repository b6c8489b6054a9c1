"""The single rules: each looks at facts and says what, if anything, speaks against a call."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agents.policy.facts import Argument, Capability, Facts, GrantFact, Reason, Type


def against_everything(facts: Facts) -> Iterator[Reason]:
    """Stops, the agent's state, its owner, the task: whatever the grant says."""
    for stop in facts.stops:
        why = f": {stop.why}" if stop.why else ""
        yield Reason(
            "stopped", f"{stop.scope} is stopped by {stop.who}{why}. Whoever may stop it can lift that."
        )
    if facts.agent_state != "active":
        state = "stopped" if facts.agent_state == "paused" else facts.agent_state
        yield Reason("agent_inactive", f"The agent is {state}. Its managers can make it active.")
    if not facts.owner_active:
        yield Reason("owner_left", "The agent's owner has left. A manager of the agent can hand it over.")
    if facts.task_state != "running":
        yield Reason("task_not_running", f"The task is {facts.task_state}, not running.")
    if not facts.connection_active:
        yield Reason("connection_inactive", "The connection is removed. Grants on another can be asked for.")


def against_arguments(capability: Capability, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    """Unreadable means no: unknown names, missing ones, other types than declared, too long."""
    known = {one.name for one in capability.arguments}
    for name in arguments:
        if name not in known:
            yield Reason("argument_unknown", f"{capability.name} has no argument “{str(name)[:40]}”.")
    for argument in capability.arguments:
        value = arguments.get(argument.name)
        if value is None or value == "" or value == []:
            if argument.required:
                yield Reason("argument_missing", f"The argument “{argument.name}” is missing.")
        elif not _typed(argument, value):
            yield Reason("argument_type", f"The argument “{argument.name}” must be {_SHAPES[argument.type]}.")
        elif isinstance(value, str | list) and len(value) > argument.longest:
            yield Reason(
                "argument_long", f"The argument “{argument.name}” is longer than {argument.longest:,}."
            )


_SHAPES = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number",
    Type.FLAG: "true or false",
    Type.TEXTS: "a list of texts",
}


def _typed(argument: Argument, value: Any) -> bool:
    match argument.type:
        case Type.TEXT:
            return isinstance(value, str)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Type.FLAG:
            return isinstance(value, bool)
        case Type.TEXTS:
            return isinstance(value, list) and all(isinstance(one, str) for one in value)


def against_grant(
    grant: GrantFact, capability: Capability, arguments: Mapping[str, Any], now: datetime
) -> Iterator[Reason]:
    """What speaks against this grant covering a call with these arguments."""
    yield from against_holding(grant, capability, now)
    for name, limit in grant.limits.items():
        argument = capability.argument(name)
        if argument is None:
            yield Reason(
                "limit_unreadable", f"The grant limits “{name}”, which {capability.name} does not have."
            )
        elif not within(limit, arguments.get(name)):
            yield Reason(
                "outside_limits",
                f"{argument.title} may only be {in_words(limit)}, says the grant; "
                f"it was {_quoted(arguments.get(name))}. Whoever granted it can change that.",
            )


def against_holding(grant: GrantFact, capability: Capability, now: datetime) -> Iterator[Reason]:
    """What speaks against using the grant at all this moment, whatever the arguments."""
    if grant.state != "active":
        yield Reason("grant_inactive", f"The grant is {grant.state}.")
    elif grant.ends_at <= now:
        yield Reason(
            "grant_ended", f"The grant ended on {grant.ends_at:%d %B at %H:%M} UTC. Ask for a new one."
        )
    if grant.declaration != capability.digest:
        yield Reason(
            "declaration_changed",
            f"What {capability.name} does has changed since it was granted; it must be granted anew.",
        )
    if grant.uses_left is not None and grant.uses_left <= 0:
        yield Reason("uses_spent", "All uses of the grant are spent. Ask for a new one.")


def within(limit: Mapping[str, Any], value: Any) -> bool:
    """Is ``value`` (each element of a list) inside the limit? What cannot be read is outside."""
    if isinstance(value, list):
        return bool(value) and all(within(limit, one) for one in value)
    if not limit or set(limit) - {"only", "min", "max"}:
        return False
    if "only" in limit:
        only = limit["only"]
        if not isinstance(only, list | tuple) or not any(_matches(pattern, value) for pattern in only):
            return False
    if "min" in limit or "max" in limit:
        low, high = limit.get("min", value), limit.get("max", value)
        return _whole(value) and _whole(low) and _whole(high) and bool(low <= value <= high)
    return True


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _matches(pattern: Any, value: Any) -> bool:
    """The whole value, letter case aside; ``*`` stands for any printable characters."""
    if not isinstance(pattern, str) or not isinstance(value, str | int):
        return False
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    if "*" not in pattern:
        return fold(text) == fold(pattern)
    return _plain(text, pattern) and _covers(fold(pattern), fold(text))


def fold(text: str) -> str:
    """Lower case, where it is a letter's only other form: the Kelvin sign is no k, and ß is not ss."""
    pairs = ((one, one.lower()) for one in text)
    return "".join(low if len(low) == 1 and low.upper() == one else one for one, low in pairs)


# What could hide a second address behind the first.
SEPARATORS = frozenset(',;:<>()[]"\\')


def _plain(text: str, pattern: str) -> bool:
    """May ``*`` stand for any of this? Nothing invisible; where the pattern is an address, one address."""
    if not text.isprintable():
        return False
    if "@" not in pattern:
        return True
    return text.count("@") == pattern.count("@") and not any(
        one.isspace() or one in SEPARATORS for one in text
    )


def _covers(pattern: str, text: str) -> bool:
    """Piece by piece from the left: no backtracking, so that no pattern takes long on any text."""
    first, *middle, last = pattern.split("*")
    at, end = len(first), len(text) - len(last)
    if at > end or not text.startswith(first) or not text.endswith(last):
        return False
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def in_words(limit: Mapping[str, Any]) -> str:
    """A limit for a reader: ``“Invoices” or “News*”``, ``3 or 5``, ``1 to 10``, ``at most 10``."""
    low, high = limit.get("min"), limit.get("max")
    if only := limit.get("only"):
        words = [str(one) if low is not None else f"“{one}”" for one in only]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    if low is not None and high is not None:
        return str(low) if low == high else f"{low} to {high}"
    if low is None and high is None:
        return "nothing, because the limit cannot be read"
    return f"at most {high}" if high is not None else f"at least {low}"


def _quoted(value: Any) -> str:
    return "not given" if value is None else f"“{str(value)[:80]}”"
