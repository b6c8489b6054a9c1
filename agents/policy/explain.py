"""Where each argument of an ask comes from, for the person who answers it: plain data, stored with the ask."""

from collections.abc import Mapping
from typing import Any

from agents.policy.asking import agreed
from agents.policy.facts import Argument, Facts, GrantFact, Request, Role
from agents.policy.limits import in_words
from agents.policy.origins import Asked, From, Origin, given, origin, told_apart
from agents.policy.provenance import Provenance, Text
from agents.policy.tokens import clean, skeleton, tokens, words
from agents.policy.wording import Piece, content_pieces, foreign, name_origin

AROUND = 160  # characters of the text before and after a value
SENTENCE = 4  # words: fewer in a row stand in any text
MOST = 50  # values of an argument that are explained one by one

SAYS = {
    From.PERSON: "Your words in the instruction",
    From.OWN: "Your own address",
    From.SAFE: "One of the values that need no origin",
    From.LOOKUP: "From a trusted lookup: call {call}",
    From.CREATED: "Made by this task: call {call}",
    From.LISTED: "Listed by call {call}",
    From.AGREED: "As in a call that you allowed",
    From.RESULT: "Not your words: it stands in what call {call} returned ({title})",
    From.AGENT: "The agent's words, not yours",
    From.LEADS: "Leads somewhere, or could be a code, and you did not write it",
    From.UNKNOWN: "Neither in your words nor in anything that was read",
}


def explain(request: Request, grant: GrantFact, facts: Facts) -> list[dict[str, Any]]:
    """One record an argument, as JSON: ``argument, title, role, values``; a value has its ``pieces``, each with
    ``from`` (:class:`From`), and ``text``, ``trusted``, ``call``, ``around`` (before, token, after), ``warning``."""
    known = facts.provenance
    if known is None or request.capability is None:
        return []
    asked = Asked(request.capability, request.arguments, grant, known, agreed(request, grant, facts))
    return [
        _argument(one, request.arguments[one.name], asked)
        for one in request.capability.arguments
        if given(request.arguments.get(one.name))
    ]


def _argument(argument: Argument, value: Any, asked: Asked) -> dict[str, Any]:
    values = list(told_apart(argument, value))[:MOST]
    told = [
        _worded(argument, str(one), asked) if argument.worded else _value(argument, one, asked)
        for one in values
    ]
    return {"argument": argument.name, "title": argument.title, "role": argument.role.value, "values": told}


def _value(argument: Argument, value: Any, asked: Asked) -> dict[str, Any]:
    known, text = asked.known, str(value)
    found = Origin(From.UNKNOWN)
    if argument.role in {Role.DEST, Role.OBJECT, Role.VALUE}:
        found = origin(argument, value, asked)
    source = None
    if not found.trusted and (source := known.source(text)) is not None:
        found = Origin(From.RESULT, source.call)
    said = _says(found, known, source)
    if found.source is From.LIMITS:
        said = f"Inside the grant's limits: {in_words(asked.grant.limits[argument.name])}"
    warning = _warning(argument, text, asked) if not found.trusted else ""
    return _record([(text, found)], found, said, _around(source.text, text) if source else None, warning)


def _worded(argument: Argument, text: str, asked: Asked) -> dict[str, Any]:
    pieces = [(one.text, _copied(one, asked.known)) for one in content_pieces(text, asked)]
    pieces = pieces or [(text, Origin(From.AGENT))]
    sources = {one.source for _, one in pieces}
    if argument.role is Role.NAME and name_origin(text, asked.known).trusted and not foreign(text, asked):
        pieces, sources = [(text, Origin(From.PERSON))], {From.PERSON}
    worst = next(
        (one for one in (From.LEADS, From.RESULT, From.AGENT, From.LISTED) if one in sources), From.PERSON
    )
    found = next((one for _, one in pieces if one.source is worst), Origin(worst))
    said = {
        From.LEADS: "Holds a link, an address or a code that you did not write",
        From.RESULT: "Copies sentences from what was read",
        From.AGENT: "The agent's words, not yours",
        From.LISTED: "Copies single items from what was read",
    }.get(worst, SAYS[From.PERSON])
    return _record(pieces, found, said, None, "" if clean(text) else "It holds characters that do not show.")


def _copied(piece: Piece, known: Provenance) -> Origin:
    """Where a line stands in what was read: also one that the rules need not tell from the agent's own, as a quote."""
    found = words(piece.text)
    if piece.origin.source is not From.AGENT or len(found) < SENTENCE:
        return piece.origin
    read = known.copied(found)
    return piece.origin if read is None else Origin(From.RESULT, read.call)


def _record(
    pieces: list[tuple[str, Origin]], found: Origin, said: str, around: list[str] | None, warning: str
) -> dict[str, Any]:
    return {
        "pieces": [
            {"text": text, "from": one.source.value, "call": one.call or None} for text, one in pieces
        ],
        "from": found.source.value,
        "trusted": found.trusted,
        "text": said,
        "call": found.call or None,
        "around": around,
        "warning": warning,
    }


def _says(found: Origin, known: Provenance, source: Text | None) -> str:
    title = source.title if source else ""
    if found.source is From.RESULT and not found.call:
        return f"Not your words: it stands in {title}"
    return SAYS.get(found.source, "").format(call=found.call, title=title)


def _around(text: str, value: str) -> list[str] | None:
    at = text.casefold().find(value.casefold())
    if at < 0 or len(text.casefold()) != len(text):
        return None
    end = at + len(value)
    before, after = text[max(0, at - AROUND) : at], text[end : end + AROUND]
    return [
        f"…{before}" if at > AROUND else before,
        text[at:end],
        f"{after}…" if end + AROUND < len(text) else after,
    ]


def _warning(argument: Argument, text: str, asked: Asked) -> str:
    """Something the eye would not see: hidden characters, letters that imitate others."""
    if not clean(text):
        return "It holds characters that do not show."
    shape = skeleton(text)
    for one in _trusted(argument, asked):
        if one.casefold() != text.casefold() and skeleton(one) == shape:
            return f"Looks like {one} but is not."
    if argument.role is Role.DEST and not text.isascii():
        return "It holds letters that other alphabets share in looks."
    return ""


def _trusted(argument: Argument, asked: Asked) -> list[str]:
    """What a look-alike would imitate: the person's own tokens and addresses, the values of the grant's limits."""
    limit: Mapping[str, Any] = asked.grant.limits.get(argument.name, {})
    only = limit.get("only", [])
    named = [str(one) for one in only] if isinstance(only, list) else []
    return [*tokens(asked.known.written), *sorted(asked.known.own), *named]
