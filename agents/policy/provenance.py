"""What a task knows and from where: the person's words, results in the order they were read, what it created.

Built once from the task's results and added to as more come in, so that a decision looks things up and reads nothing
anew. Only an untrusted result with text in it taints; from then on a call is looked at argument by argument.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from agents.policy.codes import Codes, is_code
from agents.policy.declarations import Effect, Role
from agents.policy.fitting import label_words, said_words
from agents.policy.language.amounts import numbers
from agents.policy.language.items import item_of
from agents.policy.language.naming import is_excepted
from agents.policy.language.stretches import Stretches
from agents.policy.language.tokens import compared, is_token, own_words, phrase, placed, words
from agents.policy.limits import is_number
from agents.policy.mixing import Mixed
from agents.policy.places import Pages
from agents.policy.results import CallResult, Identifier, Record, Writer
from agents.policy.values import given, leaves
from agents.policy.vouched import Vouched

MOST_TEXT = 4_000_000  # characters of results that are kept for looking things up
_NO_TEXT = re.compile(r"[\d\s.:,/+\-TZ%]*")
ATTACHED = "the text that was given along"

NO, BEGUN, WHOLE = range(3)  # how well the person's words name a record


@dataclass(frozen=True, slots=True)
class Listed:
    """An identifier that a result listed, and how well the person's words name its record.

    ``excepted``: only as the one that is left out. ``own``: in a private list that says of no record who wrote it.
    """

    call: int
    named: int
    excepted: bool = field(default=False, compare=False)
    own: bool = field(default=False, compare=False)
    label: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a result, as it came and as it is searched."""

    call: int
    title: str
    text: str
    phrase: str
    trusted: bool
    compared: str = ""  # of trusted ones only
    noted: bool = False  # an agent wrote it down: no list of others', from which items are taken
    thing: int = 0  # which element of a list it stands in


class Provenance:
    """Where the values of a task's calls can come from.

    ``instruction``: the person's words; what they pasted in it is not theirs and taints at once, as ``attached`` text
    does. ``own``: the person's own addresses. ``foreign``: was a tool's description written outside?
    """

    def __init__(
        self, instruction: str, *, own: Iterable[str] = (), attached: str = "", foreign: bool = False
    ) -> None:
        self._said: list[str] = []
        pasted = self._hear(instruction)
        self.own = frozenset(compared(address) for address in own if address)
        # By kind, the identifiers of results, of what this task made, and of trusted lookups before any taint.
        self.listed: dict[str, dict[str, Listed]] = {}
        self.created: dict[str, dict[str, int]] = {}
        self.looked_up: dict[str, dict[str, int]] = {}
        self.looked_up_values: dict[str | Decimal, int] = {}
        self.catalogue: set[str] = set()  # texts of public, trusted results
        self.signed: dict[
            tuple[str, str], tuple[str, Record]
        ] = {}  # by kind and identifier: its author, the record
        self.mixed = Mixed()  # the things into which the task put what others wrote
        self.codes, self.vouched, self.pages = Codes(), Vouched(), Pages()
        self.texts: list[Text] = []
        self._where: dict[str, list[int]] = {}  # which texts hold a word, or two words one after the other
        self._kept = 0
        # Was anything read that others could have written?
        self.tainted = pasted or bool(attached) or foreign
        if attached:
            self._keep(0, ATTACHED, attached, trusted=False)

    def _hear(self, text: str) -> bool:
        """The person's own words; whether others' were pasted in them.

        Each text ends with its own sentence and stands alone: no stretch, name or sentence goes from one to the next.
        """
        own, pasted = own_words(text)
        self._said.append(own)
        self.written = "\n\n".join(map(_ended, self._said[:-1])) + "\n\n" * (len(self._said) > 1) + own
        self.compared = compared(self.written)
        self.placed = placed(self.written)
        self.stretches = Stretches(self.written)
        self.phrase = "|".join(phrase(words(said)) for said in self._said)
        self.said = said_words(self.written)
        self.numbers = numbers(self.written)
        return pasted

    def add_result(self, result: CallResult) -> None:
        """In the order in which the model reads them."""
        declared, before = result.capability, self.tainted
        identifiers = result.identifiers()
        if result.allowed:
            self.vouched.allow(result)
        for argument in filter(is_code, declared.arguments):
            code, texts = str(result.arguments.get(argument.name)), [read.text for read in self.texts]
            self.codes.entered(code, result.connection, texts)
        if declared.effect in {Effect.READ, Effect.FETCH}:
            self._list(result, identifiers)
            self._sign(result, identifiers)
        else:
            for identifier in identifiers:
                self.created.setdefault(identifier.kind, {}).setdefault(identifier.text, result.call)
        if result.mixes:
            self._mix(result, identifiers)
        if declared.output.trusted and not before and declared.effect is Effect.READ:
            self._look_up(result, identifiers)
        if declared.output.written_by and not declared.output.trusted:
            self._remember(result)
            return
        for thing, text in result.texts_by_thing():
            if declared.output.trusted and not declared.output.private:
                self.catalogue.add(" ".join(text.split()))
            self._keep(result.call, declared.title, text, trusted=declared.output.trusted, thing=thing)
            if not declared.output.trusted and not _NO_TEXT.fullmatch(text):
                self.tainted = True
        self.pages.visit(result)
        self.codes.made(result.call, result.connection, declared, result.texts(), len(self.texts))

    def completes(self, code: str, connection: int) -> int | None:
        """The call of this task that waits for this code."""
        return self.codes.call(code, connection, [read.text for read in self.texts])

    def _remember(self, result: CallResult) -> None:
        """Notes of earlier tasks. Others' words taint as they did when they were read for the first time.

        What an agent noted vouches for nothing, even where it had read nothing of others'.
        """
        for writer, text in result.texts_by_writer():
            if _NO_TEXT.fullmatch(text):
                continue
            if writer is Writer.PERSON:
                pasted = self._hear(text)
                self.tainted = self.tainted or pasted
            else:
                self._keep(result.call, result.capability.title, text, trusted=False, noted=True)
                self.tainted = self.tainted or writer is Writer.OTHERS

    def add_note(self, call: int, title: str, text: str) -> None:
        """Words of a person other than the instruction's, which the model reads."""
        self._keep(call, title, text, trusted=False)
        self.tainted = True

    def _list(self, result: CallResult, identifiers: list[Identifier]) -> None:
        output = result.capability.output
        own = output.private and not output.author and not result.capability.foreign
        for identifier in identifiers:
            label = None if identifier.record is None else identifier.record.get(result.capability.label)
            named, listed = self._named(label), self.listed.setdefault(identifier.kind, {})
            earlier = listed.get(identifier.text)
            if earlier is None or earlier.named < named or (own and not earlier.own):
                named = max(named, earlier.named) if earlier else named
                excepted = bool(named) and is_excepted(compared(str(label)), self.compared)
                listed[identifier.text] = Listed(result.call, named, excepted, own, label_words(label))

    def _sign(self, result: CallResult, identifiers: list[Identifier]) -> None:
        """Whose words a record holds, where its declaration names the author. What was read last tells most."""
        if field := result.capability.output.author:
            for identifier in identifiers:
                if identifier.record is not None and isinstance(author := identifier.record.get(field), str):
                    self.signed[identifier.kind, identifier.text] = (compared(author), identifier.record)

    def _mix(self, result: CallResult, identifiers: list[Identifier]) -> None:
        """Also where a person allowed it: who lets a file be saved has not said that others may get it.

        Into the one thing that a call is about nothing is put where the rest are numbers, and no text comes back.
        """
        for identifier in identifiers:
            self.mixed.put(identifier.kind, identifier.text, result.call)
        texts = {name for name, value in result.arguments.items() if given(value) and not is_number(value)}
        for argument in result.capability.arguments:
            single = (
                argument.role is Role.OBJECT and texts <= {argument.name} and result.capability.output.trusted
            )
            if argument.role in {Role.DEST, Role.OBJECT} and not single:
                for thing in leaves(result.arguments.get(argument.name)):
                    self.mixed.put(argument.kind, str(thing), result.call)

    def _look_up(self, result: CallResult, identifiers: list[Identifier]) -> None:
        """A trusted lookup vouches where it left no choice: one record, or the one that the person's words name."""

        def chosen(record: Record) -> bool:
            return self._named(record.get(result.capability.label)) == WHOLE

        kinds = [identifier.kind for identifier in identifiers]
        for identifier in identifiers:
            alone = kinds.count(identifier.kind) == 1
            if alone or (identifier.record is not None and chosen(identifier.record)):
                self.looked_up.setdefault(identifier.kind, {}).setdefault(identifier.text, result.call)
        records = result.records()
        values = [] if records or isinstance(result.data, list) else [result.data]
        for record in records:
            if len(records) == 1 or chosen(record):
                values += record.values()
        for leaf in leaves(values):
            if isinstance(leaf, str) and leaf.strip():
                self.looked_up_values.setdefault(compared(leaf), result.call)
            elif isinstance(leaf, int | float) and not isinstance(leaf, bool):
                self.looked_up_values.setdefault(Decimal(str(leaf)), result.call)

    def _named(self, label: Any) -> int:
        """Do the person's words name a record so labelled? ``grocery-list.xlsx`` is named by “grocery list”.

        WHOLE: they hold the whole label; BEGUN: its first words; NO: neither.
        """
        if not isinstance(label, str):
            return NO
        found = words(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", label))
        if sum(map(len, found)) < 4:
            return NO
        if any(phrase(spelling) in self.phrase for spelling in (found, words(label))):
            return WHOLE
        begun = found[:2]
        return BEGUN if sum(map(len, begun)) >= 8 and phrase(begun) in self.phrase else NO

    def _keep(
        self, call: int, title: str, text: str, *, trusted: bool, noted: bool = False, thing: int = 0
    ) -> None:
        if self._kept + len(text) <= MOST_TEXT:
            self._kept += len(text)
            whole, found = compared(text) if trusted else "", words(text)
            for key in {*found, *_pairs(found)}:
                self._where.setdefault(key, []).append(len(self.texts))
            self.texts.append(Text(call, title, text, phrase(found), trusted, whole, noted, thing))

    def copied(self, found: list[str]) -> Text | None:
        """The text in which these words, two or more, stand one after the other."""
        wanted = phrase(found)
        few = min((self._where.get(pair, []) for pair in _pairs(found)), key=len)
        return next((self.texts[at] for at in few if wanted in self.texts[at].phrase), None)

    def item(self, item: str) -> tuple[Text, bool] | None:
        """The text in which this stands as it is, whole words of one clause; and whether as an item of a list."""
        found = None
        for number in self._where.get(words(item)[0], []):
            read = self.texts[number]
            if read.noted:
                continue
            listed = item_of(item, read.text)
            if listed:
                return read, True
            if listed is not None:
                found = found or read
        return (found, False) if found else None

    def sources(self) -> dict[str, list[int]]:
        """What others may have written and was read so far: the calls, by what they did; 0 is the instruction."""
        found: dict[str, list[int]] = {}
        for read in self.texts:
            if not read.trusted and read.call not in found.setdefault(read.title, []):
                found[read.title].append(read.call)
        return found

    def told_whole(self, text: str) -> Text | None:
        """The trusted text in which this one stands as it is."""
        wanted = compared(text)
        return next((read for read in self.texts if read.trusted and is_token(wanted, read.compared)), None)

    def beside(self, read: Text) -> list[str]:
        """The texts of the thing in which this one stands: one mail of a list, with its sender."""
        return [other.text for other in self.texts if (other.call, other.thing) == (read.call, read.thing)]

    def source(self, value: str) -> Text | None:
        """The first result in which the value stands, in whatever letter case."""
        wanted = value.casefold()
        return next((read for read in self.texts if wanted and wanted in read.text.casefold()), None)


def _ended(text: str) -> str:
    """With a mark at its end, which no address or number in it takes for its own."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?;…" else f"{text}."


def _pairs(found: list[str]) -> list[str]:
    return [f"{first} {second}" for first, second in pairwise(found)]
