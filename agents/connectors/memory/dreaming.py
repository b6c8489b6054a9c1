"""The offline model's dream: which notes say the same, are out of date or contradict each other. Pure rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from agents.connectors.memory.capabilities import CONTRADICTION, DUPLICATES, PROPOSE, RECALL, STALE
from agents.connectors.offline import Conversation, Made, Stuck, Turn
from agents.connectors.plugins import OfflineSkill
from agents.policy.language.tokens import words
from agents.policy.results import Writer
from portal.words import plural

DREAM = (
    "Dream: propose a tidier memory. First recall what is trusted, all pages, and propose lines about that. Then "
    "recall everything, and propose lines about the rest: what says the same, is out of date or contradicts itself."
)
MEANT = re.compile(r"\b(dream|tidy|consolidate)\b.*\b(notes?|memory)\b", re.IGNORECASE | re.DOTALL)
RECALLS, PROPOSES = RECALL.name.replace(".", "_"), PROPOSE.name.replace(".", "_")
UNTIL = re.compile(r"\b(?:until|till|before|by|on|bis|am) (\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)
PASSING = re.compile(r"\b(today|tonight|tomorrow|this week|this morning|heute|morgen)\b", re.IGNORECASE)
PASSED = 7  # days after which such a word means another day
SAME_BEGINNING = 3  # words that two notes about one thing begin with
TRUSTED = "trusted"
MOST_PAGES = MOST_LINES = 40  # calls in one answer; the next dream goes on
FIRST = [Writer.PERSON, Writer.AGENT, Writer.OTHERS]  # whose note stays, where several say the same


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was recalled."""

    number: int
    text: str
    writer: Writer
    noted: date

    @property
    def words(self) -> list[str]:
        return words(self.text)


@dataclass(frozen=True, slots=True)
class Line:
    why: str
    notes: tuple[int, ...]

    def call(self) -> tuple[str, dict[str, Any]]:
        return PROPOSES, {"notes": [str(number) for number in self.notes], "why": self.why}


def lines(notes: list[Note], today: date) -> list[Line]:
    """Each note stands in one line at most."""
    found: list[Line] = []
    taken: set[int] = set()
    for line in (*_stale(notes, today), *_same(notes), *_against(notes)):
        if taken.isdisjoint(line.notes):
            taken.update(line.notes)
            found.append(line)
    return found


def _stale(notes: list[Note], today: date) -> Iterator[Line]:
    for note in notes:
        days = [day for text in UNTIL.findall(note.text) if (day := _day(text))]
        over = bool(days) and max(days) < today
        if over or (PASSING.search(note.text) and (today - note.noted).days > PASSED):
            yield Line(STALE, (note.number,))


def _same(notes: list[Note]) -> Iterator[Line]:
    by_words: dict[frozenset[str], list[Note]] = {}
    for note in notes:
        by_words.setdefault(frozenset(note.words), []).append(note)
    for group in by_words.values():
        if len(group) > 1:
            best = sorted(group, key=lambda note: (FIRST.index(note.writer), -note.number))
            yield Line(DUPLICATES, tuple(note.number for note in best))


def _against(notes: list[Note]) -> Iterator[Line]:
    """They begin alike, are as long, and end otherwise: “Invoices go to Lea”, “Invoices go to Ben”."""
    for one, other in combinations(notes, 2):
        first, second = one.words, other.words
        alike = next(
            (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None
        )
        if (
            alike is not None
            and alike >= SAME_BEGINNING
            and len(first) == len(second)
            and len(first) - alike <= 2
        ):
            yield Line(CONTRADICTION, (one.number, other.number))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- the conversation --------------------------------------------------------------------------------------------------


def dream(seen: Conversation) -> Turn | None:
    """First what is trusted, so that nobody else has a say in those lines; then all."""
    if not {RECALLS, PROPOSES} <= seen.tools or not MEANT.search(seen.instruction):
        return None
    made = list(seen.made)
    second = next((at for at, call in enumerate(made) if call.tool == RECALLS and not _whose(call)), None)
    if second is None and (turn := _phase(TRUSTED, made, frozenset())):
        return turn
    before = made[:second] if second is not None else made
    after = made[second:] if second is not None else []
    done = frozenset(number for call in before if call.tool == PROPOSES for number in call.arguments["notes"])
    return _phase("", after, done) or _report(seen)


def _phase(whose: str, made: list[Made], done: frozenset[str]) -> Turn | None:
    """Recall all pages, then propose, once; None when that is done. Notes in ``done`` have a line already."""
    pages = [call for call in made if call.tool == RECALLS]
    if any(not page.done for page in pages):
        return Stuck(f"I could not recall my notes: {pages[-1].why_not}")
    number = min(int(pages[0].result.get("pages") or 1) if pages else 1, MOST_PAGES)
    if len(pages) < number:
        return [(RECALLS, {"of": whose, "page": page}) for page in range(len(pages) + 1, number + 1)]
    if any(call.tool == PROPOSES for call in made):
        return None
    notes = [note for page in pages for note in _read(page.result) if str(note.number) not in done]
    today = _day(str(pages[0].result.get("today"))) or date.min
    return [line.call() for line in lines(notes, today)][:MOST_LINES] or None


def _whose(call: Made) -> str:
    return str(call.arguments.get("of") or "")


def _read(result: dict[str, Any]) -> Iterator[Note]:
    for told in result.get("notes", []):
        noted = _day(str(told.get("noted"))) or date.min
        yield Note(int(told["note"]), str(told["text"]), Writer(told["written_by"]), noted)


def _report(seen: Conversation) -> str:
    made = seen.calls(PROPOSES)
    failed = [call for call in made if not call.done]
    if not made:
        return "I read my notes and have nothing to propose."
    said = [
        f"I propose {plural(len(made) - len(failed), 'change')} to my notes. Nothing changes before you accept it."
    ]
    said += [f"- not proposed: {call.why_not}" for call in failed[:20]]
    text = "\n".join(said)
    return Stuck(text) if len(failed) == len(made) else text


SKILL = OfflineSkill(
    "I can tidy an agent's notes. For that I need grants to recall notes and to propose changes, and an instruction to "
    "dream or to tidy the notes.",
    dream,
)
