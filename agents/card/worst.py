"""Works out what a hijacked model could do under a grant, and what it would need a person for. Pure.

It reads the declaration, the grant and its limits alone. Tests prove that the rules decide the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from agents.policy.asking import asked_each_time
from agents.policy.decide import only_recorded
from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.policy.facts import Facts, GrantFact
from agents.policy.limits import At, Exact, in_domains, shape, within

Limit = Mapping[str, Any]
POINTING = frozenset({Role.DEST, Role.OBJECT, Role.VALUE})


@dataclass(frozen=True, slots=True)
class Worst:
    """``state``: can (by itself), named (by itself only as the instruction names it), asks, shadow (written down).

    ``second``: a second person answers never (""), always, or where it goes outside. ``needs``: the arguments that
    nothing but the instruction speaks for; ``extras``: such ones that a call can do without. ``nameable``: False where
    no instruction can name what it needs, so that a person answers whatever it says.
    """

    state: str
    second: str = ""
    needs: tuple[Argument, ...] = ()
    extras: tuple[Argument, ...] = ()
    nameable: bool = True


def worst(capability: Capability, grant: GrantFact, facts: Facts) -> Worst:
    if only_recorded(capability, facts.shadow):
        return Worst("shadow")
    second = _second(capability, grant, facts.company_domains)
    if second == "always" or any(asked_each_time(capability, grant)):
        return Worst("asks", second)
    if capability.effect is Effect.READ:
        return Worst("can", second)
    told = _reaches_others(capability, grant)
    alone = [
        argument
        for argument in capability.parameters
        if _vouched(argument, capability, grant, told=told, second=second)
    ]
    others = [argument for argument in capability.parameters if argument not in alone]
    needs = tuple(other for other in others if other.required)
    extras = tuple(other for other in others if not other.required)
    pointed = not told or any(argument.role in POINTING for argument in alone)
    if pointed and not needs:
        return Worst("can", second, extras=extras)
    by_name = all(map(_nameable, needs)) and (pointed or any(map(_points, others)))
    return Worst("named", second, needs, extras, by_name)


def _reaches_others(capability: Capability, grant: GrantFact) -> bool:
    """Does every call reach other people? In the worst case the model leaves out optional guests."""
    if capability.effect in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE}:
        return True
    tells = capability.argument(capability.tells) if capability.tells else None
    return tells is not None and (tells.required or (tells.name in grant.limits and not tells.worded))


def _vouched(
    argument: Argument, capability: Capability, grant: GrantFact, *, told: bool, second: str
) -> bool:
    """Is there a value that needs no word of the person's, even after the task has read untrusted text?"""
    if argument.role in {Role.TIME, Role.NOTE} or (
        argument.role is Role.QUERY and capability.effect is not Effect.FETCH
    ):
        return True
    if argument.name == capability.tells and not told:
        return False
    if grant.limits.get(argument.name):
        return True
    if argument.safe and argument.role in POINTING:
        return not (argument.role is Role.DEST and second)  # an address is looked at for where it goes
    # A hijacked model can take any thing that a result listed.
    return argument.role is Role.OBJECT and bool(argument.kind) and not told


def _nameable(argument: Argument) -> bool:
    """Could an instruction name it? Words cannot name a yes or no, or a thing without a kind."""
    return argument.role not in POINTING or _points(argument)


def _points(argument: Argument) -> bool:
    match argument.role:
        case Role.OBJECT:
            return bool(argument.kind) and argument.type is not Type.FLAG
        case Role.DEST:
            return argument.type in {Type.TEXT, Type.TEXTS}
        case Role.VALUE:
            return argument.type is not Type.FLAG
    return False


# -- a second person -----------------------------------------------------------------------------------------------


def _second(capability: Capability, grant: GrantFact, domains: frozenset[str]) -> str:
    if not grant.second_person:
        return ""
    if capability.second_person != "outside":
        return "always"
    outside = ""
    for argument in capability.arguments:
        if argument.role is not Role.DEST:
            continue
        limit = grant.limits.get(argument.name)
        if (argument.required or limit) and not any(_insiders(limit, domains)):
            return "always"
        if not limit or not _only_insiders(limit, domains):
            outside = "outside"
    return outside


def _insiders(limit: Limit | None, domains: frozenset[str]) -> Iterator[str]:
    """Addresses of the company's that the limit lets through: one for each way in which it could, if at all."""
    for pattern, domain in product(_patterns(limit), sorted(domains)):
        match shape(pattern):
            case Exact(text):
                address = text
            case At(local, _):
                address = f"{local.replace('*', '') or 'x'}@{domain}"
            case _:
                address = f"x@{domain}"
        if in_domains(address, domains) and (not limit or within(limit, address)):
            yield address


def _only_insiders(limit: Limit, domains: frozenset[str]) -> bool:
    """In doubt: no."""
    for pattern in _patterns(limit):
        match shape(pattern):
            case Exact(text) if in_domains(text, domains):
                continue
            case At(_, domain) if domain in domains:
                continue
        return False
    return True


def _patterns(limit: Limit | None) -> list[str]:
    only = (limit or {}).get("only", ["*"])
    return [str(pattern) for pattern in only] if isinstance(only, list | tuple) else []
