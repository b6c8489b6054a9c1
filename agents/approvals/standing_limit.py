"""The standing limit that an ask can propose: this action, this place, these values, nothing wider. Pure."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from agents.grants.limits import readable
from agents.grants.models import Grant
from agents.grants.terms import Terms
from agents.policy.declarations import Argument, Capability, Effect
from agents.policy.language.tokens import hides_nothing
from agents.policy.limits import Exact, is_number, numeral, shape, within
from agents.queue.models import Call

USUAL_DAYS = 7


def limits(
    capability: Capability, arguments: Mapping[str, Any], held: Mapping[str, Any], *, words: bool
) -> dict[str, Any]:
    """What each argument may be: this call's own destinations, objects and values. Raises ValidationError.

    ``held``: the limits of the grant that it was asked under; they go on for what this call leaves out. ``words``: its
    names and texts may be the agent's own.
    """
    found: dict[str, Any] = {}
    for argument in capability.arguments:
        value = arguments.get(argument.name)
        given = value not in (None, "", [])
        if argument.limitable and given:
            found[argument.name] = _exactly(argument, value)
        elif argument.limitable and argument.name in held:
            found[argument.name] = held[argument.name]
        elif argument.worded and given and words:
            found[argument.name] = {"words": "any"}
    if not any(argument.limitable and argument.name in found for argument in capability.arguments):
        raise ValidationError("This call names no place and no thing, so no limit can cover it.")
    if problem := readable(capability, found):
        raise ValidationError(problem)
    return found


def _exactly(argument: Argument, value: Any) -> dict[str, Any]:
    """The limit inside which there is this value only, of a list these."""
    limit: dict[str, Any]
    if isinstance(value, bool):
        limit = {"only": ["yes" if value else "no"]}
    elif is_number(value):
        limit = {"only": [numeral(value)], "min": value, "max": value}
    else:
        values = value if isinstance(value, list) else [value]
        limit = {"only": list(dict.fromkeys(str(text) for text in values))}
    # A star, or an @ with nothing before it, would match more; invisible characters could match anything.
    exact = all(isinstance(shape(text), Exact) and hides_nothing(text) for text in limit["only"])
    if not exact or not within(limit, value):
        raise ValidationError(f"“{argument.title}” has a value that cannot be used as a limit.")
    return limit


def terms(grant: Grant, arguments: Mapping[str, Any], *, words: bool) -> Terms:
    """As the grant that it was asked under, narrower, and without the ask. Raises ValidationError."""
    capability = grant.declared
    if capability is None:
        raise ValidationError(f"No connector offers {grant.capability} any more.")
    if capability.effect is Effect.DESTRUCTIVE:
        raise ValidationError("Calls that delete something always ask. A limit cannot change that.")
    return Terms(
        limits=limits(capability, arguments, grant.limits, words=words),
        max_uses=grant.max_uses,
        second_person=grant.second_person,
        hours=grant.hours,
        zone=grant.hours_zone,
    )


def possible(call: Call) -> bool:
    if call.grant is None:
        return False
    try:
        terms(call.grant, call.arguments, words=False)
    except ValidationError:
        return False
    return True


def worded(call: Call) -> bool:
    """Does the call hold words that could be the agent's own?"""
    capability = call.grant.declared if call.grant else None
    arguments = capability.arguments if capability else ()
    return any(argument.worded and call.arguments.get(argument.name) for argument in arguments)


def why(call: Call) -> str:
    """The reason of the request, until the person writes a better one."""
    return f"Asked for in task {call.task_id}: {call.sentence}. It would no longer ask for this."
