"""An ask's arguments as its page shows them: each value with where it comes from, as stored with the ask. Pure.

Everything that was written elsewhere is plain text here: it is shown escaped, never as a link, and what hides in it
is spelled out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from agents.policy.facts import Argument, Capability
from agents.policy.hiding import spelled, spelled_out
from agents.policy.origins import given, told_apart

UNRECORDED = "Origin not recorded"
UNDECLARED = "The connector does not declare this"

# Parts of a text by where they come from: what stands beside them. The rest is the person's.
PARTS = {
    "agent": "The agent's own words",
    "result": "Copied from what was read",
    "listed": "Items copied from what was read",
    "lookup": "From a trusted lookup",
    "leads": "Leads elsewhere: a link, an address or a code",
}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a text that come from the same place. ``kind``: yours, agent, read or leads."""

    kind: str
    label: str
    text: str
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value: as it is, where it comes from, and the text around it there as (before, it, after)."""

    text: str
    origin: str
    bad: bool = False
    call: int | None = None
    around: tuple[str, str, str] | None = None
    warning: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One argument. ``worded``: text of somebody's making, shown line by line."""

    title: str
    values: tuple[Value, ...]
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the task's person (``of`` is empty), or a second person, to whom “your” would be somebody else."""

    of: str = ""

    def told(self, text: str) -> str:
        """A sentence that was written for the task's person, as this reader understands it."""
        text = spelled_out(text)
        if not self.of:
            return text
        for yours, theirs in THEIRS:
            text = text.replace(yours, theirs.format(self.of))
        return text


YOU = Reader()
THEIRS = (
    ("Not your words", "Not the words of {}"),
    ("not your words", "not the words of {}"),
    ("Your words", "The words of {}"),
    ("your words", "the words of {}"),
    ("not yours", "not those of {}"),
    ("Your own address", "The own address of {}"),
    ("you did not write", "{} did not write"),
    ("you allowed", "{} allowed"),
    ("is not from you.", "is not from {}."),
)


def rows(
    capability: Capability | None,
    arguments: Mapping[str, Any],
    origins: Sequence[Mapping[str, Any]],
    reader: Reader = YOU,
) -> list[Row]:
    """Every argument of a call, declared ones first, none left out and none but as it is in the call."""
    declared = capability.arguments if capability else ()
    stored = {str(one.get("argument")): one for one in origins}
    told = [
        _row(one, arguments[one.name], stored.get(one.name, {}), reader)
        for one in declared
        if given(arguments.get(one.name))
    ]
    names = {one.name for one in declared}
    strange = [(name, value) for name, value in arguments.items() if name not in names]
    return [
        *told,
        *(Row(spelled_out(name), (Value(_plain(value), UNDECLARED, True),)) for name, value in strange),
    ]


def _row(argument: Argument, value: Any, stored: Mapping[str, Any], reader: Reader) -> Row:
    told: Sequence[Mapping[str, Any]] = stored.get("values") or ()
    values = tuple(
        _value(one, told[at] if at < len(told) else {}, argument, reader)
        for at, one in enumerate(told_apart(argument, value))
    )
    return Row(argument.title, values, argument.worded)


def _value(value: Any, told: Mapping[str, Any], argument: Argument, reader: Reader) -> Value:
    """The call's own value. What was stored speaks for it only when it is about exactly this."""
    pieces = told.get("pieces") or ()
    if "".join(str(one.get("text", "")) for one in pieces) != str(value):
        return Value(_plain(value, argument.worded), UNRECORDED, True)
    around = told.get("around")
    return Value(
        text=_plain(value, argument.worded),
        origin=reader.told(str(told.get("text", ""))),
        bad=not told.get("trusted") and told.get("from") != "agent",
        call=told.get("call"),
        around=tuple(spelled_out(str(one)) for one in around) if around and len(around) == 3 else None,  # type: ignore[arg-type]
        warning=spelled_out(str(told.get("warning") or "")),
        blocks=tuple(_blocks(pieces, reader)) if argument.worded else (),
    )


def _blocks(pieces: Sequence[Mapping[str, Any]], reader: Reader) -> Iterator[Block]:
    """Lines of one origin in a row are one block; an empty line goes with what stands before it."""
    sourced: list[tuple[tuple[str, int | None], str]] = []
    for one in pieces:
        text, source = str(one.get("text", "")), (str(one.get("from")), one.get("call"))
        sourced.append((source if text.strip() or not sourced else sourced[-1][0], text))
    for (source, call), alike in groupby(sourced, lambda pair: pair[0]):
        text = spelled_out("".join(text for _, text in alike)).strip("\r\n")
        yield Block(_kind(source), reader.told(PARTS.get(source, "Your words")), text, call)


def _kind(source: str) -> str:
    known = {"agent": "agent", "leads": "leads", "result": "read", "listed": "read", "lookup": "read"}
    return known.get(source, "yours" if source == "person" else "agent")


def _plain(value: Any, lines: bool = False) -> str:
    """``lines``: a text, in which the end of a line is nothing strange."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = spelled_out(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if lines else "".join(spelled(one) if one in "\n\r\t" else one for one in text)
