"""How the portal marks what it posts, and how texts stand in Slack's own marks. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Json = Mapping[str, Any]

METADATA = "agent_portal"  # on what the portal and its agents post, so that it knows its own
# <@U1>, <#C1|name>, <!here>, <address|shown>: Slack escapes what people type, so nothing else stands so.
_MARK = re.compile(r"<([@#!][^<>\n]+|[A-Za-z][A-Za-z0-9+.-]{0,20}:[^<>\n]+)>")


def escaped(text: str) -> str:
    """In Slack only what stands between < and > acts: mentions, links with other words, dates. So nothing does here."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read(text: str, shown: Callable[[str, str], str]) -> str:
    """As people read it. ``shown`` says what stands for a mark, of its target (``@U1``) and its label."""

    def replaced(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        return shown(target, label)

    return unescaped(_MARK.sub(replaced, text))


def address_of(target: str) -> str:
    """Of a link's target: a mail address or a number without what Slack puts in front of it."""
    return target.removeprefix("mailto:").removeprefix("tel:")


def same_address(target: str, label: str) -> bool:
    """Does a link show the address that it leads to?"""
    shown = label.removeprefix("https://").removeprefix("http://").rstrip("/")
    return shown == address_of(target).removeprefix("https://").removeprefix("http://").rstrip("/")


def ours(message: Json) -> bool:
    metadata = message.get("metadata")
    return isinstance(metadata, dict) and metadata.get("event_type") == METADATA


def payload_of(message: Json) -> Json:
    """What a message of ours says of itself, which people do not see; nothing for anybody else's."""
    payload = message["metadata"].get("event_payload") if ours(message) else None
    return payload if isinstance(payload, dict) else {}
