"""One message as a list shows it."""

import json
from typing import Any

from agents.connectors.mail import heads
from agents.connectors.mail.decoding import beginning
from agents.connectors.mail.mailbox import Found

LISTED = 600  # characters of JSON that a sender or a subject may take in a list


def row(found: Found) -> dict[str, Any]:
    head = heads.brief(found.data)
    return {
        "id": found.message.id,
        "from": cut(head.sender),
        "subject": cut(head.subject),
        "date": head.date,
        "labels": list(found.labels),
        "seen": found.message.seen,
    }


def cut(text: str) -> str:
    while size(text) > LISTED:
        text = beginning(text, len(text) * 3 // 4).rstrip("…") + "…"
    return text


def size(data: Any) -> int:
    return len(json.dumps(data))
