"""Where one value of a call comes from: the question behind every decision after untrusted text was read."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.policy.codes import is_code
from agents.policy.declarations import Argument, Effect, Role
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.fitting import fits, is_mandate, may_fit
from agents.policy.language.amounts import read_number
from agents.policy.language.naming import GRAMMAR, is_addressed, is_named, is_worded
from agents.policy.language.tokens import compared, is_exact, is_token, placed, words
from agents.policy.limits import is_number, within
from agents.policy.origin import UNKNOWN, From, Origin
from agents.policy.places import host_of, is_below, named_above, names_site
from agents.policy.provenance import WHOLE, Listed, Provenance

LONGEST_TOKEN = 300  # characters: no destination, object or value is longer


def value_origin(argument: Argument, value: Any, granted: GrantedCall) -> Origin:
    """Where one value of a *dest*, *object* or *value* comes from; of a list, one element.

    What others see must hold nothing of what others wrote, whoever names it: a thing inherits the weakest origin of
    what was put into it.
    """
    call = granted.call
    found = _under_grant(argument, value, granted)
    if argument.role is Role.DEST and found.source is From.PERSON and _worded_freely(granted):
        key = ("addressed", argument.name, str(value))
        if not call.once(key, lambda: is_addressed(compared(str(value)), call.known.compared)):
            return Origin(From.MENTIONED)
    inherits = argument.role is Role.OBJECT or found.source is From.CREATED
    if found.trusted and found.source is not From.AGREED and inherits and call.reaches_others:
        mixed_by = call.known.mixed.call(argument.kind, str(value))
        return found if mixed_by is None else Origin(From.MIXED, mixed_by)
    return found


def _worded_freely(granted: GrantedCall) -> bool:
    """Does the grant let the call say what the person did not? Then who is only mentioned is not the one to be told."""
    capability, limits = granted.call.capability, granted.grant.limits
    return capability.effect is not Effect.FETCH and any(
        limits.get(argument.name) for argument in capability.arguments if argument.worded
    )


def _under_grant(argument: Argument, value: Any, granted: GrantedCall) -> Origin:
    call, agreed = granted.call, granted.agreed
    if str(value) in argument.safe or (isinstance(value, bool) and str(value).lower() in argument.safe):
        return Origin(From.SAFE)
    limit = granted.grant.limits.get(argument.name)
    if limit and within(limit, value):
        return Origin(From.LIMITS)
    if agreed is not None and agreed.arguments.get(argument.name) == call.arguments.get(argument.name):
        return Origin(From.AGREED)
    key = ("value", argument.name, type(value).__name__, str(value))
    return call.once(key, lambda: _found(argument, value, call))


def _found(argument: Argument, value: Any, call: CallOrigins) -> Origin:
    if isinstance(value, bool):
        return UNKNOWN
    if isinstance(value, int | float):
        return _number(argument, value, call)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TOKEN or not is_exact(value):
        return UNKNOWN
    if value != " ".join(value.split()):  # what a service makes of other spaces is not known
        return UNKNOWN
    return _token(argument, value, call)


def _number(argument: Argument, value: int | float, call: CallOrigins) -> Origin:
    if not is_number(value):
        return UNKNOWN
    if argument.role is Role.OBJECT:
        return _object(argument, str(value), call)
    if argument.role is not Role.VALUE:
        return UNKNOWN
    number = Decimal(str(value))
    if number in call.known.numbers:
        return Origin(From.PERSON)
    looked_up = call.known.looked_up_values.get(number)
    if looked_up is not None:
        return Origin(From.LOOKUP, looked_up)
    ticked = call.known.vouched.number(number)
    return UNKNOWN if ticked is None else Origin(From.ENDORSED, ticked)


def _token(argument: Argument, value: str, call: CallOrigins) -> Origin:
    known, kind, token = call.known, argument.kind, compared(value)
    if argument.role is Role.OBJECT:
        return _object(argument, value, call)
    if argument.role is Role.DEST and token in known.own:
        return Origin(From.OWN)
    if _wrote(argument, value, call):
        return Origin(From.PERSON)
    if kind and (looked_up := known.looked_up.get(kind, {}).get(value)) is not None:
        return Origin(From.LOOKUP, looked_up)
    if kind and (created := known.created.get(kind, {}).get(value)) is not None:
        return Origin(From.CREATED, created)
    if argument.role is Role.VALUE and (told := known.looked_up_values.get(token)) is not None:
        return Origin(From.LOOKUP, told)
    if is_code(argument) and (completed := known.completes(value, call.connection)) is not None:
        return Origin(From.CODE, completed)
    return _allowed(argument, value, call) or (
        _within(argument, value, call) if argument.role is Role.DEST else UNKNOWN
    )


def _allowed(argument: Argument, value: str, call: CallOrigins) -> Origin | None:
    if not is_code(argument) and (ticked := call.known.vouched.ticked(value)) is not None:
        return Origin(From.ENDORSED, ticked)
    allowed = call.known.vouched.call(argument, value, call.capability, call.arguments)
    return None if allowed is None else Origin(From.ALLOWED, allowed)


def _within(argument: Argument, value: str, call: CallOrigins) -> Origin:
    """A place below a folder that the task made, or where the person says that things are put; a page of their site."""
    known, kind = call.known, argument.kind
    if call.reaches_others or not kind:
        return UNKNOWN
    if call.capability.effect is Effect.FETCH:
        linked = known.pages.linking(value) if names_site(host_of(value), known.compared) else None
        return UNKNOWN if linked is None else Origin(From.WITHIN, linked)
    for made, number in known.created.get(kind, {}).items():
        if is_below(value, made):
            return Origin(From.WITHIN, number)
    there = known.listed.get(kind, {}).get(value)
    return Origin(From.WITHIN, there.call) if there and named_above(value, known.compared) else UNKNOWN


# What a destination never holds: a second address, a display name, a name before the host.
_SEVERAL = re.compile(r"[<>\"\\,;\s]|@.*@|//[^/]*@")
# The marks of the sentence around a token are not its own: the dot after an address ends the sentence.
_EDGES = re.compile(r"[.,;:!?…'\"“”‘’]$|^[.,;:!?'\"“”‘’*`]|^[(\[{<].*[)\]}>]$")
_FIGURES = re.compile(r"[\d.,'’\s]+")
LONG_NUMBER = 6  # digits: of an account or a telephone; shorter ones stand in dates and amounts too


def _wrote(argument: Argument, value: str, call: CallOrigins) -> bool:
    """Did the person write it, as a whole token? One letter or a mark alone is no mandate."""
    known, token = call.known, compared(value)
    if sum(sign.isalnum() for sign in token) < 2:
        return False
    if argument.role is Role.DEST and ("@" in token or "/" in token) and _SEVERAL.search(token):
        return False
    if _EDGES.search(token) or any(
        token.count(pair[0]) != token.count(pair[1]) for pair in ("()", "[]", "{}")
    ):
        return False
    # An amount as text is one where it would be one as a number: not in a date, a time, a share.
    digits = sum(sign.isdigit() for sign in token)
    amount = _FIGURES.fullmatch(token) and (argument.role is Role.VALUE or digits < LONG_NUMBER)
    if amount and ((number := read_number(token)) is None or number not in known.numbers):
        return False
    if _ordinary(argument, token, call):
        return False
    return any(_stands(spelling, known) for spelling in _spellings(argument, value))


def _stands(value: str, known: Provenance) -> bool:
    """Of a link only the host has no case."""
    token = compared(value)
    if re.search("[/?#]", token) and not is_token(placed(value), known.placed):
        return False
    return is_token(token, known.compared)


def _spellings(argument: Argument, value: str) -> list[str]:
    """A page may be written without the scheme of the web in front."""
    if argument.role is not Role.DEST or "@" in value or not _PAGE.fullmatch(value):
        return [value]
    return [value, _SCHEME.sub("", value)]


_PAGE = re.compile(r"https?://(?:[\w\-]+\.)+[^\W\d_][\w\-]+(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_SCHEME = re.compile("^https?://", re.IGNORECASE)


# What stands before a value that is one plain word: “set it to”, “mark it as”, “the status is”, “called”.
_SAID = re.compile(
    r"(?:\b(?:to|as|is|be|into|called|named|with|auf|als|mit|zu|ist|sei|heißt|à|comme|est|como|es|a|come|è)|[:=→])"
    r" ?[\"'“”‘’„«`*]*$"
)
_THEM = "it|them|this|these|that|those|all|each|both|everything|es|sie|alle|diese|le|les|lo|los|la|las"
_QUOTE = re.compile(r"[\"'“‘„«`*]$")


def _ordinary(argument: Argument, token: str, call: CallOrigins) -> bool:
    """One plain word of the sentence, and no name or value: any instruction holds many of them.

    A word that says what kind of thing is meant is not the thing (“the password”, “a hotel”). A value that is one plain
    word must be said to be it, or stand in quotes: else a password could be any word of the sentence.
    """
    if not token.isalpha():
        return False
    text, names = call.known.compared, (argument.name, argument.title, argument.kind, call.capability.name)
    nouns = words(" ".join(names))
    if token in GRAMMAR or token in nouns:
        return True
    if argument.role is not Role.VALUE:
        return False
    its = re.compile(rf"\b(?:{'|'.join(map(re.escape, nouns))}) (?:{_THEM}) ?$")  # “label it …”
    places = re.finditer(rf"(?<!\w){re.escape(token)}(?!\w)", text)
    befores = [text[max(0, place.start() - 24) : place.start()] for place in places]
    return not any(way.search(before) for before in befores for way in (_SAID, _QUOTE, its))


def _object(argument: Argument, value: str, call: CallOrigins) -> Origin:
    """An existing thing: one that this task made, that a result listed, or that the person names by its whole id."""
    known, kind = call.known, argument.kind
    if not kind:
        return UNKNOWN
    made = known.created.get(kind, {})
    # Of several that it made, a hijacked model would choose; a person says which one others are to see.
    if value in made and not (call.reaches_others and known.tainted and len(made) > 1):
        return Origin(From.CREATED, made[value])
    if _identified(argument, value, known):
        return Origin(From.PERSON)
    if (allowed := _allowed(argument, value, call)) is not None:
        return allowed
    listed = known.listed.get(kind, {})
    if (found := listed.get(value)) is None:
        return UNKNOWN
    from_list = Origin(From.LISTED, found.call)
    if not known.tainted:  # nobody else has had a say in which one
        return from_list
    if call.reaches_others:
        # Only the one that the person names. Whoever wrote the labels can have named several so: then none is.
        named_whole = [record for record in listed.values() if record.named == WHOLE]
        return from_list if named_whole == [found] or _fits_alone(found, listed, call) else UNKNOWN
    # Where the person names a record of this kind, no other will do; but for one that they leave out, any other.
    named = [record for record in listed.values() if record.named]
    if all(record.excepted for record in named):
        return UNKNOWN if found.excepted else from_list
    return from_list if found.named else UNKNOWN


def _fits_alone(found: Listed, listed: Mapping[str, Listed], call: CallOrigins) -> bool:
    """Is it the only record that the person can mean, and do they ask for what is done to it?"""
    known = call.known
    if not found.own or found.excepted or not fits(found.label, known.compared):
        return False
    if any(other is not found and may_fit(other.label, known.said) for other in listed.values()):
        return False
    return is_mandate(call.capability, known.compared)


def _identified(argument: Argument, value: str, known: Provenance) -> bool:
    """A path, an id or a code stands for itself. One plain word must be said to be a name, since any instruction holds
    many; a bare number must be said to be one: “file 13”, never the 13 of “June 13”.
    """
    token = compared(value)
    if is_worded(token):
        nouns = _nouns(argument)
        ordinary = len(token) < 2 or token in GRAMMAR or token in nouns
        return not ordinary and is_named(
            token, nouns, known.compared, called=bool(argument.called), place=argument.place
        )
    if len(token) >= 4 and not token.isdecimal():
        return is_token(token, known.compared)
    kind = re.escape(compared(argument.kind))
    numbered = rf"(?<!\w){kind}(?: with| mit)?(?: the)?(?: (?:id|number|no\.?|nr\.?))?:? ?#?"
    said = rf"{numbered} ?{re.escape(token)}(?![\w.,:/-]\w|\w|[%/-])"
    return bool(token) and re.search(said, known.compared) is not None


def _nouns(argument: Argument) -> list[str]:
    """What people call such a thing: as its argument and its kind are called, and as is declared."""
    own = words(f"{argument.name} {argument.title} {argument.kind}")
    return [noun for noun in (*own, *map(compared, argument.called)) if noun not in GRAMMAR]
