"""What in a message is the person's own words, and what only lies in it: quotes, pasted blocks, addresses. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.connectors.desk import Choice
from agents.connectors.slack.messages import plain
from agents.connectors.slack.posting import marks

FENCE = "```"
TO_ALL = {"!here", "!channel", "!everyone"}
CODE = re.compile(r"[A-HJ-NP-Z2-9]{4}(?:[- ]?[A-HJ-NP-Z2-9]{4}){2}")


@dataclass(frozen=True, slots=True)
class Words:
    own: str
    others: tuple[str, ...]


def read(text: str, app: str = "") -> Words:
    """``app``: the account of the app, whose mention is no word."""
    others: list[str] = []
    lines: list[str] = []
    # First of all, so that a quote after it is still one.
    pieces = re.sub(rf"<@{re.escape(app)}(\|[^<>\n]*)?>", "", text).split(FENCE) if app else text.split(FENCE)
    for number, piece in enumerate(pieces):
        # Pasted between two fences; a fence that nothing closes is a sign like any other.
        if number % 2 and number < len(pieces) - 1:
            others.append(plain(piece, {}).strip())
            lines.append("")
            continue
        lines.append(_unquoted(piece if number % 2 == 0 else FENCE + piece, others))
    hidden: list[str] = []
    own = marks.read("\n".join(lines), lambda target, label: _shown(target, label, hidden))
    own = "\n".join(" ".join(line.split()) for line in own.splitlines()).strip()
    return Words(own, tuple(told for told in (*others, *hidden) if told))


def addressed(own: str, agents: Sequence[Choice]) -> tuple[list[Choice], str]:
    """The agents whose name the words begin with, the longest name's, and the words after it."""
    lowered = own.casefold()
    for name in sorted({agent.name.casefold() for agent in agents}, key=len, reverse=True):
        rest = own[len(name) :] if lowered.startswith(name) else None
        if rest is None or (rest and (rest[0].isalnum() or rest[0] in "-_")):
            continue
        return [agent for agent in agents if agent.name.casefold() == name], rest.lstrip(" \t:,–—-\n")
    return [], own


def code_in(own: str) -> str:
    """The code that links an account, where the message is nothing else."""
    written = own.strip().upper()
    return re.sub("[- ]", "", written) if CODE.fullmatch(written) else ""


def _unquoted(piece: str, others: list[str]) -> str:
    kept: list[str] = []
    lines = piece.split("\n")
    for number, line in enumerate(lines):
        if line.lstrip().startswith("&gt;&gt;&gt;"):
            others.append(plain("\n".join(lines[number:]).lstrip()[12:], {}).strip())
            break
        if line.lstrip().startswith("&gt;"):
            others.append(plain(line.lstrip()[4:], {}).strip())
        else:
            kept.append(line)
    return "\n".join(kept)


def _shown(target: str, label: str, hidden: list[str]) -> str:
    """As Slack shows it. An address behind other words goes into ``hidden``: the person did not see it."""
    if target.startswith("@"):
        return target
    if target.startswith("#"):
        return f"#{label}" if label else target
    if target.startswith("!"):
        if target not in TO_ALL:
            hidden.append(marks.unescaped(label or target))
            return ""
        return f"@{target[1:]}"
    address = marks.address_of(target)
    if not label or marks.same_address(target, label):
        return label or address
    hidden.append(marks.unescaped(f"{label}: {address}"))
    return label
