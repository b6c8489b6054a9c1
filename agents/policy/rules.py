"""The single rules: each looks at facts and says what, if anything, speaks against a call."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from agents.policy.facts import ANY_WORDS, Argument, Capability, Facts, GrantFact, Reason, Type
from agents.policy.limits import in_words, quoted, within

BARRED = {
    "left": Reason("person_left", "The person this task is for has left. Somebody else can queue it anew."),
    "unshared": Reason(
        "person_unshared",
        "The person this task is for may not use this agent any more. Its managers can share it with them.",
    ),
}


def against_everything(facts: Facts) -> Iterator[Reason]:
    """Stops, the agent's state, its owner, the task: whatever the grant says."""
    for stop in facts.stops:
        why = f": {stop.why}" if stop.why else ""
        yield Reason("stopped", f"{stop.scope} is stopped by {stop.who}{why}. {stop.lifts}")
    # Of a stopped agent its stop says who stopped it, why, and who lifts that.
    if facts.agent_state != "active" and not (facts.agent_state == "paused" and facts.stops):
        state = "stopped" if facts.agent_state == "paused" else facts.agent_state
        yield Reason("agent_inactive", f"The agent is {state}. Its managers can make it active.")
    if not facts.owner_active:
        yield Reason("owner_left", "The agent's owner has left. A manager of the agent can hand it over.")
    if facts.barred:
        yield BARRED[facts.barred]
    if facts.task_state != "running":
        yield Reason("task_not_running", f"The task is {facts.task_state}, not running.")
    if not facts.connection_active:
        yield Reason("connection_inactive", "The connection is removed. Grants on another can be asked for.")


def against_arguments(capability: Capability, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    """Unreadable means no: unknown names, missing ones, other types than declared, too long."""
    if _overgrown(arguments):
        yield Reason("argument_large", "The arguments are larger or deeper than any call needs.")
        return
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


DEEPEST, MOST_VALUES, MOST_TEXT = 4, 10_000, 1_000_000  # levels, values and characters of all arguments
MOST_BITS = 256  # of a whole number


def _overgrown(arguments: Mapping[str, Any]) -> bool:
    """More than anybody reads. Looked at level by level, so that no nesting is too deep to be refused."""
    level: list[Any] = [arguments]
    counted = size = 0
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, Mapping):
                below.extend(one.values())
                size += sum(len(str(key)) for key in one)
            elif isinstance(one, list | tuple):
                below.extend(one)
            elif isinstance(one, str):
                size += len(one)
            elif isinstance(one, int) and one.bit_length() > MOST_BITS:
                return True
        counted += len(below)
        if counted > MOST_VALUES or size > MOST_TEXT:
            return True
        if not below:
            return False
        level = below
    return any(isinstance(one, Mapping | list | tuple) for one in level)


_SHAPES = {
    Type.TEXT: "a text",
    Type.INTEGER: "a whole number",
    Type.NUMBER: "a number",
    Type.FLAG: "true or false",
    Type.TEXTS: "a list of texts",
}


def _typed(argument: Argument, value: Any) -> bool:
    match argument.type:
        case Type.TEXT:
            return isinstance(value, str)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Type.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        case Type.FLAG:
            return isinstance(value, bool)
        case Type.TEXTS:
            return isinstance(value, list) and all(isinstance(one, str) for one in value)


def against_grant(
    grant: GrantFact, capability: Capability, arguments: Mapping[str, Any], facts: Facts
) -> Iterator[Reason]:
    """What speaks against this grant covering a call with these arguments."""
    yield from against_holding(grant, capability, facts)
    for name, limit in grant.limits.items():
        argument = capability.argument(name)
        if argument is None:
            yield Reason(
                "limit_unreadable", f"The grant limits “{name}”, which {capability.name} does not have."
            )
        elif limit == ANY_WORDS:
            if not argument.worded:
                yield Reason("limit_unreadable", f"{argument.title} is no text, and cannot be in any words.")
        elif not within(limit, arguments.get(name)):
            yield Reason(
                "outside_limits",
                f"{argument.title} may only be {in_words(limit)}, says the grant; "
                f"it was {quoted(arguments.get(name))}. Whoever granted it can change that.",
            )


def _in_hours(hours: tuple[int, int], hour: int | None) -> bool:
    """22 to 6 spans midnight; an hour that is not known is outside."""
    start, end = hours
    if hour is None:
        return False
    return start <= hour < end if start < end else hour >= start or hour < end


def against_holding(grant: GrantFact, capability: Capability, facts: Facts) -> Iterator[Reason]:
    """What speaks against using the grant at all this moment, whatever the arguments."""
    if grant.state != "active":
        yield Reason("grant_inactive", f"The grant is {grant.state}.")
    elif grant.ends_at <= facts.now:
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
    if grant.hours is not None and not _in_hours(grant.hours, facts.hour):
        yield Reason(
            "outside_hours",
            f"The grant holds from {grant.hours[0]}:00 to {grant.hours[1]}:00, company time, and not now.",
        )
