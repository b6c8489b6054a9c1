"""Where each argument of an ask comes from, for the person who answers it: plain data, stored with the ask."""

from collections.abc import Mapping
from typing import Any

from agents.policy.asking import agreed
from agents.policy.declarations import Argument, Role
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.language.tokens import clean, skeleton, tokens, words
from agents.policy.provenance import Provenance, Text
from agents.policy.text_origins import Piece, content_pieces, foreign, name_origin, odd, own, shared
from agents.policy.value_origins import Asked, From, Origin, given, origin, told_apart

AROUND = 160  # characters of the text before and after a value
SENTENCE = 4  # words: fewer in a row stand in any text
MOST = 50  # values of an argument that are explained one by one

Said = dict[str, Any]  # {"code": one of ``reasons.SAYS``, "params": {…}}

TEXTS = {From.LEADS: "text_leads", From.RESULT: "text_result", From.LISTED: "text_listed"}


def explain(request: Request, grant: GrantFact, facts: Facts) -> list[dict[str, Any]]:
    """One record an argument, as JSON: ``argument, title, role, values``; a value has its ``pieces``, each with
    ``from`` (:class:`From`), and ``said``, ``trusted``, ``call``, ``around`` (before, token, after), ``warning``.
    ``said`` and ``warning`` are codes with parameters."""
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
    if not found.trusted and found.source is not From.MIXED and (source := known.source(text)) is not None:
        found = Origin(From.RESULT, source.call)
    said = _says(found, source)
    if found.source is From.LIMITS:
        said = _said("from_limits", limit=dict(asked.grant.limits[argument.name]))
    warning = _warning(argument, text, asked) if not found.trusted else {}
    return _record([(text, found)], found, said, _around(source.text, text) if source else None, warning)


def _worded(argument: Argument, text: str, asked: Asked) -> dict[str, Any]:
    pieces = [(one.text, _copied(one, asked.known)) for one in content_pieces(text, asked)]
    pieces = pieces or [(text, Origin(From.AGENT))]
    sources = {one.source for _, one in pieces}
    theirs = (
        name_origin(argument, text, asked).trusted
        if argument.role is Role.NAME
        else _one_piece(argument, asked)
    )
    if theirs and not foreign(text, asked):
        pieces, sources = [(text, Origin(From.PERSON))], {From.PERSON}
    anew = sources == {From.PERSON} and shared(asked) and not theirs
    worst = next(
        (one for one in (From.LEADS, From.RESULT, From.AGENT, From.LISTED) if one in sources), From.PERSON
    )
    worded = "text_anew" if anew else TEXTS.get(worst, "from_agent" if worst is From.AGENT else "from_person")
    found = next((one for _, one in pieces if one.source is worst), Origin(worst))
    found = Origin(From.AGENT) if anew else found
    odd_signs = _said("odd") if odd(argument, text, asked) else {}
    return _record(pieces, found, _said(worded), None, odd_signs if clean(text) else _said("hidden"))


def _one_piece(argument: Argument, asked: Asked) -> bool:
    """What others see is theirs in one piece or not at all."""
    return shared(asked) and own(argument, asked)


def _copied(piece: Piece, known: Provenance) -> Origin:
    """Where a line stands in what was read: also one that the rules need not tell from the agent's own, as a quote."""
    found = words(piece.text)
    if piece.origin.source is not From.AGENT or len(found) < SENTENCE:
        return piece.origin
    read = known.copied(found)
    return piece.origin if read is None else Origin(From.RESULT, read.call)


def _record(
    pieces: list[tuple[str, Origin]], found: Origin, said: Said, around: list[str] | None, warning: Said
) -> dict[str, Any]:
    return {
        "pieces": [
            {"text": text, "from": one.source.value, "call": one.call or None} for text, one in pieces
        ],
        "from": found.source.value,
        "trusted": found.trusted,
        "said": said,
        "call": found.call or None,
        "around": around,
        "warning": warning,
    }


def _says(found: Origin, source: Text | None) -> Said:
    title = source.title if source else ""
    match found.source:
        case From.RESULT if found.call:
            return _said("from_result", call=found.call, title=title)
        case From.RESULT:
            return _said("from_attached", title=title)
        case From.LOOKUP | From.CREATED | From.LISTED | From.MIXED:
            return _said(f"from_{found.source.value}", call=found.call)
    return _said(f"from_{found.source.value}")


def _said(code: str, **params: Any) -> Said:
    return {"code": code, "params": params}


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


def _warning(argument: Argument, text: str, asked: Asked) -> Said:
    """Something the eye would not see: hidden characters, letters that imitate others."""
    if not clean(text):
        return _said("hidden")
    shape = skeleton(text)
    for one in _trusted(argument, asked):
        if one.casefold() != text.casefold() and skeleton(one) == shape:
            return _said("lookalike", other=one)
    if argument.role is Role.DEST and not text.isascii():
        return _said("alphabets")
    return {}


def _trusted(argument: Argument, asked: Asked) -> list[str]:
    """What a look-alike would imitate: the person's own tokens and addresses, the values of the grant's limits."""
    limit: Mapping[str, Any] = asked.grant.limits.get(argument.name, {})
    only = limit.get("only", [])
    named = [str(one) for one in only] if isinstance(only, list) else []
    return [*tokens(asked.known.written), *sorted(asked.known.own), *named]
