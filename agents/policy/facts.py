"""The words of the rules, as frozen data: what a call asks for, what is true at the moment, and what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from agents.policy.declarations import Capability
from agents.policy.limits import Limits
from agents.policy.provenance import Provenance


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
    used_today: int = 0  # in the last 24 hours, where the grant sets how many that may be
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


@dataclass(frozen=True, slots=True)
class Cleared:
    """A person's yes of the evening before to calls of this ``shape``, for tonight's runs of the task's schedule."""

    id: int
    shape: str  # agents.policy.shapes
    grant: int
    version: int
    who: str
    until: datetime
    second_person: bool = False  # given by a second person


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
    provenance: Provenance | None = None  # None: nothing is known of the person's words
    company_domains: frozenset[str] = frozenset()
    tells: bool = False  # the call is the one by which an agent tells its person something
    agreed: tuple[Agreed, ...] = ()
    cleared: tuple[Cleared, ...] = ()
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
    clearance: int | None = None  # the one that allows it, of which a use is taken
