"""What in a message is the person's own words, and what only lies in it: quotes, pasted blocks, hidden addresses. Pure.

Slack escapes ``&``, ``<`` and ``>`` and writes names and links as ``<@U1>``, ``<#C1|name>``, ``<address|shown>``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.connectors.desk import Choice
from agents.connectors.slack.posting.marks import unescaped

FENCE = "```"
MARK = re.compile(r"<([^<>\n]*)>")
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
            others.append(plain(piece).strip())
            lines.append("")
            continue
        lines.append(_unquoted(piece if number % 2 == 0 else FENCE + piece, others))
    hidden: list[str] = []
    own = plain("\n".join(lines), hidden)
    own = "\n".join(" ".join(line.split()) for line in own.splitlines()).strip()
    return Words(own, tuple(told for told in (*others, *hidden) if told))


def plain(text: str, hidden: list[str] | None = None) -> str:
    """As Slack shows it, without escapes. Addresses behind other words go into ``hidden``."""
    found = [] if hidden is None else hidden
    return unescaped(MARK.sub(lambda mark: _shown(mark[1], found), text))


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
            others.append(plain("\n".join(lines[number:]).lstrip()[12:]).strip())
            break
        if line.lstrip().startswith("&gt;"):
            others.append(plain(line.lstrip()[4:]).strip())
        else:
            kept.append(line)
    return "\n".join(kept)


def _shown(mark: str, hidden: list[str]) -> str:
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        return target
    if target.startswith("#"):
        return f"#{label}" if label else target
    if target.startswith("!"):
        if target not in TO_ALL:
            hidden.append(unescaped(label or target))
            return ""
        return f"@{target[1:]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or _same(address, label):
        return label or address
    hidden.append(unescaped(f"{label}: {address}"))
    return label


def _same(address: str, label: str) -> bool:
    bare = re.sub(r"^https?://", "", address).rstrip("/")
    return label in {address, bare} or re.sub(r"^https?://", "", label).rstrip("/") == bare
