"""Where each argument of an ask comes from, as far as is known: the person's words, the grant, or neither.

Pure. A full account of origins (which message a value stands in) belongs to the rules; nothing is claimed
here that the instruction and the grant do not show.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from agents.policy.facts import Argument, Capability, Limits, Role
from agents.policy.rules import fold, in_words, within

YOURS = "Your words in the instruction"
NOT_YOURS = "Not in your instruction"


@dataclass(frozen=True, slots=True)
class Origin:
    """``bad``: no trusted origin is known, so the reader should look twice."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value for the page. ``parts``: its text in pieces, each with whether it is marked."""

    parts: tuple[tuple[str, bool], ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Row:
    """One argument: its title, its values, and whether it is free text (shown as a quotation)."""

    title: str
    values: tuple[Value, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What an origin can be: the person's instruction, their own address, the grant's limits."""

    instruction: str
    address: str = ""
    limits: Limits = field(default_factory=dict)


def rows(capability: Capability | None, arguments: Mapping[str, Any], known: Known) -> list[Row]:
    """Every argument of a call, declared ones first, none left out."""
    declared = capability.arguments if capability else ()
    told = [_row(one, arguments[one.name], known) for one in declared if _given(arguments, one.name)]
    names = {one.name for one in declared}
    strange = [(name, value) for name, value in arguments.items() if name not in names]
    return [*told, *(Row(visible(name), (_plain(value, NOT_DECLARED),)) for name, value in strange)]


NOT_DECLARED = Origin("The connector does not declare this", bad=True)


def origin(argument: Argument, value: Any, known: Known) -> Origin:
    """Where one value (of a list: one element) comes from."""
    if stands_in(value, known.instruction):
        return Origin(YOURS)
    if argument.role is Role.DEST and known.address and fold(str(value)) == fold(known.address):
        return Origin("Your own address")
    limit = known.limits.get(argument.name)
    if limit and within(limit, value):
        return Origin(f"Inside the grant's limits: {visible(in_words(limit))}")
    if str(value) in argument.safe:
        return Origin("One of the values that the connector declares as safe")
    return Origin(NOT_YOURS, bad=True)


def stands_in(value: Any, instruction: str) -> bool:
    """Is the value a whole token of the instruction (letter case aside), not a piece of a longer one?"""
    token, text = _read(str(value)), _read(instruction)
    if not token or token not in text:
        return False
    # An address or a name goes on after a dot, an at sign or a hyphen; a sentence ends after a dot.
    return bool(re.search(rf"(?<![\w@/+-])(?<!\w\.){re.escape(token)}(?![\w@/+-]|\.\w)", text))


@lru_cache(maxsize=64)
def _read(text: str) -> str:
    """As it is compared: spaces and letter case aside."""
    return fold(" ".join(text.split()))


def visible(text: str) -> str:
    """The text with every character that hides or turns others around spelled out."""
    return "".join(f"⟨U+{ord(one):04X}⟩" if _hides(one) else one for one in text)


def _hides(one: str) -> bool:
    return one not in "\n\t\r" and unicodedata.category(one) in {"Cc", "Cf", "Co", "Cn"}


def _given(arguments: Mapping[str, Any], name: str) -> bool:
    return arguments.get(name) not in (None, "", [])


def _row(argument: Argument, value: Any, known: Known) -> Row:
    if argument.role is Role.CONTENT:
        return Row(argument.title, (_content(value, known.instruction),), quoted=True)
    values = value if isinstance(value, list) else [value]
    return Row(argument.title, tuple(_plain(one, origin(argument, one, known)) for one in values))


def _plain(value: Any, origin: Origin) -> Value:
    word = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
    return Value(((word or visible(str(value)), False),), origin)


def _content(value: Any, instruction: str) -> Value:
    """Free text. What in it leads somewhere that the person did not write is marked."""
    text = str(value)
    parts = tuple(_marked(text, instruction))
    foreign = [part for part, marked in parts if marked]
    if foreign:
        return Value(parts, Origin("Has a link or an address that is not in your instruction", bad=True))
    return Value(parts, Origin(YOURS if stands_in(text, instruction) else "The agent's words, not yours"))


def _marked(text: str, instruction: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for found in re.finditer(r"\S+", text):
        word = found.group()
        token = word.strip("()<>[]{}\"'“”‘’.,;:!?")
        if not _leads(token) or stands_in(token, instruction):
            continue
        start = found.start() + word.index(token)
        if start > end:
            yield visible(text[end:start]), False
        yield visible(token), True
        end = start + len(token)
    if end < len(text):
        yield visible(text[end:]), False


def _leads(token: str) -> bool:
    """Can this word take somebody somewhere: an e-mail address, a link, a host with a path?"""
    before, slash, _ = token.partition("/")
    return (
        "." in token.partition("@")[2]
        or "://" in token
        or token.lower().startswith("www.")
        or bool(slash and "." in before.strip("."))
    )
