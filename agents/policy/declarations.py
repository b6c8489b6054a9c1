"""What a connector declares of each thing that it can do: the effect, what comes back, the role of each argument."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from agents.policy.language.invisible import spelled_out
from agents.policy.values import leaves


class Effect(StrEnum):
    """What a call does to the world (DESIGN section 6)."""

    READ = "read"  # no change, nothing leaves
    FETCH = "fetch"  # reads, but an argument leaves: a GET is egress
    WRITE = "write"  # the owner can undo it and nobody is told
    IRREVERSIBLE = "irreversible"  # others see it, money or access moves, a deployment starts
    DESTRUCTIVE = "destructive"  # takes something away


class Role(StrEnum):
    """What an argument is for."""

    DEST = "dest"  # who or where it goes
    OBJECT = "object"  # which existing thing
    VALUE = "value"  # a scalar that decides the damage
    NAME = "name"
    CONTENT = "content"  # free text
    TIME = "time"
    QUERY = "query"
    NOTE = "note"  # why the agent does it, for its person to read: it goes nowhere and changes nothing


A_DAY = "a day"  # the kind of a bound that counts a grant's calls of the last 24 hours


class Type(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # an amount: whole or with decimals
    FLAG = "flag"
    TEXTS = "texts"  # a list of texts


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a capability. ``kind`` names identifiers (an event 13 never vouches for a file 13)."""

    name: str
    role: Role
    title: str
    type: Type = Type.TEXT
    required: bool = True
    kind: str = ""
    description: str = ""
    safe: tuple[str, ...] = ()  # values that need no origin
    # What people call a thing that bears words as its name, in any language: beside it a word is one (“folder Bills”).
    called: tuple[str, ...] = ()
    place: bool = False  # an object that things are put into: “move them to Bills” names it as well
    # Values that other programs act on: only a grant that names one opens it. Each level of a path counts.
    special: tuple[str, ...] = ()
    longest: int = 2_000  # characters, or items of a list
    # What the grant alone sets, and no call can name: a whole number (how many notes, for how many days), or for texts
    # the patterns of what it reaches (from which senders).
    bound: bool = False
    # An object that the call answers: its author may get their own words back (``policy.answers``).
    answers: bool = False

    @property
    def limitable(self) -> bool:
        """May a grant narrow it? Where it goes, what it touches and how much, yes; free text, no."""
        return self.role in {Role.DEST, Role.OBJECT, Role.VALUE}

    @property
    def counted(self) -> bool:
        """A number that the grant sets."""
        return self.bound and self.type is Type.INTEGER

    @property
    def worded(self) -> bool:
        """Text of the agent's making: a grant may say that it need not be the person's words."""
        return self.role in {Role.NAME, Role.CONTENT}

    @property
    def open(self) -> bool:
        """Does a person's yes to calls like one leave it open? All that is the agent's own words."""
        return self.worded or self.role is Role.NOTE

    def values(self, value: Any) -> Iterator[Any]:
        """The argument's values, one by one."""
        if self.type is Type.TEXTS or isinstance(value, list | tuple | Mapping):
            yield from leaves(value)
        else:
            yield value


@dataclass(frozen=True, slots=True)
class Output:
    """What comes back. Unknown means untrusted: could anybody else have written it?

    ``written_by``: the field of a record that says whose its texts are (``results.Writer``), of results that are not
    trusted as a whole. ``author``: the field that says who wrote a record.
    """

    trusted: bool = False
    private: bool = True
    # The identifiers in it as (field of a record, kind); the field "" is the whole result.
    gives: tuple[tuple[str, str], ...] = ()
    written_by: str = ""
    author: str = ""


@dataclass(frozen=True)
class Capability:
    """One thing a connector can do, declared so that the rules need to know nothing else about it.

    ``title`` completes "It can …"; ``says`` is one call in words, with arguments in braces.
    """

    name: str
    title: str
    says: str
    effect: Effect
    arguments: tuple[Argument, ...] = ()
    output: Output = Output()
    description: str = ""
    max_days: int = 90  # the longest that a grant of it may last
    tells: str = ""  # the argument that makes a write reach other people
    label: str = ""  # the field by which a person would name a record
    # Who else must agree: "" nobody, "always" a second person, "outside" when it leaves the company's domains.
    second_person: str = ""
    foreign: bool = False  # its description was written outside of this portal: untrusted text

    def argument(self, name: str) -> Argument | None:
        return next((argument for argument in self.arguments if argument.name == name), None)

    @cached_property
    def parameters(self) -> tuple[Argument, ...]:
        """The arguments that a call can name."""
        return tuple(argument for argument in self.arguments if not argument.bound)

    @cached_property
    def digest(self) -> str:
        """Pins the declaration: a grant of another declaration is not a grant of this one."""
        declared = asdict(self)
        declared["arguments"] = [one for one in declared["arguments"] if one["role"] is not Role.NOTE]
        for declared_part in (*declared["arguments"], declared["output"]):
            for name in _LATER:
                if name in declared_part and not declared_part[name]:
                    del declared_part[name]
            for name in _OF_WORDS:
                declared_part.pop(name, None)
        return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:32]

    def sentence(self, arguments: Mapping[str, Any]) -> str:
        """The call in words; an argument that is missing or no text shows as it is."""
        shown = {argument.name: _shown(arguments.get(argument.name)) for argument in self.arguments}
        return self.says.format_map(shown)


# Parts of a declaration that came later: where one says nothing in them, its digest is what it was.
_LATER = ("called", "place", "special", "bound", "written_by")
# Parts that say only whose words are whose: what the capability does is the same with and without them, as it is with
# and without a note.
_OF_WORDS = ("answers", "author")


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "…"
    if isinstance(value, list):
        return ", ".join(spelled_out(str(text)) for text in value[:3]) + (
            f" and {len(value) - 3} more" if len(value) > 3 else ""
        )
    text = spelled_out(" ".join(str(value).split()))
    return text if len(text) <= 80 else text[:79] + "…"
