"""When a person is asked: what cannot be given back, what a grant says, and, after untrusted text was read, whatever
no trusted origin speaks for. Each rule yields its reasons; none of them can be widened by what was read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from agents.policy.declarations import Argument, Capability, Effect, Role
from agents.policy.facts import Agreed, Facts, GrantFact, Reason, Request
from agents.policy.language.invisible import spelled_out
from agents.policy.language.links import leads, secret, undisguised
from agents.policy.language.tokens import phrase, words
from agents.policy.limits import address_at
from agents.policy.provenance import Provenance
from agents.policy.text_origins import foreign, free, leading, name_origin, odd, readable_time, spoken
from agents.policy.value_origins import Asked, From, given, origin, told_apart

DESTRUCTIVE = Reason("destructive")
GRANT_ASKS = Reason("grant_asks")
SECOND_PERSON = Reason("second_person")


def standing(capability: Capability, grant: GrantFact) -> Iterator[Reason]:
    """Why each use of the capability under this grant asks, whatever was read before."""
    if capability.effect is Effect.DESTRUCTIVE:
        yield DESTRUCTIVE
    if grant.always_ask:
        yield GRANT_ASKS


def second(request: Request, grant: GrantFact, facts: Facts) -> bool:
    """Does somebody other than the task's person answer? For mail: where it leaves the company's domains."""
    assert request.capability is not None
    if not grant.second_person:
        return False
    if request.capability.second_person != "outside":
        return True
    return any(
        not inside(str(value), facts.company_domains)
        for argument in request.capability.arguments
        if argument.role is Role.DEST and given(request.arguments.get(argument.name))
        for value in told_apart(argument, request.arguments[argument.name])
    )


def inside(address: str, domains: frozenset[str]) -> bool:
    """One plain address of the company's domains."""
    return any(address_at("*", one, address) for one in domains)


def outside(request: Request, facts: Facts) -> bool:
    """Outside of the task's envelope."""
    return facts.envelope is not None and (request.name, request.connection) not in facts.envelope


def outside_reason(request: Request, *, again: bool) -> Reason:
    """``again``: it is refused, and the task can be queued anew with it."""
    return Reason("outside_envelope", {"capability": request.name, "again": again})


Found = dict[tuple[str, ...], Any]


def unspoken(
    request: Request, grant: GrantFact, facts: Facts, found: Found | None = None
) -> Iterator[Reason]:
    """What of a consequential call no trusted origin speaks for.

    Before untrusted text was read, the agent's own words are nobody's but its own: then only where a call goes that
    others see, what it touches and how much, and what leads elsewhere in it, need an origin.
    """
    known, capability = facts.provenance, request.capability
    assert capability is not None
    if capability.effect is Effect.READ:
        return
    if known is None:
        yield Reason("origins_unknown")
        return
    found = {} if found is None else found
    asked = Asked(capability, request.arguments, grant, known, agreed(request, grant, facts), found)
    if not known.tainted and not asked.reaches_others:
        return
    yield from _unspoken(asked)


def mixes(request: Request, known: Provenance) -> bool:
    """Does the call put something into the things that it names which others could have written?

    Asked before its result is read, and as strictly as for a call that others see: no grant's limit makes it harmless.
    """
    capability = request.capability
    if capability is None or not known.tainted or capability.effect in {Effect.READ, Effect.FETCH}:
        return False
    strict = replace(capability, effect=Effect.IRREVERSIBLE)
    return any(_unspoken(Asked(strict, request.arguments, _NOTHING, known)))


# Why a value that stands in the person's words, or that the task made, speaks for nothing all the same.
SAID_OTHERWISE = {From.MIXED: "object_mixed", From.MENTIONED: "dest_mentioned"}
_NOTHING = GrantFact(0, "", 0, "", datetime.min.replace(tzinfo=UTC), "")


def _unspoken(asked: Asked) -> Iterator[Reason]:
    capability, spoken = asked.capability, False
    for argument in capability.arguments:
        value = asked.arguments.get(argument.name)
        if not given(value):
            continue
        against = _all_against(argument, value, asked)
        yield from against
        spoken = spoken or (not against and argument.role in {Role.DEST, Role.OBJECT, Role.VALUE})
    yield from asked.once(("joined",), lambda: list(_joined(asked)))
    if not spoken and asked.known.tainted and asked.reaches_others and asked.agreed is None:
        yield Reason("unpointed")


def agreed(request: Request, grant: GrantFact, facts: Facts) -> Agreed | None:
    """The yes of a person to calls like this one: same destinations, objects and values, other words."""
    assert request.capability is not None
    fixed = [one.name for one in request.capability.arguments if not one.worded]
    for one in facts.agreed:
        same = (one.capability, one.connection) == (request.name, request.connection)
        current = (one.grant, one.version) == (grant.id, grant.version)
        if same and current and all(one.arguments.get(name) == request.arguments.get(name) for name in fixed):
            return one
    return None


def _all_against(argument: Argument, value: object, asked: Asked) -> list[Reason]:
    """Of texts once in a decision: of a grant they depend only on whether it lets any words through."""
    if not argument.worded:
        return list(_against(argument, value, asked))
    found: list[Reason] = asked.once(_judged(argument, asked), lambda: list(_against(argument, value, asked)))
    return found


def _judged(argument: Argument, asked: Asked) -> tuple[str, ...]:
    return ("against", argument.name, str(free(argument, asked)))


def asks_anyway(request: Request, grant: GrantFact, facts: Facts, found: Found) -> bool:
    """Is it known from a grant before that a text of this call asks? Then this grant cannot help."""
    if facts.provenance is None or request.capability is None:
        return False
    yes = agreed(request, grant, facts)
    asked = Asked(request.capability, request.arguments, grant, facts.provenance, yes, found)
    return any(found.get(_judged(one, asked)) for one in request.capability.arguments if one.worded)


def _against(argument: Argument, value: object, asked: Asked) -> Iterator[Reason]:
    title = argument.title
    match argument.role:
        case Role.DEST | Role.OBJECT | Role.VALUE:
            for one in told_apart(argument, value):
                source = origin(argument, one, asked)
                if not source.trusted:
                    code = SAID_OTHERWISE.get(source.source, f"{argument.role.value}_unknown")
                    yield Reason(code, {"title": title, "value": _short(one)})
        case Role.TIME:
            if not readable_time(value):
                yield Reason("time_unreadable", {"title": title, "value": _short(value)})
        case Role.QUERY if asked.capability.effect is not Effect.FETCH:
            return
        case Role.NAME | Role.QUERY:
            yield from _name(argument, value, asked)
        case Role.CONTENT:
            yield from _content(argument, value, asked)


def _name(argument: Argument, value: object, asked: Asked) -> Iterator[Reason]:
    for one in told_apart(argument, value):
        text = str(one)
        if foreign(text, asked):
            yield _led(argument)
        elif asked.known.tainted and odd(argument, one, asked):
            yield _signs(argument)
        elif _own(argument, asked) and not name_origin(argument, text, asked).trusted:
            yield Reason("name_unknown", {"title": argument.title, "value": _short(one)})


def _content(argument: Argument, value: object, asked: Asked) -> Iterator[Reason]:
    text = "\n".join(str(one) for one in told_apart(argument, value))
    if foreign(text, asked):
        yield _led(argument)
    elif asked.known.tainted and odd(argument, value, asked):
        yield _signs(argument)
    elif _own(argument, asked) and not spoken(argument, value, asked):
        yield Reason("content_prose", {"title": argument.title})


def _own(argument: Argument, asked: Asked) -> bool:
    """Must it be the person's words?"""
    return asked.known.tainted and not free(argument, asked)


def _joined(asked: Asked) -> Iterator[Reason]:
    """A link or a code that is spread over several arguments, or several elements of a list."""
    parts = [
        str(one)
        for argument in asked.capability.arguments
        if argument.worded and given(asked.arguments.get(argument.name))
        for one in told_apart(argument, asked.arguments[argument.name])
    ]
    if len(parts) < 2 or any(foreign(one, asked) for one in parts):
        return
    for earlier, later in pairwise(parts):
        seam = undisguised(earlier.rstrip())[-80:] + undisguised(later.lstrip())[:80]
        apart = leading(earlier, asked) or leading(later, asked)
        # “Question 50” and “Hello” are no code; digits on both sides of the seam may be one.
        digits = _digits(earlier.split()[-1:]) and _digits(later.split()[:1])
        if (
            not apart
            and (leads(seam) or (digits and secret(seam)))
            and phrase(words(seam)) not in asked.known.phrase
        ):
            yield Reason("content_split")
            return


def _digits(token: list[str]) -> bool:
    return any(one.isdigit() for one in "".join(token))


def _led(argument: Argument) -> Reason:
    return Reason("content_leads", {"title": argument.title})


def _signs(argument: Argument) -> Reason:
    return Reason("content_signs", {"title": argument.title})


def _short(value: object) -> str:
    text = spelled_out(" ".join(str(value).split()))
    return text if len(text) <= 80 else text[:79] + "…"
