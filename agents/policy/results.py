"""What a call returned, taken apart: its records, its texts, and the identifiers that its declaration promises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from agents.policy.declarations import Capability
from agents.policy.values import leaves, walk

Record = Mapping[str, Any]


class Writer(StrEnum):
    """Whose words a record holds, where its connector keeps count of that (``Output.written_by``)."""

    PERSON = "person"  # the task's person said that they are theirs
    AGENT = "agent"  # an agent wrote them that had read nothing of others', for the same person
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Identifier:
    """What names a thing, and the record that it stands in; None where the result is no more than identifiers."""

    kind: str
    text: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class CallResult:
    """What one call was told and returned. ``call`` names it for the reader.

    ``mixes``: something of what it put into the things that it names may be others' (``asking.mixes``).
    """

    call: int
    capability: Capability
    data: Any
    arguments: Mapping[str, Any] = field(default_factory=dict)
    mixes: bool = False
    connection: int = 0
    allowed: bool = False  # a person said yes to this very call
    endorsed: tuple[str, ...] = ()  # what else they ticked then, on the sheet of the text that it follows

    def records(self) -> list[Record]:
        return [value for value in walk(self.data) if isinstance(value, Mapping)]

    def texts(self) -> Iterator[str]:
        """Every text in it. Keys that are no plain names count, and all of them in results of foreign make."""
        for value in walk(self.data):
            if isinstance(value, str):
                yield value
            elif isinstance(value, Mapping):
                keys = (key for key in value if isinstance(key, str))
                yield from (key for key in keys if self.capability.foreign or not key.isidentifier())

    def texts_by_thing(self) -> Iterator[tuple[int, str]]:
        """Its texts with the number of the element that they stand in, where it is a list."""
        for number, element in enumerate(self.data if isinstance(self.data, list) else [self.data]):
            yield from ((number, text) for text in replace(self, data=element).texts())

    def texts_by_writer(self) -> Iterator[tuple[Writer, str]]:
        """Its texts with whose they are. What no record says to be the person's or the agent's is others'."""
        yield from self._by_writer(self.data, Writer.OTHERS)

    def _by_writer(self, data: Any, writer: Writer) -> Iterator[tuple[Writer, str]]:
        if isinstance(data, Mapping):
            field = self.capability.output.written_by
            said = data.get(field)
            writer = Writer(said) if said in tuple(Writer) else Writer.OTHERS
            for key, value in data.items():
                if isinstance(key, str) and not key.isidentifier():
                    yield Writer.OTHERS, key
                if key != field or writer is Writer.OTHERS:
                    yield from self._by_writer(value, writer)
        elif isinstance(data, list | tuple):
            for value in data:
                yield from self._by_writer(value, writer)
        elif isinstance(data, str):
            yield writer, data

    def identifiers(self) -> list[Identifier]:
        return list(self._identifiers())

    def _identifiers(self) -> Iterator[Identifier]:
        records = self.records()
        for place, kind in self.capability.output.gives:
            if place == "":
                yield from (Identifier(kind, str(leaf), None) for leaf in leaves(self.data))
                continue
            for record in records:
                value = record.get(place)
                if isinstance(value, str | int) and not isinstance(value, bool):
                    yield Identifier(kind, str(value), record)
