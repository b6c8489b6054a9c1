"""What is said about work items: a task carries one, a system has its word, something was undone. Pure.

An item is known by its system and its id there. Spelling never makes two of one: letters' case, signs and
spaces do not count.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

VOIDS_WITHIN = timedelta(days=30)  # a reversal so soon after the verification voids the item
OUT_OF_REACH = timedelta(days=3)  # so long a system may be down or stopped on the last of those days
HOLDS_FOR = timedelta(days=30)  # a claim by hand that nothing confirmed so long keeps nobody from the item
AHEAD = timedelta(minutes=10)  # clocks of other systems may be ahead of ours

LONGEST_SYSTEM, LONGEST_ID, LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_NOTE = 80, 200, 200, 200, 300

_signs = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Carrier:
    """The task that carried an item, as ``source`` names it (the portal's own: its number as text).

    ``began_at``: when it was queued. ``changed``: it changed something; a task that did not earns no item.
    ``summary``: its one line for a colleague who is asked to confirm.
    """

    source: str
    task: str
    person_id: int
    team_id: int
    began_at: datetime
    changed: bool
    agent_id: int | None = None
    agent_name: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A task carries an item. ``by_hand``: its person says so; else it is the system's own word.

    ``connection_id``: where the system can be asked about it later. ``system_name``: the system's name on pages.
    """

    carrier: Carrier
    system: str
    external_id: str
    title: str = ""
    system_name: str = ""
    by_hand: bool = False
    connection_id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return key(self.system, self.external_id)


@dataclass(frozen=True, slots=True)
class Word:
    """A system says of one of its items: it is done, since ``at``. ``by_id``: the person whom it names, if any."""

    system: str
    external_id: str
    at: datetime
    by_id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return key(self.system, self.external_id)


@dataclass(frozen=True, slots=True)
class Reversal:
    """Something that was verified was undone ``at``: reopened, rolled back, taken out again."""

    system: str
    external_id: str
    at: datetime
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return key(self.system, self.external_id)


def folded(text: str) -> str:
    """What of a name tells it from others: ``PR #12`` and ``pr-12`` are one."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _signs.sub("-", unicodedata.normalize("NFKC", plain)).strip("-")


def key(system: str, external_id: str) -> tuple[str, str]:
    return folded(system), folded(external_id)


def wrong(system: str, external_id: str) -> str:
    """Why this names no item, in words; empty where it does."""
    if not folded(system) or not folded(external_id):
        return "Name the system and the item in letters or digits."
    if len(system) > LONGEST_SYSTEM or len(folded(system)) > LONGEST_SYSTEM:
        return f"The name of a system has at most {LONGEST_SYSTEM} characters."
    if len(external_id) > LONGEST_ID or len(folded(external_id)) > LONGEST_ID:
        return f"The id of an item has at most {LONGEST_ID} characters."
    return ""
