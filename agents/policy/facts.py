"""The words of the rules, as frozen data: what a capability declares, a grant says and a call asks for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agents.policy.hiding import spelled_out

if TYPE_CHECKING:
    from agents.policy.provenance import Provenance


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

    @property
    def limitable(self) -> bool:
        """May a grant narrow it? Where it goes, what it touches and how much, yes; free text, no."""
        return self.role in {Role.DEST, Role.OBJECT, Role.VALUE}

    @property
    def worded(self) -> bool:
        """Text of the agent's making: a grant may say that it need not be the person's words."""
        return self.role in {Role.NAME, Role.CONTENT}


@dataclass(frozen=True, slots=True)
class Output:
    """What comes back. Unknown means untrusted: could anybody else have written it?"""

    trusted: bool = False
    private: bool = True
    # The identifiers in it as (field of a record, kind); the field "" is the whole result.
    gives: tuple[tuple[str, str], ...] = ()


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
        return next((one for one in self.arguments if one.name == name), None)

    @cached_property
    def digest(self) -> str:
        """Pins the declaration: a grant of another declaration is not a grant of this one."""
        declared = asdict(self)
        for one in declared["arguments"]:
            for name in _LATER:
                if not one[name]:
                    del one[name]
        return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:32]

    def sentence(self, arguments: Mapping[str, Any]) -> str:
        """The call in words; an argument that is missing or no text shows as it is."""
        shown = {one.name: _shown(arguments.get(one.name)) for one in self.arguments}
        return self.says.format_map(shown)


# Parts of a declaration that came later: where one says nothing in them, its digest is what it was.
_LATER = ("called", "place", "special")


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "…"
    if isinstance(value, list):
        return ", ".join(spelled_out(str(one)) for one in value[:3]) + (
            f" and {len(value) - 3} more" if len(value) > 3 else ""
        )
    text = spelled_out(" ".join(str(value).split()))
    return text if len(text) <= 80 else text[:79] + "…"


# What a grant allows an argument to be: {"only": [text or text*]} and {"min": n, "max": n}; of names and content
# {"words": "any"}: they need not be the person's words.
Limits = Mapping[str, Mapping[str, Any]]
ANY_WORDS = {"words": "any"}


@dataclass(frozen=True, slots=True)
class GrantFact:
    id: int
    capability: str
    connection: int
    state: str
    ends_at: datetime
    declaration: str
    limits: Limits = field(default_factory=dict)
    uses_left: int | None = None
    always_ask: bool = False
    second_person: bool = False
    hours: tuple[int, int] | None = None  # from, until, in ``zone``
    zone: str = "UTC"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Agreed:
    """A person's yes to calls like one they saw, for the rest of the task: same destinations, objects, values."""

    capability: str
    connection: int
    grant: int
    version: int
    arguments: Mapping[str, Any]
    who: str


@dataclass(frozen=True, slots=True)
class StopFact:
    """Something is stopped; ``who``, ``why`` and who ``lifts`` it (a stored reason) are for the reader."""

    scope: str
    who: str
    why: Mapping[str, Any] | str
    lifts: Mapping[str, Any] = field(default_factory=lambda: {"code": "lift", "params": {}})


@dataclass(frozen=True, slots=True)
class Request:
    """One use of a capability. ``capability`` is None where no connector declares the name."""

    name: str
    connection: int
    arguments: Mapping[str, Any]
    capability: Capability | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at, loaded in one go before every call."""

    now: datetime
    agent_state: str
    owner_active: bool
    task_state: str
    barred: str = ""  # the task's person has "left", or the agent is "unshared" with them
    anothers: str = ""  # whose own connection it is, where not opened to the task's person
    shadow: bool = False
    connection_active: bool = True
    stops: tuple[StopFact, ...] = ()
    grants: tuple[GrantFact, ...] = ()
    # The task's envelope as (capability, connection); None: the task is not narrowed.
    envelope: frozenset[tuple[str, int]] | None = None
    attended: bool = False  # outside the envelope: ask; else refuse
    provenance: "Provenance | None" = (
        None  # None: nothing was read, and nothing is known of the person's words
    )
    company_domains: frozenset[str] = frozenset()
    agreed: tuple[Agreed, ...] = ()
    answered: str = (
        ""  # what became of an earlier ask for exactly this call: open, approved, refused, expired, dead
    )
    asks_left: int | None = None


class Verdict(StrEnum):
    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for a program: a code of ``policy.reasons`` with its parameters, which are put in words for each reader."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reasons: tuple[Reason, ...]
    grant: int | None = None
    would: bool = False  # shadow mode: allowed, recorded as "would have", not done
    second_person: bool = False  # of an ask: somebody other than the task's person answers
