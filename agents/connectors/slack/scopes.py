"""Which scopes of a Slack token each capability needs: of each line any one. Pure."""

from collections.abc import Iterable, Mapping

LISTS = ("channels:read", "groups:read")
HISTORY = ("channels:history", "groups:history")
WRITES, MAILS = ("chat:write",), ("users:read.email",)
NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "slack.channels": (LISTS,),
    "slack.read": (LISTS, HISTORY),
    "slack.thread": (LISTS, HISTORY),
    "slack.search": (LISTS, HISTORY),
    "slack.person": (MAILS,),
    "slack.post": (LISTS, HISTORY, WRITES),
    "slack.reply": (LISTS, HISTORY, WRITES),
    "slack.message": (MAILS, ("im:write",), ("im:history",), WRITES),
    "slack.react": (LISTS, ("reactions:write",), ("reactions:read",)),
    "slack.update": (LISTS, HISTORY, WRITES),
    "slack.delete": (LISTS, HISTORY, WRITES),
    "slack.upload": (LISTS, HISTORY, ("files:write",)),
}


def lacking(capability: str, held: Iterable[str]) -> str:
    """Why a token with these scopes may not do it; empty where it may."""
    there = frozenset(held)
    missing = [" or ".join(line) for line in NEEDS[capability] if not there & {*line}]
    return f"the app lacks {', '.join(missing)}" if missing else ""
