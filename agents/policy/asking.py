"""When a person is asked: what cannot be given back, what a grant says, and whatever no trusted origin speaks for.

Each rule yields its reasons. Nothing that was read can take one away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from agents.policy.answers import unanswered
from agents.policy.declarations import Argument, Capability, Effect, Role
from agents.policy.evaluation import CallOrigins, Evaluation, GrantedCall
from agents.policy.facts import GrantFact, Reason, Request
from agents.policy.language.invisible import spelled_out
from agents.policy.language.links import holds_code, holds_link, undisguised
from agents.policy.language.times import readable_time
from agents.policy.language.tokens import phrase, words
from agents.policy.limits import in_domains
from agents.policy.origin import From
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.text_origins import is_foreign, is_leading, is_odd, is_spoken, name_origin
from agents.policy.value_origins import value_origin
from agents.policy.values import given

DESTRUCTIVE = Reason("destructive")
GRANT_ASKS = Reason("grant_asks")
SECOND_PERSON = Reason("second_person")
UNPOINTED = Reason("unpointed")
VALUES = frozenset({Role.DEST, Role.OBJECT, Role.VALUE})


def reasons_to_ask(evaluation: Evaluation, grant: GrantFact, granted: GrantedCall | None) -> Iterator[Reason]:
    """Why a person answers this call under this grant; nothing when it just goes."""
    capability = evaluation.request.capability
    assert capability is not None
    if evaluation.outside_envelope:
        yield outside_envelope(evaluation, again=False)
    if needs_second_person(evaluation, grant):
        yield SECOND_PERSON
    agreed = evaluation.agreed(grant) if granted is None else granted.agreed
    for reason in asked_each_time(capability, grant):
        if reason is DESTRUCTIVE or agreed is None:
            yield reason
    if capability.effect is Effect.READ:
        return
    if granted is None:
        yield Reason("origins_unknown")
    elif granted.call.known.tainted or granted.call.reaches_others:
        yield from untrusted_arguments(granted)


def asked_each_time(capability: Capability, grant: GrantFact) -> Iterator[Reason]:
    """Why each use of the capability under this grant asks, whatever was read before."""
    if capability.effect is Effect.DESTRUCTIVE:
        yield DESTRUCTIVE
    if grant.always_ask:
        yield GRANT_ASKS


def needs_second_person(evaluation: Evaluation, grant: GrantFact) -> bool:
    """Does somebody other than the task's person answer? For mail: where it leaves the company's domains."""
    request, domains = evaluation.request, evaluation.facts.company_domains
    assert request.capability is not None
    if not grant.second_person:
        return False
    if request.capability.second_person != "outside":
        return True
    return any(
        not in_domains(str(address), domains)
        for argument in request.capability.arguments
        if argument.role is Role.DEST and given(request.arguments.get(argument.name))
        for address in argument.values(request.arguments[argument.name])
    )


def outside_envelope(evaluation: Evaluation, *, again: bool) -> Reason:
    """``again``: it is refused, and the task can be queued anew with it."""
    return Reason("outside_envelope", {"capability": evaluation.request.name, "again": again})


_NO_GRANT = GrantFact(0, "", 0, "", datetime.min.replace(tzinfo=UTC), "")


def mixes(request: Request, known: Provenance) -> bool:
    """Does the call put something into the things that it names which others could have written?

    Asked before its result is read, and as strictly as for a call that others see: no grant's limit makes it harmless.
    """
    return any(_unproven(request, known))


def ended(
    number: int,
    request: Request,
    data: Any,
    known: Provenance,
    *,
    allowed: bool = False,
    endorsed: Sequence[str] = (),
) -> CallResult:
    """The result of a call, before it is read. ``allowed``: a person said yes to it; ``endorsed``: what they ticked.

    Where a call went that a person allowed is not what others put into a thing; its texts and things are.
    """
    assert request.capability is not None
    made = CallResult(
        number,
        request.capability,
        data,
        request.arguments,
        connection=request.connection,
        allowed=allowed,
        endorsed=tuple(endorsed),
    )
    if allowed:
        known.vouched.allow(made)
    return replace(made, mixes=mixes(request, known))


def holds_others(request: Request, known: Provenance) -> bool:
    """May others have had a say in what the call writes down? Not where each part of it is proven the person's."""
    return any(reason != UNPOINTED for reason in _unproven(request, known))


def _unproven(request: Request, known: Provenance) -> Iterator[Reason]:
    capability = request.capability
    if capability is not None and known.tainted and capability.effect not in {Effect.READ, Effect.FETCH}:
        stricter = replace(capability, effect=Effect.IRREVERSIBLE)
        call = CallOrigins(stricter, request.arguments, known, request.connection)
        yield from untrusted_arguments(GrantedCall(call, _NO_GRANT))


# -- argument by argument ----------------------------------------------------------------------------------------------


def untrusted_arguments(granted: GrantedCall) -> Iterator[Reason]:
    """What of a consequential call no trusted origin speaks for.

    Before untrusted text was read, the agent's own words are nobody's but its own: then only where a call goes that
    others see, what it touches and how much, and what leads elsewhere in it, need an origin.
    """
    call, pointed = granted.call, False
    for argument in call.capability.arguments:
        value = call.arguments.get(argument.name)
        if not given(value):
            continue
        against = _against_argument(argument, value, granted)
        yield from against
        pointed = pointed or (not against and argument.role in VALUES)
    yield from call.once("split", lambda: list(_split(call)))
    if not pointed and call.known.tainted and call.reaches_others and granted.agreed is None:
        yield UNPOINTED


def sure_to_ask(granted: GrantedCall) -> bool:
    """Is it known from a grant before that a text of this call asks? Then this grant cannot help."""
    return any(
        argument.worded and granted.call.found(_text_key(argument, granted))
        for argument in granted.call.worded
    )


def _text_key(argument: Argument, granted: GrantedCall) -> tuple[Any, ...]:
    """Of a grant, what speaks against a text depends only on which texts must be the person's."""
    return ("against", argument.name, granted.bound)


def _against_argument(argument: Argument, value: Any, granted: GrantedCall) -> list[Reason]:
    if not argument.worded:
        return list(_against_value(argument, value, granted))
    return granted.call.once(
        _text_key(argument, granted), lambda: list(_against_text(argument, value, granted))
    )


def _against_text(argument: Argument, value: Any, granted: GrantedCall) -> Iterator[Reason]:
    return (_against_name if argument.role is Role.NAME else _against_content)(argument, value, granted)


# Why a value that stands in the person's words, or that the task made, speaks for nothing all the same.
SAID_OTHERWISE = {From.MIXED: "object_mixed", From.MENTIONED: "dest_mentioned"}


def _against_value(argument: Argument, value: Any, granted: GrantedCall) -> Iterator[Reason]:
    match argument.role:
        case Role.DEST | Role.OBJECT | Role.VALUE:
            for single in argument.values(value):
                origin = value_origin(argument, single, granted)
                if not origin.trusted:
                    code = SAID_OTHERWISE.get(origin.source, f"{argument.role.value}_unknown")
                    yield Reason(code, {"title": argument.title, "value": _short(single)})
        case Role.TIME:
            if not readable_time(value):
                yield Reason("time_unreadable", {"title": argument.title, "value": _short(value)})
        case Role.QUERY if granted.call.capability.effect is Effect.FETCH:
            yield from _against_name(argument, value, granted)


def _against_name(argument: Argument, value: Any, granted: GrantedCall) -> Iterator[Reason]:
    for name in map(str, argument.values(value)):
        if reason := _unsafe(argument, name, granted):
            yield reason
        elif _must_be_own(argument, granted) and not name_origin(argument, name, granted).trusted:
            yield Reason("name_unknown", {"title": argument.title, "value": _short(name)})


def _against_content(argument: Argument, value: Any, granted: GrantedCall) -> Iterator[Reason]:
    text = "\n".join(map(str, argument.values(value)))
    if reason := _unsafe(argument, text, granted):
        yield reason
    elif _must_be_own(argument, granted) and not is_spoken(argument, text, granted):
        yield Reason("content_prose", {"title": argument.title})


def _unsafe(argument: Argument, text: str, granted: GrantedCall) -> Reason | None:
    """It leads elsewhere, or it holds signs that could say anything: nobody's grant lets that through."""
    text = unanswered(argument, text, granted.call)
    if is_foreign(text, granted.call):
        return Reason("content_leads", {"title": argument.title})
    if granted.call.known.tainted and is_odd(argument, text, granted):
        return Reason("content_signs", {"title": argument.title})
    return None


def _must_be_own(argument: Argument, granted: GrantedCall) -> bool:
    return granted.call.known.tainted and not granted.free(argument)


def _split(call: CallOrigins) -> Iterator[Reason]:
    """A link or a code that is spread over several arguments, or several elements of a list."""
    texts = [
        str(text)
        for argument in call.worded
        if argument.worded
        for text in argument.values(call.arguments[argument.name])
    ]
    if len(texts) < 2 or any(is_foreign(text, call) for text in texts):
        return
    for earlier, later in pairwise(texts):
        seam = undisguised(earlier.rstrip())[-80:] + undisguised(later.lstrip())[:80]
        apart = is_leading(earlier, call) or is_leading(later, call)
        # “Question 50” and “Hello” are no code; digits on both sides of the seam may be one.
        digits = _holds_digit(earlier.split()[-1:]) and _holds_digit(later.split()[:1])
        if (
            not apart
            and (holds_link(seam) or (digits and holds_code(seam)))
            and phrase(words(seam)) not in call.known.phrase
        ):
            yield Reason("content_split")
            return


def _holds_digit(tokens: list[str]) -> bool:
    return any(sign.isdigit() for sign in "".join(tokens))


def _short(value: object) -> str:
    text = spelled_out(" ".join(str(value).split()))
    return text if len(text) <= 80 else text[:79] + "…"
