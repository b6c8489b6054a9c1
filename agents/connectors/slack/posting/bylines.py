"""What an agent posts, as Slack's blocks, and under it which agent wrote it and for whom. Pure.

The last line is a block of its own, which Slack draws small and grey: no text of a model can look like it. In the text
before it nothing acts, but an address is a link to itself.
"""

import re
from collections.abc import Iterator
from typing import Any

from agents.connectors.base import CallContext

Block = dict[str, Any]
LONGEST = 3_000  # characters of one piece
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[\w/]")
_MENTION = re.compile(r"<([@!])(\w+)>")


def signed(text: str, call: CallContext, *, mentions: str = "") -> list[Block]:
    """``mentions``: ``<@U1> <!here>``, as they stand ahead of the text."""
    elements = [*_mentioned(mentions), *_pieces(text)]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "elements": [section]}, byline(call)]


def byline(call: CallContext) -> Block:
    told = f"Written by the agent “{call.agent_name}”"
    if call.person_name:
        told += f", which works for {call.person_name}"
    return {"type": "context", "elements": [{"type": "plain_text", "text": told, "emoji": False}]}


def _mentioned(marks: str) -> Iterator[Block]:
    for sign, name in _MENTION.findall(marks):
        yield {"type": "user", "user_id": name} if sign == "@" else {"type": "broadcast", "range": name}
        yield {"type": "text", "text": " "}


def _pieces(text: str) -> Iterator[Block]:
    at = 0
    for found in _ADDRESS.finditer(text):
        yield from _plain(text[at : found.start()])
        address = found[0]
        yield from [{"type": "link", "url": address}] if len(address) <= LONGEST else _plain(address)
        at = found.end()
    yield from _plain(text[at:])


def _plain(text: str) -> Iterator[Block]:
    for at in range(0, len(text), LONGEST):
        yield {"type": "text", "text": text[at : at + LONGEST]}
