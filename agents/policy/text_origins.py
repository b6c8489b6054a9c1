"""Where the words of a call come from: names and texts of the agent's making, times, and what leads elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from agents.policy.declarations import Argument, Effect, Role
from agents.policy.language.alphabet import strange
from agents.policy.language.amounts import MONTHS
from agents.policy.language.items import JOINS, MORE_GRAMMAR
from agents.policy.language.links import CLOCK, DATE, SPREAD, leads, secret
from agents.policy.language.naming import GRAMMAR
from agents.policy.language.stretches import Span, one_space
from agents.policy.language.tokens import clean, compared, exact, placed, stands, words
from agents.policy.provenance import Provenance
from agents.policy.value_origins import UNKNOWN, Asked, From, Origin, digits, given, told_apart

ITEM = 4  # words of an item that is copied as it stands
MOST_ITEMS, MOST_LISTED = 16, 24  # items that are copied into one text, and their words
_SENTENCE = (GRAMMAR | MORE_GRAMMAR) - JOINS  # an item that holds one of these is a piece of a sentence
LOOSE = 4  # words of one text that were taken out of sentences, where they are no item of a list


def free(argument: Argument, asked: Asked) -> bool:
    """Does the grant, or a yes to calls like this one, let the argument hold words that are not the person's?"""
    return bool(asked.grant.limits.get(argument.name)) or asked.agreed is not None


def shared(asked: Asked) -> bool:
    """Will somebody else see it? Then no word of it is the agent's choice."""
    return asked.reaches_others or asked.capability.effect is Effect.FETCH


# -- the person's words, and nothing else ----------------------------------------------------------------------------


def own(argument: Argument, asked: Asked) -> bool:
    """Is every text of this argument one whole stretch of the person's, each used once in the call?"""
    names = tuple(one.name for one in _worded(asked) if not free(one, asked))
    found: dict[str, bool] = asked.once(("own", *names), lambda: _own(names, asked))
    return found.get(argument.name, False)


def _worded(asked: Asked) -> Iterator[Argument]:
    for one in asked.capability.arguments:
        query = one.role is Role.QUERY and asked.capability.effect is Effect.FETCH
        if (one.worded or query) and given(asked.arguments.get(one.name)):
            yield one


def _own(names: tuple[str, ...], asked: Asked) -> dict[str, bool]:
    used: list[Span] = []
    found = {}
    for argument in _worded(asked):
        if argument.name in names:
            texts = [str(one) for one in told_apart(argument, asked.arguments[argument.name])]
            found[argument.name] = all(_once(argument, one, asked, used) for one in texts)
    return found


def _once(argument: Argument, text: str, asked: Asked, used: list[Span]) -> bool:
    if argument.worded and argument.role is Role.NAME and _catalogued(text, asked):
        return True
    if compared(text) in asked.known.own and exact(text):  # their own address, into a form
        return True
    stretches = asked.known.stretches
    places = [*stretches.stretches(text, word=True)] if clean(text.replace("\n", " ")) else []
    if argument.role is not Role.CONTENT and exact(text):
        places += stretches.phrases(text)
    place = next((one for one in places if not any(_overlap(one, other) for other in used)), None)
    if place is not None:
        used.append(place)
    return place is not None


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _catalogued(text: str, asked: Asked) -> bool:
    return text in asked.known.catalogue and exact(text)


def name_origin(argument: Argument, text: str, asked: Asked) -> Origin:
    """A name is a phrase of the person's or a public catalogue's; what only the owner sees may be spelled anew."""
    if own(argument, asked):
        return Origin(From.LOOKUP if _catalogued(text, asked) else From.PERSON)
    anew = not shared(asked) and exact(text) and asked.known.stretches.spelled(text) is not None
    return Origin(From.PERSON) if anew else UNKNOWN


# -- texts, line by line -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a text and where it comes from. ``listed``, ``loose``: its copied words; those out of sentences."""

    text: str
    origin: Origin
    items: int = 0
    listed: int = 0
    loose: int = 0


@dataclass(slots=True)
class _Reading:
    """One text as it is looked at: what of the person's words is used, and how far their items have come."""

    asked: Asked
    used: list[Span] = field(default_factory=list)
    at: int = 0


def content_pieces(text: str, asked: Asked) -> list[Piece]:
    """A text line by line: the person's words, copied items, the agent's own words, what leads elsewhere."""
    found: list[Piece] = asked.once(("pieces", text), lambda: _pieces(text, asked))
    return found


def _pieces(text: str, asked: Asked) -> list[Piece]:
    reading = _Reading(asked)
    found = [_line(line, reading) for line in text.splitlines(keepends=True)]
    items, listed, loose = (
        (sum(counts) for counts in zip(*((p.items, p.listed, p.loose) for p in found), strict=True))
        if found
        else (0, 0, 0)
    )
    if items > MOST_ITEMS or listed > MOST_LISTED or loose > LOOSE:  # over the whole text: a letter in pieces
        return [replace(one, origin=_prose(one.origin)) if one.items else one for one in found]
    return found


def _prose(origin: Origin) -> Origin:
    return Origin(From.RESULT, origin.call) if origin.call else Origin(From.AGENT)


def _line(line: str, reading: _Reading) -> Piece:
    asked, bare = reading.asked, line.strip()
    known, found = asked.known, words(line)
    if found and clean(line) and (told := known.told_whole(bare)) is not None:
        return Piece(line, Origin(From.LOOKUP, told.call))
    if foreign(line, asked):
        return Piece(line, Origin(From.LEADS))
    if not found:
        ruler = not bare or (len(set(bare)) == 1 and bare[0] in _MARKS and len(bare) < 100)
        return Piece(line, Origin(From.PERSON if ruler else From.AGENT))
    if not clean(bare):
        return Piece(line, Origin(From.AGENT))
    for place in known.stretches.stretches(bare):
        if not any(_overlap(place, one) for one in reading.used):
            reading.used.append(place)
            return Piece(line, Origin(From.PERSON))
    return Piece(line, Origin(From.AGENT)) if shared(asked) else _items(line, reading)


_MARKS = "-–—*•·.,:;!?()[]\"'“”‘’„#_=+/&|>"
_LIST_MARK = re.compile(r"\s*(?:[-*•–·]|\d{1,2}[.)])\s+")


def _items(line: str, reading: _Reading) -> Piece:
    """Short items as they stand in what was read, or in the instruction (“brown sugar”): things, no sentences."""
    known = reading.asked.known
    items = listed = loose = call = 0
    for part in re.split(r"[,;:•|]", _LIST_MARK.sub("", line, count=1)):
        item = one_space(part).strip(" .")
        if not item:
            continue
        size = len(words(item))
        place = known.stretches.spelled(item, most=ITEM, after=reading.at)
        if place is not None and not known.stretches.turned(*place):
            reading.at = place[1]
        else:
            source = known.item(item) if _a_thing(item) else None
            if source is None:
                whole = known.copied(words(line)) if len(words(line)) > 2 else None
                return Piece(line, _prose(Origin(From.AGENT, whole.call if whole else 0)))
            call = call or source[0].call
            loose += 0 if source[1] else size
        items, listed = items + 1, listed + size
    if not items:
        return Piece(line, Origin(From.AGENT))
    return Piece(line, Origin(From.LISTED, call) if call else Origin(From.PERSON), items, listed, loose)


def _a_thing(item: str) -> bool:
    found = words(item)
    return 0 < len(found) <= ITEM and _SENTENCE.isdisjoint(found) and not JOINS.issuperset(found)


def spoken(argument: Argument, value: object, asked: Asked) -> bool:
    """Is a text the person's own? What only the owner sees may hold items that were read as well."""
    if shared(asked):
        return own(argument, asked)
    text = "\n".join(str(one) for one in told_apart(argument, value))
    return all(one.origin.trusted for one in content_pieces(text, asked))


def odd(argument: Argument, value: object, asked: Asked) -> bool:
    """Does it hold signs beyond the instruction's scripts, common marks and few emoji? The person's stretches may."""
    if not free(argument, asked) and own(argument, asked):
        return False
    text = "\n".join(str(one) for one in told_apart(argument, value))
    known = asked.known
    found: bool = asked.once(
        ("odd", text), lambda: strange(text, known.stretches.scripts, known.stretches.runs)
    )
    return found


# -- what leads elsewhere ----------------------------------------------------------------------------------------------


def _theirs(text: str, known: Provenance) -> bool:
    """Is everything in it that leads somewhere, or could be a code, a whole token of the person's?"""
    if not clean(text):
        return False
    rest = text
    for token in sorted(set(re.findall(r"\S+", text)), key=len, reverse=True):
        bare = token.strip("()<>[]{}\"'“”‘’„.,;:!?")
        if not bare or not (leads(bare) or secret(bare)):
            continue  # what is harmless alone stays: put together it may not be
        if not stands(placed(bare), known.placed) and compared(bare) not in known.own:
            return False
        rest = _without(token, rest)
    for found in SPREAD.findall(rest):
        if stands(placed(found), known.placed):
            rest = _without(found, rest)
    return not (leads(rest) or secret(rest))


def _without(token: str, text: str) -> str:
    """Without this token where it stands alone; a space would let what is before and behind it come together."""
    return re.sub(rf"(?<!\S){re.escape(token)}(?!\S)", " … ", text)


def foreign(text: str, asked: Asked) -> bool:
    """Does it hold a link, an address or a code that the person did not write?"""
    return leading(text, asked) and bool(asked.once(("theirs", text), lambda: not _theirs(text, asked.known)))


def leading(text: str, asked: Asked) -> bool:
    """Does it hold a link, an address or a code, whoever wrote it?"""
    return bool(asked.once(("leading", text), lambda: leads(text) or secret(text)))


_MOMENT = re.compile(
    rf"{DATE.pattern}|{CLOCK.pattern}(?:[.,]\d{{1,6}})?z?|[+-]\d\d:?\d\d|\d{{1,2}}(?:st|nd|rd|th|\.|[ap]m|h)?|(?:19|20)\d\d"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./](?:(?:19|20)\d\d)?|(?:{MONTHS})\.?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?"
    r"|sun)(?:day)?|[ap]\.?m\.?|utc|gmt|[tz]|at|of|the|-",
    re.IGNORECASE,
)
_LATEST = 4_102_444_800_000  # milliseconds: the year 2100


def readable_time(value: Any) -> bool:
    """A date or a time, and nothing that could be a message: no more digits than a moment has."""
    if isinstance(value, int):
        return not isinstance(value, bool) and 0 <= value <= _LATEST
    if not isinstance(value, str) or len(value) > 40 or digits(value) > 24 or not exact(value):
        return False
    apart = re.sub(r"(?<=\d)(T)(?=\d\d:)|(?<=\d)(?=[+-]\d\d:?\d\d$)|(?<=\d)(?=[zZ]$)", " ", value)
    parts = apart.replace(",", " ").split()
    return 0 < len(parts) <= 8 and all(_MOMENT.fullmatch(one) for one in parts)
