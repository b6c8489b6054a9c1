"""``mail.list`` and ``mail.read``: what a model gets to see. Neither changes anything."""

import json
import math
from dataclasses import asdict
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import heads, keywords, marks, parse
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.stored import Stored
from portal.words import plural

PAGE = 50  # messages
LISTED = 600  # characters of JSON that a sender or a subject may take in a list
LARGEST = 90_000  # characters of JSON that one message may take


def list_folder(mailbox: Maildir, connection: ConnectionContext, call: CallContext) -> Result:
    folder, page = call.arguments.get("folder") or INBOX, call.arguments.get("page") or 1
    if page < 1:
        raise ConnectorError("Pages begin with 1.")
    stored = mailbox.messages(folder)
    pages = max(1, math.ceil(len(stored) / PAGE))
    shown = stored[(page - 1) * PAGE : page * PAGE]
    known = keywords.names(shown[0].place) if shown else {}
    rows = [row for message in shown if (row := _row(mailbox, message, known))]
    data = {"folder": folder, "total": len(stored), "page": page, "pages": pages, "messages": rows}
    return Result(data, f"Listed {plural(len(rows), 'message')} of {len(stored)}, page {page} of {pages}")


def read_message(mailbox: Maildir, connection: ConnectionContext, call: CallContext) -> Result:
    stored = mailbox.find(call.arguments["message"])
    data, size = mailbox.read(stored, parse.LARGEST)
    shown = _whole(stored, mailbox.labels(stored), parse.parse(data, size), _own(connection))
    return Result(shown, "Read one message", {"read": 1})


def _row(mailbox: Maildir, message: Stored, known: dict[str, str]) -> dict[str, Any] | None:
    """None where it was taken away since the folder was looked at."""
    try:
        head = heads.head(mailbox.read(message, LONGEST_HEAD)[0])
    except ConnectorError:
        return None
    except OSError:  # one message that cannot be opened must not hide the others; mail.read says why
        head = heads.Head()
    return {
        "id": message.id,
        "from": _cut(head.sender),
        "subject": _cut(head.subject),
        "date": head.date,
        "labels": keywords.labels(message.letters, known),
        "seen": message.seen,
    }


def _own(connection: ConnectionContext) -> list[str]:
    return [str(connection.settings.get("address") or "")]


def _whole(stored: Stored, labels: list[str], mail: parse.Letter, own: list[str]) -> dict[str, Any]:
    head = mail.head
    data: dict[str, Any] = {
        "id": stored.id,
        "folder": stored.folder,
        "from": head.sender,
        "to": list(head.to),
        "cc": list(head.cc),
        "subject": head.subject,
        "date": head.date,
        "labels": labels,
        "text": mail.text,
        "attachments": [asdict(attached) for attached in mail.attachments],
        "problems": list(mail.problems),
    }
    if head.reply_to and head.reply_to != head.sender:
        data["reply_to"] = head.reply_to
    if head.list_id:
        data["list_id"] = head.list_id
    if signs := marks.in_mailbox(head.marks, head.sender, own).as_data():
        data["marks"] = signs
    if mail.shortened:
        data["shortened"] = True
    if _size(data) > LARGEST:  # thousands of letters that JSON writes with six signs each: what matters fits
        for name in ("to", "cc", "attachments"):
            data[name] = data[name][:5]
        data |= {"text": mail.text[:2_000], "shortened": True}
        data["problems"].append("It is too large to be shown whole; lists and text were cut.")
    return data


def _cut(text: str) -> str:
    while _size(text) > LISTED:
        text = text[: len(text) * 3 // 4].rstrip("…") + "…"
    return text


def _size(data: Any) -> int:
    return len(json.dumps(data))
