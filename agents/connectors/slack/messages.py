"""Messages: what stands in them, as plain text and as an agent is told. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from agents.connectors.slack.names import message_id
from agents.connectors.slack.posting import marks
from agents.connectors.slack.posting.marks import Json
from agents.storable import storable

LONGEST_TEXT = 3_500  # characters of what an agent writes; escaped it is longer, and Slack cuts at 40,000
SHOWN = 4_000  # characters of one message
MOST_FILES = 20
_USER = re.compile(r"<@([UW][A-Z0-9]{5,20})(?:\|[^<>]*)?>")


def plain(text: str, names: Mapping[str, tuple[str, str]]) -> str:
    """As a person reads it, with the address behind each link."""

    def shown(target: str, label: str) -> str:
        if target.startswith("@"):
            return f"@{names.get(target[1:], (label or target[1:], ''))[0]}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!"):
            return label or f"@{target[1:].partition('^')[0]}"
        address = marks.address_of(target)
        return label if marks.same_address(target, label) else f"{label} ({address})" if label else address

    return marks.read(text, shown)


def users_in(message: Json) -> Iterator[str]:
    """Ids of its author and of those whom it mentions."""
    if isinstance(message.get("user"), str):
        yield message["user"]
    yield from _USER.findall(whole_text(message))


def whole_text(message: Json) -> str:
    """Its text, and what apps put into attachments instead."""
    parts = [message.get("text")]
    attachments = message.get("attachments")
    for attached in attachments if isinstance(attachments, list) else []:
        if isinstance(attached, dict):
            own = [attached.get(name) for name in ("pretext", "title", "text")]
            parts += own if any(own) else [attached.get("fallback")]
    return "\n".join(part for part in parts if isinstance(part, str) and part)


def told(message: Json, place: str, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A message for the model."""
    ts = str(message.get("ts") or "")
    author = str(message.get("user") or "")
    name, address = names.get(author, (str(message.get("username") or author or "an app"), ""))
    text = storable(plain(whole_text(message), names))
    found: dict[str, Any] = {
        "id": message_id(place, ts),
        "from": storable(name)[:80],
        "email": address,
        "at": at(ts).isoformat(timespec="seconds"),
        "text": text[:SHOWN],
    }
    if len(text) > SHOWN:
        found["shortened"] = True
    if isinstance(message.get("reply_count"), int):
        found["replies"] = message["reply_count"]
    if files := [_file(one) for one in _listed(message.get("files"))]:
        found["files"] = files[:MOST_FILES]
    if reactions := {
        str(one.get("name"))[:100]: one.get("count") for one in _listed(message.get("reactions"))
    }:
        found["reactions"] = reactions
    return found


def at(ts: str) -> datetime:
    """The moment that Slack's ``1712345678.000100`` names; the beginning of time where it is none."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _file(record: Json) -> dict[str, Any]:
    return {
        "name": storable(str(record.get("name") or record.get("title") or ""))[:100],
        "type": str(record.get("mimetype") or "")[:100],
        "bytes": record.get("size") if isinstance(record.get("size"), int) else 0,
    }


def _listed(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
