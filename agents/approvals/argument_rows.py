"""An ask's arguments as its page shows them: each value and where it comes from, as stored with the ask. Pure.

What others wrote is shown as escaped text, never as a link, and hidden characters are spelled out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from agents.policy.declarations import Argument, Capability
from agents.policy.language.invisible import spelled, spelled_out
from agents.policy.values import given
from portal.reasons import YOU, Reader, render_reason

UNRECORDED = "Origin not recorded"
UNDECLARED = "Not declared by the connector"

# A part of a text by its origin: the kind of its block, and the code of the note beside it.
PARTS = {
    "person": ("yours", "part_person"),
    "agent": ("agent", "part_agent"),
    "result": ("read", "part_result"),
    "listed": ("read", "part_listed"),
    "lookup": ("read", "part_lookup"),
    "leads": ("leads", "part_leads"),
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
    """One argument. ``worded``: free text, shown line by line."""

    title: str
    values: tuple[Value, ...]
    worded: bool = False


def rows(
    capability: Capability | None,
    arguments: Mapping[str, Any],
    origins: Sequence[Mapping[str, Any]],
    reader: Reader = YOU,
) -> list[Row]:
    """Every argument of a call, declared ones first, none left out and none but as it is in the call."""
    declared = capability.arguments if capability else ()
    stored = {str(origin.get("argument")): origin for origin in origins}
    known = [
        _row(argument, arguments[argument.name], stored.get(argument.name, {}), reader)
        for argument in declared
        if given(arguments.get(argument.name))
    ]
    names = {argument.name for argument in declared}
    strange = [(name, value) for name, value in arguments.items() if name not in names]
    return [
        *known,
        *(Row(spelled_out(name), (Value(_plain(value), UNDECLARED, True),)) for name, value in strange),
    ]


def _row(argument: Argument, value: Any, stored: Mapping[str, Any], reader: Reader) -> Row:
    records: Sequence[Mapping[str, Any]] = stored.get("values") or ()
    values = tuple(
        _value(part, records[at] if at < len(records) else {}, argument, reader)
        for at, part in enumerate(argument.values(value))
    )
    return Row(argument.title, values, argument.worded)


def _value(value: Any, stored: Mapping[str, Any], argument: Argument, reader: Reader) -> Value:
    """The call's own value. The stored origins count only if they are about exactly this value."""
    pieces = stored.get("pieces") or ()
    if "".join(str(piece.get("text", "")) for piece in pieces) != str(value):
        return Value(_plain(value, argument.worded), UNRECORDED, True)
    around = stored.get("around")
    return Value(
        text=_plain(value, argument.worded),
        origin=spelled_out(render_reason(stored.get("said"), reader)) or UNRECORDED,
        bad=not stored.get("trusted") and stored.get("from") != "agent",
        call=stored.get("call"),
        around=tuple(spelled_out(str(text)) for text in around) if around and len(around) == 3 else None,  # type: ignore[arg-type]
        warning=spelled_out(render_reason(stored.get("warning"), reader)),
        blocks=tuple(_blocks(pieces, reader)) if argument.worded else (),
    )


def _blocks(pieces: Sequence[Mapping[str, Any]], reader: Reader) -> Iterator[Block]:
    """Lines of one origin in a row are one block; an empty line belongs to the line before it."""
    sourced: list[tuple[tuple[str, int | None], str]] = []
    for piece in pieces:
        text, source = str(piece.get("text", "")), (str(piece.get("from")), piece.get("call"))
        sourced.append((source if text.strip() or not sourced else sourced[-1][0], text))
    for (source, call), alike in groupby(sourced, lambda pair: pair[0]):
        text = spelled_out("".join(text for _, text in alike)).strip("\r\n")
        kind, code = PARTS.get(source, ("agent", "part_person"))
        yield Block(kind, render_reason({"code": code, "params": {}}, reader), text, call)


def _plain(value: Any, lines: bool = False) -> str:
    """``lines``: a text, in which the end of a line is nothing strange."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = spelled_out(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if lines else "".join(spelled(letter) if letter in "\n\r\t" else letter for letter in text)
