"""The single rules: each looks at facts and says what, if anything, speaks against a call."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agents.policy.declarations import A_DAY, Argument, Capability, Type
from agents.policy.facts import Facts, GrantFact, Reason
from agents.policy.language.tokens import skeleton
from agents.policy.limits import ANY_WORDS, is_number, names, within
from agents.policy.reasons import value_of

BARRED = {"left": Reason("person_left"), "unshared": Reason("person_unshared")}


def against_everything(facts: Facts) -> Iterator[Reason]:
    """Stops, the agent's state, its owner, the task: whatever the grant says."""
    for stop in facts.stops:
        told = {"scope": stop.scope, "who": stop.who, "why": stop.why, "lifts": stop.lifts}
        yield Reason("stopped", told)
    # Of a stopped agent its stop says who stopped it, why, and who lifts that.
    if facts.agent_state != "active" and not (facts.agent_state == "paused" and facts.stops):
        state = "stopped" if facts.agent_state == "paused" else facts.agent_state
        yield Reason("agent_inactive", {"state": state})
    if not facts.owner_active:
        yield Reason("owner_left")
    if facts.barred:
        yield BARRED[facts.barred]
    if facts.task_state != "running":
        yield Reason("task_not_running", {"state": facts.task_state})
    if facts.anothers:
        yield Reason("connection_anothers", {"whose": facts.anothers})
    if not facts.connection_active:
        yield Reason("connection_inactive")


def against_arguments(capability: Capability, arguments: Mapping[str, Any]) -> Iterator[Reason]:
    """Unreadable means no: unknown names, missing ones, other types than declared, too long."""
    if _overgrown(arguments):
        yield Reason("argument_large")
        return
    known = {argument.name for argument in capability.parameters}
    for name in arguments:
        if name not in known:
            yield Reason("argument_unknown", {"capability": capability.name, "argument": str(name)[:40]})
    for argument in capability.parameters:
        value = arguments.get(argument.name)
        if value is None or value == "" or value == []:
            if argument.required:
                yield Reason("argument_missing", {"argument": argument.name})
        elif not _typed(argument, value):
            yield Reason("argument_type", {"argument": argument.name, "type": argument.type.value})
        elif isinstance(value, str | list) and len(value) > argument.longest:
            yield Reason("argument_long", {"argument": argument.name, "longest": argument.longest})


DEEPEST, MOST_VALUES, MOST_TEXT = 4, 10_000, 1_000_000  # levels, values and characters of all arguments
MOST_BITS = 256  # of a whole number


def _overgrown(arguments: Mapping[str, Any]) -> bool:
    """More than anybody reads. Looked at level by level, so that no nesting is too deep to be refused."""
    level: list[Any] = [arguments]
    counted = size = 0
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                below.extend(value.values())
                size += sum(len(str(key)) for key in value)
            elif isinstance(value, list | tuple):
                below.extend(value)
            elif isinstance(value, str):
                size += len(value)
            elif isinstance(value, int) and value.bit_length() > MOST_BITS:
                return True
        counted += len(below)
        if counted > MOST_VALUES or size > MOST_TEXT:
            return True
        if not below:
            return False
        level = below
    return any(isinstance(value, Mapping | list | tuple) for value in level)


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
            return isinstance(value, list) and all(isinstance(text, str) for text in value)


def against_grant(
    grant: GrantFact, capability: Capability, arguments: Mapping[str, Any], facts: Facts
) -> Iterator[Reason]:
    """What speaks against this grant covering a call with these arguments."""
    yield from against_holding(grant, capability, facts)
    yield from _against_special(grant, capability, arguments)
    for name, limit in grant.limits.items():
        argument = capability.argument(name)
        if argument is None:
            yield Reason("limit_unreadable", {"argument": name, "capability": capability.name})
        elif argument.bound:
            if not _bounds(argument, limit):
                yield Reason("limit_unreadable", {"argument": name, "capability": capability.name})
            elif argument.kind == A_DAY and grant.used_today >= limit["max"]:
                yield Reason("day_spent", {"most": limit["max"]})
        elif limit == ANY_WORDS:
            if not argument.worded:
                yield Reason("limit_unreadable", {"argument": name, "capability": capability.name})
        elif not within(limit, arguments.get(name)):
            value = value_of(arguments.get(name))
            yield Reason("outside_limits", {"title": argument.title, "limit": dict(limit), "value": value})


def _bounds(argument: Argument, limit: Mapping[str, Any]) -> bool:
    """Can it be read as what this bound sets?"""
    if not argument.counted:
        only = limit.get("only")
        return isinstance(only, list | tuple) and all(isinstance(pattern, str) for pattern in only)
    return is_number(limit.get("max"))


def _against_special(
    grant: GrantFact, capability: Capability, arguments: Mapping[str, Any]
) -> Iterator[Reason]:
    for argument in capability.arguments:
        if not argument.special:
            continue
        value, limit = arguments.get(argument.name), grant.limits.get(argument.name, {})
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and special(argument, text) and not names(limit, text):
                yield Reason("special_value", {"title": argument.title, "value": value_of(text)})


def special(argument: Argument, value: str) -> bool:
    """One of the values that other programs act on, or below one, in whatever letter case."""
    levels = {skeleton(level.strip("[]{}() ")) for level in re.split(r"[./\\]", value)}
    return not levels.isdisjoint(skeleton(special_value) for special_value in argument.special)


def _in_hours(hours: tuple[int, int], zone: str, now: datetime) -> bool:
    """22 to 6 spans midnight; in a zone that nobody knows no hour is inside."""
    start, end = hours
    try:
        hour = now.astimezone(ZoneInfo(zone)).hour
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return start <= hour < end if start < end else hour >= start or hour < end


def against_holding(grant: GrantFact, capability: Capability, facts: Facts) -> Iterator[Reason]:
    """What speaks against using the grant at all this moment, whatever the arguments."""
    if grant.state != "active":
        yield Reason("grant_inactive", {"state": grant.state})
    elif grant.ends_at <= facts.now:
        yield Reason("grant_ended", {"at": grant.ends_at.isoformat()})
    if grant.declaration != capability.digest:
        yield Reason("declaration_changed", {"capability": capability.name})
    if grant.uses_left is not None and grant.uses_left <= 0:
        yield Reason("uses_spent")
    if grant.hours is not None and not _in_hours(grant.hours, grant.zone, facts.now):
        yield Reason("outside_hours", {"begins": grant.hours[0], "ends": grant.hours[1], "zone": grant.zone})
