"""A conversation as the offline model's rules see it: what was asked, which tools there are, what came of each call."""

import re
from dataclasses import dataclass
from typing import Any

TELL = re.compile(r"\b(tell|report|let me know|post)\b", re.IGNORECASE)
# “… and post it to Support”: a name as names are written, no “me”.
TELLS_OTHERS = re.compile(
    r"\b(?i:tell|report|post|announce)\b[^.;]{0,80}? to (?:the )?(?:team )?[“\"]?([A-Z][\w&-]*(?: [A-Z][\w&-]*)*)"
)
# The last address of that line: a name may look like one.
ACTS_FOR = re.compile(r"^You act for .*<([^<>\s]+)>", re.MULTILINE)


Wanted = list[tuple[str, dict[str, Any]]]  # tools to call, with their arguments
Turn = Wanted | str  # the next calls, or at the end what was done in words


class Stuck(str):
    """Said instead of a report where the job cannot be done."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Made:
    """One call that was made, and what it returned (``transcript.told``)."""

    tool: str
    arguments: dict[str, Any]
    content: dict[str, Any]

    @property
    def done(self) -> bool:
        return self.content.get("status") in ("done", "recorded")

    @property
    def recorded(self) -> bool:
        """Shadow mode: noted, not done."""
        return self.content.get("status") == "recorded"

    @property
    def denied(self) -> bool:
        return self.content.get("status") == "denied"

    @property
    def result(self) -> dict[str, Any]:
        result = self.content.get("result")
        return result if isinstance(result, dict) else {}

    @property
    def why_not(self) -> str:
        return str(
            self.content.get("reason") or " ".join(self.content.get("reasons", [])) or "no reason given"
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """``telling``: the tool by which the agent tells its person something, ``recalling``: by which it looks up what it
    noted in earlier tasks; empty where it has none."""

    instruction: str
    system: str
    tools: frozenset[str]
    made: tuple[Made, ...]
    telling: str = ""
    recalling: str = ""

    @property
    def wants_to_be_told(self) -> bool:
        return bool(TELL.search(self.instruction))

    @property
    def others(self) -> str:
        """The team that the instruction asks to tell as well; empty where it names none."""
        found = TELLS_OTHERS.search(self.instruction)
        return found.group(1) if found else ""

    @property
    def person(self) -> str:
        """The e-mail of the person whom the agent acts for; empty when the system text does not say."""
        found = ACTS_FOR.search(self.system)
        return found.group(1) if found else ""

    @property
    def notes(self) -> list[str]:
        """What was recalled of the person's own words and the agent's: never what others may have written."""
        told = [note for made in self.calls(self.recalling) for note in made.result.get("notes", [])]
        return [str(note.get("text")) for note in told if note.get("written_by") in ("person", "agent")]

    def calls(self, tool: str) -> list[Made]:
        return [made for made in self.made if made.tool == tool]
