"""What a server tells of messages: asked for in pages, and read without trust in its form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents.connectors.mail.mailbox import Found
from agents.connectors.mail.mime import LARGEST_HEAD
from agents.connectors.mail.servers import ids

HEAD = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>"]
# What mail programs note for themselves: no label of anybody's.
SYSTEM = {
    "$forwarded",
    "$mdnsent",
    "$submitted",
    "$junk",
    "$notjunk",
    "$phishing",
    "$notphishing",
    "$mailflagbit0",
    "$mailflagbit1",
    "$mailflagbit2",
    "junk",
    "nonjunk",
    "notjunk",
    "forwarded",
    "redirected",
}
_body = re.compile(rb"BODY\[(HEADER)?\](<\d+>)?")


@dataclass(frozen=True, slots=True)
class Remote:
    """One message on a server."""

    place: ids.Place
    folder: str
    flags: frozenset[str]
    labels: tuple[str, ...]
    id: str

    @property
    def at(self) -> int:
        return self.place.at

    @property
    def seen(self) -> bool:
        return "\\seen" in self.flags

    @property
    def answered(self) -> bool:
        return "\\answered" in self.flags

    @property
    def flagged(self) -> bool:
        return "\\flagged" in self.flags

    @property
    def draft(self) -> bool:
        return "\\draft" in self.flags


def found(item: Mapping[bytes, Any], folder: str, validity: int, uid: int, code: str) -> Found | None:
    """None where the answer lacks what was asked for: the message went meanwhile."""
    data, size = body(item), item.get(b"RFC822.SIZE")
    if data is None or b"INTERNALDATE" not in item:
        return None
    flags = written(item)
    own = tuple(flag for flag in flags if not flag.startswith("\\") and flag.lower() not in SYSTEM)
    place = ids.Place(second(item), ids.mark(data), validity, uid, code)
    message = Remote(place, folder, frozenset(flag.lower() for flag in flags), own, str(place))
    return Found(message, place.identity, data, size if isinstance(size, int) else len(data), own)


def written(item: Mapping[bytes, Any]) -> list[str]:
    """Its flags. One that is a number is a label all the same."""
    flags = item.get(b"FLAGS", ())
    texts = [flag if isinstance(flag, bytes) else str(flag).encode() for flag in flags]
    return [text.decode("utf-8", "replace") for text in texts]


def body(item: Mapping[bytes, Any]) -> bytes | None:
    for key, value in item.items():
        if _body.fullmatch(key) and isinstance(value, bytes | None):
            return value or b""
    return None


def second(item: Mapping[bytes, Any]) -> int:
    """Of a message's arrival."""
    when = item.get(b"INTERNALDATE")
    if not isinstance(when, datetime):
        return 0
    return max(0, int(when.astimezone(UTC).timestamp()))
