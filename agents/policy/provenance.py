"""What a task knows and from where: the person's words, results in the order they were read, what it created.

Built once from the task's results and added to as more come in, so that a decision looks things up and reads nothing
anew. Only an untrusted result with text in it taints; from then on a call is looked at argument by argument.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from agents.policy.declarations import Capability, Effect, Role
from agents.policy.language.amounts import numbers
from agents.policy.language.items import item_of
from agents.policy.language.stretches import Stretches
from agents.policy.language.tokens import compared, own_words, phrase, placed, stands, words
from agents.policy.mixing import Mixed
from agents.policy.values import leaves, walk

MOST_TEXT = 4_000_000  # characters of results that are kept for looking things up
_NO_TEXT = re.compile(r"[\d\s.:,/+\-TZ%]*")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one call was told and returned. ``call`` names it for the reader.

    ``mixes``: something of what it put into the things that it names may be others' (``asking.mixes``).
    """

    call: int
    capability: Capability
    data: Any
    arguments: Mapping[str, Any] = field(default_factory=dict)
    mixes: bool = False


NO, BEGUN, WHOLE = range(3)


@dataclass(frozen=True, slots=True)
class Given:
    """An identifier in a result, and how well the person's words name the record that it belongs to."""

    call: int
    named: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a result, as it came and as it is searched."""

    call: int
    title: str
    text: str
    phrase: str
    trusted: bool
    compared: str = ""  # of trusted ones only


class Provenance:
    """Where the values of a task's calls can come from.

    ``instruction``: the person's words; what they pasted in it is not theirs and taints at once, as ``attached`` text
    does. ``own``: the person's own addresses. ``foreign``: tools whose descriptions were written outside.
    """

    def __init__(
        self, instruction: str, *, own: Iterable[str] = (), attached: str = "", foreign: Iterable[str] = ()
    ) -> None:
        self.written, pasted = own_words(instruction)
        self.compared = compared(self.written)
        self.placed = placed(self.written)
        self.stretches = Stretches(self.written)
        self.phrase = phrase(words(self.written))
        self.words = frozenset(words(self.written))
        self.numbers = numbers(self.written)
        self.own = frozenset(compared(one) for one in own if one)
        # Identifiers of results by kind; those of what this task made; what trusted lookups told before any taint.
        self.given: dict[str, dict[str, Given]] = {}
        self.created: dict[str, dict[str, int]] = {}
        self.looked_up: dict[str, dict[str, int]] = {}
        self.told: dict[str | Decimal, int] = {}
        self.catalogue: set[str] = set()  # texts of public, trusted results
        self.mixed = Mixed()  # the things into which the task put what others wrote
        self.texts: list[Text] = []
        self._where: dict[str, list[int]] = {}  # which texts hold a word, or two words one after the other
        self._kept = 0
        self.tainted_by = ""  # what was read first that others could have written; empty: nothing was
        if pasted:
            self.tainted_by = "text pasted into the instruction"
        if attached:
            self.tainted_by = "the text that was given along"
            self._keep(0, "the text that was given along", attached, trusted=False)
        for name in foreign:
            self.tainted_by = self.tainted_by or f"the description of {name}, which was written elsewhere"

    @property
    def tainted(self) -> bool:
        return bool(self.tainted_by)

    def saw(self, seen: Seen) -> None:
        """Add what a call returned. In the order in which the model reads it."""
        declared, before = seen.capability, self.tainted
        records = list(_records(seen.data))
        identifiers = list(_identifiers(declared, seen.data, records))
        for kind, one, record in identifiers:
            if declared.effect in {Effect.READ, Effect.FETCH}:
                named = self._named(record.get(declared.label)) if record is not None else NO
                listed = self.given.setdefault(kind, {})
                if one not in listed or listed[one].named < named:
                    listed[one] = Given(seen.call, named)
            else:
                self.created.setdefault(kind, {}).setdefault(one, seen.call)
        if seen.mixes:
            self._mix(seen, identifiers)
        if declared.output.trusted and not before and declared.effect is Effect.READ:
            self._look_up(seen, records, identifiers)
        for text in _texts(seen.data, every_key=declared.foreign):
            if declared.output.trusted and not declared.output.private:
                self.catalogue.add(" ".join(text.split()))
            self._keep(seen.call, declared.title, text, trusted=declared.output.trusted)
            if not declared.output.trusted and not _NO_TEXT.fullmatch(text):
                self.tainted_by = self.tainted_by or f"what call {seen.call} returned ({declared.title})"

    def heard(self, call: int, title: str, text: str) -> None:
        """Words of a person other than the instruction's, which the model reads."""
        self._keep(call, title, text, trusted=False)
        self.tainted_by = self.tainted_by or title

    def _mix(self, seen: Seen, identifiers: "list[tuple[str, str, Mapping[str, Any] | None]]") -> None:
        """Also where a person allowed it: who lets a file be saved has not said that others may get it."""
        for kind, one, _ in identifiers:
            self.mixed.put(kind, one, seen.call)
        for argument in seen.capability.arguments:
            if argument.role in {Role.DEST, Role.OBJECT}:
                for one in leaves(seen.arguments.get(argument.name)):
                    self.mixed.put(argument.kind, str(one), seen.call)

    def _look_up(
        self,
        seen: Seen,
        records: "list[Mapping[str, Any]]",
        identifiers: "list[tuple[str, str, Mapping[str, Any] | None]]",
    ) -> None:
        """A trusted lookup vouches where it left no choice: one record, or the one that the person's words name."""
        label = seen.capability.label
        alone = {kind for kind, _, _ in identifiers if sum(kind == other for other, _, _ in identifiers) == 1}
        for kind, one, record in identifiers:
            if kind in alone or (record is not None and self._named(record.get(label)) == WHOLE):
                self.looked_up.setdefault(kind, {}).setdefault(one, seen.call)
        chosen = (
            records if len(records) == 1 else [one for one in records if self._named(one.get(label)) == WHOLE]
        )
        if not records and not isinstance(seen.data, list):
            chosen = [{"": seen.data}]
        for record in chosen:
            for value in record.values():
                for leaf in leaves(value):
                    if isinstance(leaf, str) and leaf.strip():
                        self.told.setdefault(compared(leaf), seen.call)
                    elif isinstance(leaf, int | float) and not isinstance(leaf, bool):
                        self.told.setdefault(Decimal(str(leaf)), seen.call)

    def _named(self, label: Any) -> int:
        """Do the person's words name a record so labelled? ``grocery-list.xlsx`` is named by “grocery list”.

        WHOLE: they hold the whole label; BEGUN: its first words; NO: neither.
        """
        if not isinstance(label, str):
            return NO
        found = words(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", label))
        if sum(map(len, found)) < 4:
            return NO
        if any(phrase(one) in self.phrase for one in (found, words(label))):
            return WHOLE
        begun = found[:2]
        return BEGUN if sum(map(len, begun)) >= 8 and phrase(begun) in self.phrase else NO

    def _keep(self, call: int, title: str, text: str, *, trusted: bool) -> None:
        if self._kept + len(text) <= MOST_TEXT:
            self._kept += len(text)
            whole, found = compared(text) if trusted else "", words(text)
            for one in {*found, *_pairs(found)}:
                self._where.setdefault(one, []).append(len(self.texts))
            self.texts.append(Text(call, title, text, phrase(found), trusted, whole))

    def copied(self, found: list[str]) -> Text | None:
        """The text in which these words stand one after the other."""
        wanted = phrase(found)
        places = [self._where.get(one, []) for one in (_pairs(found) if len(found) > 1 else found)]
        few = min(places, key=len, default=[])
        return next((self.texts[at] for at in few if wanted in self.texts[at].phrase), None)

    def item(self, text: str) -> tuple[Text, bool] | None:
        """The text in which this stands as it is, whole words of one clause; and whether as an item of a list."""
        few = self._where.get(next(iter(words(text)), ""), [])
        found = None
        for one in (self.texts[at] for at in few):
            if (listed := item_of(text, one.text)) is not None:
                if listed:
                    return one, True
                found = found or one
        return (found, False) if found else None

    def told_whole(self, text: str) -> Text | None:
        """The trusted text in which this one stands as it is."""
        wanted = compared(text)
        return next((one for one in self.texts if one.trusted and stands(wanted, one.compared)), None)

    def source(self, value: str) -> Text | None:
        """The first result in which the value stands, in whatever letter case."""
        wanted = value.casefold()
        return next((one for one in self.texts if wanted and wanted in one.text.casefold()), None)


def _pairs(found: list[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(found)]


def _texts(data: Any, *, every_key: bool = False) -> Iterator[str]:
    """Every text in a result. Keys that are no plain names count, and all of them in results of foreign make."""
    for one in walk(data):
        if isinstance(one, Mapping):
            yield from (key for key in one if isinstance(key, str) and (every_key or not key.isidentifier()))
        elif isinstance(one, str):
            yield one


def _records(data: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in walk(data) if isinstance(one, Mapping))


def _identifiers(
    declared: Capability, data: Any, records: list[Mapping[str, Any]]
) -> Iterator[tuple[str, str, Mapping[str, Any] | None]]:
    """(kind, identifier, record) of what the declaration says that the result gives."""
    for place, kind in declared.output.gives:
        if place == "":
            yield from ((kind, str(one), None) for one in leaves(data))
            continue
        for record in records:
            if isinstance(one := record.get(place), str | int) and not isinstance(one, bool):
                yield kind, str(one), record
