"""Claims about work items: a task carries one, its system verifies it, it was undone. Pure.

An item is known by its system and its id there. Case, width, invisible characters and punctuation do not count
(``PR #12`` and ``pr-12`` are one, ``C`` and ``C++`` too); every letter, digit and accent does, and whether words are
separated (``JIRA-123`` and ``JIRA123`` are two, ``7`` and ``007`` too). In doubt two are one, because one item that
is counted as two would pay.
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

_signs = re.compile(r"[\W_]+", re.ASCII)
# What shows nothing and is no format character: fillers of Hangul and Khmer, the joiner, the selectors of variants.
_unseen = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


class Named:
    """Said of one item: of ``system``, by its ``external_id`` there."""

    __slots__ = ()
    system: str
    external_id: str

    @property
    def key(self) -> tuple[str, str]:
        return folded(self.system), folded(self.external_id)


@dataclass(frozen=True, slots=True)
class CreditedTask:
    """The task that carried an item, by its name in ``source``. ``changed``: it changed something, or it earns none.

    ``began_at``: when it was queued. ``summary``: what a colleague reads who is asked to confirm.
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
class Claim(Named):
    """A task carries an item, by its system's own word or ``by_hand``, its person's.

    ``connection_id``: where the system can be asked about it. ``system_name``: what pages call the system.
    """

    credited: CreditedTask
    system: str
    external_id: str
    title: str = ""
    system_name: str = ""
    by_hand: bool = False
    connection_id: int | None = None


@dataclass(frozen=True, slots=True)
class Word(Named):
    """A system says of one of its items: it is done, since ``at``. ``by_id``: the person whom it names, if any."""

    system: str
    external_id: str
    at: datetime
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reversal(Named):
    """Something that was verified was undone ``at``: reopened, rolled back, taken out again."""

    system: str
    external_id: str
    at: datetime
    note: str = ""


def folded(text: str) -> str:
    """What of a name tells it from others: ``PR #12`` and ``pr-12`` are one."""
    if not text.isascii():
        text = _plain(text)
        text = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in text)
        return re.sub("-+", "-", text).strip("-")
    return _signs.sub("-", text.lower()).strip("-")


def _plain(text: str) -> str:
    """One way to write it, whatever the case, without what does not show. Twice is as once."""
    shown = "".join(char for char in _unseen.sub("", text) if unicodedata.category(char) != "Cf")
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", shown).casefold())
    # The dot that a capital I may have is no accent: a small one has it anyway.
    return unicodedata.normalize("NFKC", re.sub("i\u0307+", "i", text.casefold()))


def wrong(system: str, external_id: str) -> str:
    """Why this names no item, in words; empty where it does."""
    if not _named(system) or not _named(external_id):
        return "Name the system and the item in letters or digits."
    if len(system) > LONGEST_SYSTEM or len(folded(system)) > LONGEST_SYSTEM:
        return f"The name of a system has at most {LONGEST_SYSTEM} characters."
    if len(external_id) > LONGEST_ID or len(folded(external_id)) > LONGEST_ID:
        return f"The id of an item has at most {LONGEST_ID} characters."
    return ""


def _named(text: str) -> bool:
    return any(map(str.isalnum, folded(text)))
