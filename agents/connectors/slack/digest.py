"""The offline model's job in Slack: what happened in the channels that the person names, in numbers.

No words of others are passed on: rules that understand nothing could not tell news from an order.
"""

import re
from collections.abc import Iterator
from typing import Any

from agents.connectors.offline import Conversation, Made, Stuck, Turn
from agents.connectors.plugins import OfflineSkill, ReadyMade
from portal.words import plural

MOST = 10  # channels of one digest
_NAMED = re.compile(r"#([^\W_][\w.-]{0,79})|\bchannels? [“\"']?([^\W_][\w-]{0,79})", re.IGNORECASE)
_NO_NAMES = {"and", "in", "of", "that", "the", "which", "is", "are", "was", "has", "for", "to", "every"}
READY = ReadyMade(
    key="channel-digest",
    name="Channel digest",
    purpose="Says what happened in the Slack channels that you name; it writes nothing there",
    instructions="A few lines for each channel: what was decided, what is open, who waits for whom. Name the people.",
    envelope=frozenset({"slack.channels", "slack.read", "slack.thread"}),
    tells=True,
    example="Read the channel general and tell me what happened.",
    line="0 17 * * 1-5",
)


def meant(seen: Conversation) -> Turn | None:
    """Nothing where the instruction names no channel."""
    if "slack_read" not in seen.tools:
        return None
    wanted = named(seen.instruction)
    return digest(seen, wanted) if wanted else None


def named(instruction: str) -> list[str]:
    found = [one or other for one, other in _NAMED.findall(instruction)]
    names = [name.rstrip(".-").lower() for name in found]
    return [name for name in dict.fromkeys(names) if name and name not in _NO_NAMES][:MOST]


def digest(seen: Conversation, wanted: list[str]) -> Turn:
    """The next calls, or at the end what there was."""
    reads = {str(made.arguments.get("channel")): made for made in seen.calls("slack_read")}
    if rest := [name for name in wanted if name not in reads]:
        return [("slack_read", {"channel": name}) for name in rest]
    text = "\n".join(_line(name, reads[name]) for name in wanted)
    if not any(reads[name].done for name in wanted):
        return Stuck(text)
    if seen.telling and seen.person and seen.wants_to_be_told and not seen.calls(seen.telling):
        return [(seen.telling, {"to": seen.person, "text": text})]
    return text


def _line(name: str, read: Made) -> str:
    if not read.done:
        return f"#{name}: I could not read it: {read.why_not}"
    messages = [one for one in read.result.get("messages", []) if isinstance(one, dict)]
    if not messages:
        return f"#{name}: there is no message."
    return f"#{name}: the newest {plural(len(messages), 'message')}, {', '.join(_counted(messages))}."


def _counted(messages: list[dict[str, Any]]) -> Iterator[str]:
    yield f"from {plural(len({one.get('from') for one in messages}), 'person', 'people')}"
    asked = [one for one in messages if str(one.get("text") or "").rstrip().endswith("?")]
    open_ = [one for one in asked if not one.get("replies")]
    yield (
        f"{plural(len(asked), 'question')}, {len(open_)} of them without a reply" if asked else "no question"
    )
    if files := sum(len(one.get("files", [])) for one in messages):
        yield plural(files, "file")


SKILL = OfflineSkill(
    "In Slack I can count what happened in channels: “Read #orders and tell me what happened.”", meant
)
