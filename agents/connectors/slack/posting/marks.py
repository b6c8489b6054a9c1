"""How the portal marks what it posts, and how texts stand in Slack's own marks. Pure."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

METADATA = "agent_portal"  # on what the portal and its agents post, so that it knows its own


def escaped(text: str) -> str:
    """In Slack only what stands between < and > acts: mentions, links with other words, dates. So nothing does here."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def ours(message: Json) -> bool:
    metadata = message.get("metadata")
    return isinstance(metadata, dict) and metadata.get("event_type") == METADATA


def payload_of(message: Json) -> Json:
    """What a message of ours says of itself, which people do not see; nothing for anybody else's."""
    payload = message["metadata"].get("event_payload") if ours(message) else None
    return payload if isinstance(payload, dict) else {}
