"""Where the words of a call come from: names and texts of the agent's making, times, and what leads elsewhere."""

import re
from dataclasses import dataclass
from typing import Any

from agents.policy.amounts import MONTHS
from agents.policy.facts import Argument
from agents.policy.leading import CLOCK, DATE, SPREAD, leads, secret
from agents.policy.origins import UNKNOWN, Asked, From, Origin, digits
from agents.policy.provenance import Provenance
from agents.policy.tokens import beside_words, clean, compared, exact, phrase, stands, words

ITEM, LINE = 4, 6  # words of an item that is copied as it stands; of a line that holds such items
NAME = 24  # words of a name: more of them, even of the person's, could say anything


def free(argument: Argument, asked: Asked) -> bool:
    """Does the grant, or a yes to calls like this one, let the argument hold words that are not the person's?"""
    return bool(asked.grant.limits.get(argument.name)) or asked.agreed is not None


def name_origin(text: str, known: Provenance) -> Origin:
    """A name is made of the person's words or of a public catalogue's."""
    found = words(text)
    if not exact(text) or len(found) > NAME or not _plain(text, known):
        return UNKNOWN
    if known.words.issuperset(found):
        return Origin(From.PERSON)
    return (
        Origin(From.LOOKUP) if all(one in known.words or one in known.catalogue for one in found) else UNKNOWN
    )


def _plain(text: str, known: Provenance) -> bool:
    """Beside its words only a few marks: rows of symbols, Braille or Morse would be words of another kind."""
    beside = beside_words(text)
    rare = [one for one in beside if one not in _MARKS and one not in known.written]
    return not rare and len(beside) <= 8 + len(text) // 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and where it comes from."""

    text: str
    origin: Origin


def content_pieces(text: str, asked: Asked) -> list[Piece]:
    """A text line by line: the person's words, copied items, the agent's own words, what leads elsewhere."""
    found: list[Piece] = asked.once(
        ("pieces", text),
        lambda: [Piece(line, _line(line, asked)) for line in text.splitlines(keepends=True)],
    )
    return found


def _line(line: str, asked: Asked) -> Origin:
    found, known = words(line), asked.known
    if found and clean(line) and (told := known.told_whole(line.strip())) is not None:
        return Origin(From.LOOKUP, told.call)
    if foreign(line, asked):
        return Origin(From.LEADS)
    if not found:
        beside = set(line.split()) if len(line) < 100 else {line}
        ruler = all(len(set(one)) == 1 and one[0] in _MARKS for one in beside) and len(beside) < 2
        return Origin(From.PERSON if ruler else From.AGENT)
    if not _plain(line, known) or not clean(line.strip()):
        return Origin(From.AGENT)
    if phrase(found) in known.phrase:
        return Origin(From.PERSON)
    return _items(line, found, known)


_MARKS = "-–—*•·.,:;!?()[]\"'“”‘’„#_=+/&|>"


def _items(line: str, found: list[str], known: Provenance) -> Origin:
    """Short items as they stand in what was read (“brown sugar”): things, no sentences."""
    sources = []
    for part in re.split(r"[,;:•|]", line):
        if not (item := words(part)) or phrase(item) in known.phrase:
            continue
        source = known.copied(item) if len(item) <= ITEM else None
        if source is None:
            whole = known.copied(found) if len(found) > 2 else None
            return Origin(From.RESULT, whole.call) if whole else Origin(From.AGENT)
        sources.append(source)
    if not sources:
        return Origin(From.PERSON) if found else Origin(From.AGENT)
    short = len(found) <= LINE and clean(line)
    return Origin(From.LISTED if short else From.RESULT, sources[0].call)


def _theirs(text: str, known: Provenance) -> bool:
    """Is everything in it that leads somewhere, or could be a code, a whole token of the person's?"""
    if not clean(text):
        return False
    rest = text
    for token in sorted(set(re.findall(r"\S+", text)), key=len, reverse=True):
        bare = token.strip("()<>[]{}\"'“”‘’„.,;:!?")
        if not bare or not (leads(bare) or secret(bare)):
            continue  # what is harmless alone stays: put together it may not be
        if not stands(compared(bare), known.compared):
            return False
        rest = _without(token, rest)
    for found in SPREAD.findall(rest):
        if stands(compared(found), known.compared):
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
