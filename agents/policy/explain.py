"""Where each argument of an ask comes from, for the person who answers it: plain data, stored with the ask."""

from typing import Any

from agents.policy.declarations import Argument, Role
from agents.policy.evaluation import Evaluation, GrantedCall
from agents.policy.facts import GrantFact
from agents.policy.language.tokens import hides_nothing, skeleton, tokens, words
from agents.policy.origin import UNKNOWN, From, Origin
from agents.policy.provenance import Provenance, Text
from agents.policy.text_origins import Piece, is_foreign, is_odd, is_own, name_origin, pieces
from agents.policy.value_origins import value_origin
from agents.policy.values import given

AROUND = 160  # characters of the text before and after a value
SENTENCE = 4  # words: fewer in a row stand in any text
MOST = 50  # values of an argument that are explained one by one

Sentence = dict[str, Any]  # {"code": one of ``reasons.SAYS``, "params": {…}}


def explain(evaluation: Evaluation, grant: GrantFact) -> list[dict[str, Any]]:
    """One record an argument, as JSON: ``argument, title, role, values``; a value has its ``pieces``, each with
    ``from`` (:class:`From`), and ``said``, ``trusted``, ``call``, ``around`` (before, token, after), ``warning``.
    ``said`` and ``warning`` are codes with parameters."""
    granted = evaluation.under(grant)
    if granted is None:
        return []
    call = granted.call
    return [
        _argument(argument, call.arguments[argument.name], granted)
        for argument in call.capability.arguments
        if given(call.arguments.get(argument.name))
    ]


def _argument(argument: Argument, value: Any, granted: GrantedCall) -> dict[str, Any]:
    explain_one = _text if argument.open else _value
    singles = list(argument.values(value))[:MOST]
    return {
        "argument": argument.name,
        "title": argument.title,
        "role": argument.role.value,
        "values": [explain_one(argument, single, granted) for single in singles],
    }


# -- values ------------------------------------------------------------------------------------------------------------


def _value(argument: Argument, value: Any, granted: GrantedCall) -> dict[str, Any]:
    known, text = granted.call.known, str(value)
    origin = UNKNOWN
    if argument.role in {Role.DEST, Role.OBJECT, Role.VALUE}:
        origin = value_origin(argument, value, granted)
    read = None
    if not origin.trusted and origin.source is not From.MIXED and (read := known.source(text)) is not None:
        origin = Origin(From.RESULT, read.call)
    said = _of_origin(origin, read)
    if origin.source is From.LIMITS:
        said = _said("from_limits", limit=dict(granted.grant.limits[argument.name]))
    warning = _warning(argument, text, granted) if not origin.trusted else {}
    return _record([(text, origin)], origin, said, _around(read.text, text) if read else None, warning)


def _of_origin(origin: Origin, read: Text | None) -> Sentence:
    title = read.title if read else ""
    match origin.source:
        case From.RESULT if origin.call:
            return _said("from_result", call=origin.call, title=title)
        case From.RESULT:
            return _said("from_attached", title=title)
        case From.LOOKUP | From.CREATED | From.LISTED | From.MIXED | From.ALLOWED | From.ENDORSED | From.CODE:
            return _said(f"from_{origin.source.value}", call=origin.call)
    return _said(f"from_{origin.source.value}")


def _around(text: str, value: str) -> list[str] | None:
    start = text.casefold().find(value.casefold())
    if start < 0 or len(text.casefold()) != len(text):
        return None
    end = start + len(value)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return [
        f"…{before}" if start > AROUND else before,
        text[start:end],
        f"{after}…" if end + AROUND < len(text) else after,
    ]


def _warning(argument: Argument, text: str, granted: GrantedCall) -> Sentence:
    """Something the eye would not see: hidden characters, letters that imitate others."""
    if not hides_nothing(text):
        return _said("hidden")
    shape = skeleton(text)
    for trusted in _trusted(argument, granted):
        if trusted.casefold() != text.casefold() and skeleton(trusted) == shape:
            return _said("lookalike", other=trusted)
    if argument.role is Role.DEST and not text.isascii():
        return _said("alphabets")
    return {}


def _trusted(argument: Argument, granted: GrantedCall) -> list[str]:
    """What a look-alike would imitate: the person's own tokens and addresses, the values of the grant's limits."""
    known, only = granted.call.known, granted.grant.limits.get(argument.name, {}).get("only", [])
    limits = [str(pattern) for pattern in only] if isinstance(only, list) else []
    return [*tokens(known.written), *sorted(known.own), *limits]


# -- texts -------------------------------------------------------------------------------------------------------------

WORST_FIRST = {
    From.LEADS: "text_leads",
    From.RESULT: "text_result",
    From.AGENT: "from_agent",
    From.LISTED: "text_listed",
}


def _text(argument: Argument, value: Any, granted: GrantedCall) -> dict[str, Any]:
    text, call = str(value), granted.call
    parts = [(piece.text, _copied(piece, call.known)) for piece in pieces(text, call)]
    parts = parts or [(text, Origin(From.AGENT))]
    theirs = _is_theirs(argument, text, granted)
    if theirs and not is_foreign(text, call):
        parts = [(text, Origin(From.PERSON))]
    sources = {origin.source for _, origin in parts}
    if sources == {From.PERSON} and call.shared and not theirs:
        origin, code = Origin(From.AGENT), "text_anew"
    else:
        worst = next((source for source in WORST_FIRST if source in sources), From.PERSON)
        origin = next((origin for _, origin in parts if origin.source is worst), Origin(worst))
        code = WORST_FIRST.get(worst, "from_person")
    warning = _said("odd") if is_odd(argument, text, granted) else {}
    return _record(parts, origin, _said(code), None, warning if hides_nothing(text) else _said("hidden"))


def _is_theirs(argument: Argument, text: str, granted: GrantedCall) -> bool:
    """What others see is the person's in one piece or not at all."""
    if argument.role is Role.NAME:
        return name_origin(argument, text, granted).trusted
    return granted.call.shared and is_own(argument, granted)


def _copied(piece: Piece, known: Provenance) -> Origin:
    """Where a line stands in what was read: also one that the rules need not tell from the agent's own, as a quote."""
    found = words(piece.text)
    if piece.origin.source is not From.AGENT or len(found) < SENTENCE:
        return piece.origin
    read = known.copied(found)
    return piece.origin if read is None else Origin(From.RESULT, read.call)


# -- records -----------------------------------------------------------------------------------------------------------


def _record(
    parts: list[tuple[str, Origin]],
    origin: Origin,
    said: Sentence,
    around: list[str] | None,
    warning: Sentence,
) -> dict[str, Any]:
    return {
        "pieces": [
            {"text": text, "from": origin.source.value, "call": origin.call or None} for text, origin in parts
        ],
        "from": origin.source.value,
        "trusted": origin.trusted,
        "said": said,
        "call": origin.call or None,
        "around": around,
        "warning": warning,
    }


def _said(code: str, **params: Any) -> Sentence:
    return {"code": code, "params": params}
