"""Which scopes of a Slack token each capability needs: any one of each line. Pure."""

from collections.abc import Iterable, Mapping

READS = ("channels:read", "groups:read")
HISTORY = ("channels:history", "groups:history")
NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "slack.channels": (READS,),
}


def lacking(capability: str, held: Iterable[str]) -> str:
    """Why a token with these scopes may not do it; empty where it may."""
    there = frozenset(held)
    missing = [" or ".join(line) for line in NEEDS[capability] if not there & {*line}]
    return f"the app lacks {', '.join(missing)}" if missing else ""
