"""A conversation as the offline rules see it. Pure data."""

import re
from dataclasses import dataclass
from typing import Any

ABOUT_MAIL = re.compile(r"\b(mail|mails|e-?mails?|inbox|mailbox|messages?|triage)\b", re.IGNORECASE)
TELL = re.compile(r"\b(tell|report|let me know|post)\b", re.IGNORECASE)
# The last address of that line: a name may look like one.
ACTS_FOR = re.compile(r"^You act for .*<([^<>\s]+)>", re.MULTILINE)


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
    instruction: str
    system: str
    tools: frozenset[str]
    made: tuple[Made, ...]

    @property
    def is_about_mail(self) -> bool:
        return "mail_list" in self.tools and bool(ABOUT_MAIL.search(self.instruction))

    @property
    def wants_to_be_told(self) -> bool:
        return bool(TELL.search(self.instruction))

    @property
    def person(self) -> str:
        """The e-mail of the person whom the agent acts for; empty when the system text does not say."""
        found = ACTS_FOR.search(self.system)
        return found.group(1) if found else ""

    def calls(self, tool: str) -> list[Made]:
        return [call for call in self.made if call.tool == tool]
