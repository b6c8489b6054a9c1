"""``mail.list`` and ``mail.read``: what a model gets to see. Neither changes anything."""

import math
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import marks, parse
from agents.connectors.mail.addresses import plain
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.listing import row, size
from agents.connectors.mail.mailbox import Found, Mailbox
from agents.connectors.mail.reaching import reachable, reached
from portal.words import plural

PAGE = 50  # messages
LARGEST = 90_000  # characters of JSON that one message may take


def list_folder(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    folder, page = call.arguments.get("folder") or INBOX, call.arguments.get("page") or 1
    if page < 1:
        raise ConnectorError("Pages begin with 1.")
    total, shown = mailbox.page(folder, (page - 1) * PAGE, PAGE)
    pages = max(1, math.ceil(total / PAGE))
    rows = [row(found) for found in shown if reachable(call, found)]
    data = {"folder": folder, "total": total, "page": page, "pages": pages, "messages": rows}
    return Result(data, f"Listed {plural(len(rows), 'message')} of {total}, page {page} of {pages}")


def read_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    found = reached(mailbox, call, call.arguments["message"], parse.LARGEST)
    shown = whole(found, parse.parse(found.data, found.size), _own(connection))
    return Result(shown, "Read one message", {"read": 1})


def _own(connection: ConnectionContext) -> list[str]:
    return [str(connection.settings.get("address") or "")]


def whole(found: Found, mail: parse.Letter, own: list[str]) -> dict[str, Any]:
    head = mail.head
    data: dict[str, Any] = {
        "id": found.message.id,
        "folder": found.message.folder,
        "from": head.sender,
        "to": list(head.to),
        "cc": list(head.cc),
        "subject": head.subject,
        "date": head.date,
        "labels": list(found.labels),
        "text": mail.text,
        "attachments": [
            {"name": attached.name, "type": attached.type, "bytes": attached.bytes}
            for attached in mail.attachments
        ],
        "problems": list(mail.problems),
    }
    # An answer to the mailbox itself would reach nobody: then it goes to the sender.
    if head.reply_to and head.reply_to != head.sender and not marks.is_own(plain(head.reply_to), own):
        data["reply_to"] = head.reply_to
    if head.list_id:
        data["list_id"] = head.list_id
    if signs := marks.in_mailbox(head.marks, head.sender, own).as_data():
        data["marks"] = signs
    if mail.links:
        data["links"] = [{"text": link.text, "to": link.to} for link in mail.links]
    if mail.pictures:
        data["pictures"] = list(mail.pictures)
    if mail.hidden_orders:
        data["hidden_orders"] = True
    if mail.shortened:
        data["shortened"] = True
    if size(data) > LARGEST:  # thousands of letters that JSON writes with six signs each: what matters fits
        for name in ("to", "cc", "attachments", "links", "pictures"):
            if name in data:
                data[name] = data[name][:5]
        data |= {"text": mail.text[:2_000], "shortened": True}
        data["problems"].append("It is too large to be shown whole; lists and text were cut.")
    return data
