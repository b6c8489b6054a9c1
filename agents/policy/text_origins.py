"""Where the words of a call come from: names and texts of the agent's making, and what in them leads elsewhere."""

import re
from dataclasses import dataclass, field, replace

from agents.policy.declarations import Argument, Role
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.language.alphabet import is_unusual
from agents.policy.language.items import JOINS, LIST_MARK, MORE_GRAMMAR
from agents.policy.language.links import SPREAD, holds_code, holds_link
from agents.policy.language.naming import GRAMMAR
from agents.policy.language.stretches import Span, one_space
from agents.policy.language.tokens import compared, hides_nothing, is_exact, is_token, placed, words
from agents.policy.origin import UNKNOWN, From, Origin
from agents.policy.provenance import Provenance

# -- the person's words, and nothing else ----------------------------------------------------------------------------


def is_own(argument: Argument, granted: GrantedCall) -> bool:
    """Is every text of this argument one whole stretch of the person's, each used once in the call?"""
    call, names = granted.call, granted.bound
    return argument.name in names and call.once(("own", *names), lambda: _own(names, call))[argument.name]


def _own(names: tuple[str, ...], call: CallOrigins) -> dict[str, bool]:
    used: list[Span] = []
    found = {}
    for argument in call.worded:
        if argument.name in names:
            texts = argument.values(call.arguments[argument.name])
            found[argument.name] = all(_takes(argument, str(text), call.known, used) for text in texts)
    return found


def _takes(argument: Argument, text: str, known: Provenance, used: list[Span]) -> bool:
    """Is it the person's? Its stretch is used then."""
    if argument.role is Role.NAME and _catalogued(text, known):
        return True
    if compared(text) in known.own and is_exact(text):  # their own address, into a form
        return True
    places = [*known.stretches.stretches(text, word=True)] if hides_nothing(text) else []
    if argument.role is not Role.CONTENT and is_exact(text):
        places += known.stretches.phrases(text)
    place = next((place for place in places if _unused(place, used)), None)
    if place is not None:
        used.append(place)
    return place is not None


def _unused(place: Span, used: list[Span]) -> bool:
    return not any(place[0] < end and start < place[1] for start, end in used)


def _catalogued(text: str, known: Provenance) -> bool:
    return text in known.catalogue and is_exact(text)


def name_origin(argument: Argument, text: str, granted: GrantedCall) -> Origin:
    """A name is a phrase of the person's or a public catalogue's; what only the owner sees may be spelled anew."""
    known = granted.call.known
    if is_own(argument, granted):
        return Origin(From.LOOKUP if _catalogued(text, known) else From.PERSON)
    anew = not granted.call.shared and is_exact(text) and known.stretches.spelled(text) is not None
    return Origin(From.PERSON) if anew else UNKNOWN


def is_spoken(argument: Argument, text: str, granted: GrantedCall) -> bool:
    """Is a text the person's own? What only the owner sees may hold items that were read as well."""
    if granted.call.shared:
        return is_own(argument, granted)
    return all(piece.origin.trusted for piece in pieces(text, granted.call))


def is_odd(argument: Argument, text: str, granted: GrantedCall) -> bool:
    """Does it hold signs beyond the instruction's scripts, common marks and few emoji? The person's stretches may."""
    if is_own(argument, granted):
        return False
    stretches = granted.call.known.stretches
    return granted.call.once(("odd", text), lambda: is_unusual(text, stretches.scripts, stretches.runs))


# -- texts, line by line -----------------------------------------------------------------------------------------------

ITEM = 4  # words of an item that is copied as it stands
MOST_ITEMS, MOST_LISTED = 16, 24  # items that are copied into one text, and their words
LOOSE = 4  # words of one text that were taken out of sentences, where they are no item of a list


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

    call: CallOrigins
    used: list[Span] = field(default_factory=list)
    at: int = 0


def pieces(text: str, call: CallOrigins) -> list[Piece]:
    """A text line by line: the person's words, copied items, the agent's own words, what leads elsewhere."""
    return call.once(("pieces", text), lambda: _pieces(text, call))


def _pieces(text: str, call: CallOrigins) -> list[Piece]:
    reading = _Reading(call)
    found = [_line(line, reading) for line in text.splitlines(keepends=True)]
    items, listed, loose = (
        sum(getattr(piece, count) for piece in found) for count in ("items", "listed", "loose")
    )
    if items > MOST_ITEMS or listed > MOST_LISTED or loose > LOOSE:  # over the whole text: a letter in pieces
        return [replace(piece, origin=_prose(piece.origin.call)) if piece.items else piece for piece in found]
    return found


def _prose(call: int) -> Origin:
    return Origin(From.RESULT, call) if call else Origin(From.AGENT)


def _line(line: str, reading: _Reading) -> Piece:
    call, known, bare, found = reading.call, reading.call.known, line.strip(), words(line)
    if found and hides_nothing(line) and (told := known.told_whole(bare)) is not None:
        return Piece(line, Origin(From.LOOKUP, told.call))
    if is_foreign(line, call):
        return Piece(line, Origin(From.LEADS))
    if not found:
        ruler = not bare or (len(set(bare)) == 1 and bare[0] in _MARKS and len(bare) < 100)
        return Piece(line, Origin(From.PERSON if ruler else From.AGENT))
    if not hides_nothing(bare):
        return Piece(line, Origin(From.AGENT))
    for place in known.stretches.stretches(bare):
        if _unused(place, reading.used):
            reading.used.append(place)
            return Piece(line, Origin(From.PERSON))
    return Piece(line, Origin(From.AGENT)) if call.shared else _items(line, reading)


_MARKS = "-–—*•·.,:;!?()[]\"'“”‘’„#_=+/&|>"
_SENTENCE = (GRAMMAR | MORE_GRAMMAR) - JOINS  # an item that holds one of these is a piece of a sentence


def _items(line: str, reading: _Reading) -> Piece:
    """Short items as they stand in what was read, or in the instruction (“brown sugar”): things, no sentences."""
    known = reading.call.known
    items = listed = loose = call = 0
    for part in re.split(r"[,;:•|]", LIST_MARK.sub("", line)):
        item = one_space(part).strip(" .")
        if not item:
            continue
        size = len(words(item))
        place = known.stretches.spelled(item, most=ITEM, after=reading.at)
        if place is not None and not known.stretches.turned(*place):
            reading.at = place[1]
        else:
            source = known.item(item) if _is_thing(item) else None
            if source is None:
                whole = known.copied(words(line)) if len(words(line)) > 2 else None
                return Piece(line, _prose(whole.call if whole else 0))
            call = call or source[0].call
            loose += 0 if source[1] else size
        items, listed = items + 1, listed + size
    if not items:
        return Piece(line, Origin(From.AGENT))
    return Piece(line, Origin(From.LISTED, call) if call else Origin(From.PERSON), items, listed, loose)


def _is_thing(item: str) -> bool:
    found = words(item)
    return len(found) <= ITEM and _SENTENCE.isdisjoint(found) and not JOINS.issuperset(found)


# -- what leads elsewhere ----------------------------------------------------------------------------------------------


def is_foreign(text: str, call: CallOrigins) -> bool:
    """Does it hold a link, an address or a code that the person did not write?"""
    return is_leading(text, call) and not call.once(("theirs", text), lambda: _theirs(text, call.known))


def is_leading(text: str, call: CallOrigins) -> bool:
    """Does it hold a link, an address or a code, whoever wrote it?"""
    return call.once(("leading", text), lambda: holds_link(text) or holds_code(text))


def _theirs(text: str, known: Provenance) -> bool:
    """Is everything in it that leads somewhere, or could be a code, a whole token of the person's?"""
    if not hides_nothing(text):
        return False
    rest = text
    for token in dict.fromkeys(text.split()):
        bare = token.strip("()<>[]{}\"'“”‘’„.,;:!?")
        if not bare or not (holds_link(bare) or holds_code(bare)):
            continue  # what is harmless alone stays: put together it may not be
        if not is_token(placed(bare), known.placed) and compared(bare) not in known.own:
            return False
        rest = _without(token, rest)
    for spread in SPREAD.findall(rest):
        if is_token(placed(spread), known.placed):
            rest = _without(spread, rest)
    return not (holds_link(rest) or holds_code(rest))


def _without(token: str, text: str) -> str:
    """Without this token where it stands alone; a space would let what is before and behind it come together."""
    return re.sub(rf"(?<!\S){re.escape(token)}(?!\S)", " — ", text)
