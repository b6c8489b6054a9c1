"""Origins: the places that a value or a text of a call can come from, and which of them are trusted."""

from dataclasses import dataclass
from enum import StrEnum


class From(StrEnum):
    """The first twelve are trusted."""

    PERSON = "person"
    OWN = "own"
    LIMITS = "limits"
    SAFE = "safe"
    LOOKUP = "lookup"
    CREATED = "created"
    LISTED = "listed"
    AGREED = "agreed"
    ALLOWED = "allowed"  # a person allowed a call with it in this task
    ENDORSED = "endorsed"  # a person ticked it on the sheet of an ask
    CODE = "code"  # it completes a call of this task
    WITHIN = "within"  # within what the person named, or the task made
    RESULT = "result"  # it stands in something that was read
    AGENT = "agent"  # the agent's own words
    LEADS = "leads"  # a link, an address or a code from elsewhere
    MIXED = "mixed"  # a thing into which the task put what others wrote
    MENTIONED = "mentioned"  # a reader in the person's words, but not as the one who is told
    UNKNOWN = "unknown"


TRUSTED = frozenset(list(From)[:12])


@dataclass(frozen=True, slots=True)
class Origin:
    """``call``: the one that returned or made it; 0 where none did."""

    source: From
    call: int = 0

    @property
    def trusted(self) -> bool:
        return self.source in TRUSTED


UNKNOWN = Origin(From.UNKNOWN)
