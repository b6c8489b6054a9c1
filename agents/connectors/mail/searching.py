"""``mail.search``: the newest messages of a folder that hold all the words."""

import re

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import parse
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.listing import row
from agents.connectors.mail.mailbox import Mailbox
from agents.connectors.mail.reaching import reachable
from portal.words import plural

MOST_WORDS = 10
SHOWN = 50


def search_mail(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    folder, words = call.arguments.get("folder") or INBOX, words_in(call.arguments["words"])
    found = mailbox.search(mailbox.existing(folder), words, SHOWN)
    rows = [row(one) for one in found if reachable(call, one)]
    data = {"folder": folder, "messages": rows, "more": len(found) == SHOWN}
    return Result(data, f"Found {plural(len(rows), 'message')}")


def words_in(written: str) -> list[str]:
    """One by one; “several in quotes” are one."""
    pieces = [quoted or plain for quoted, plain in re.findall(r'["“]([^"”]{1,200})["”]|(\S{1,200})', written)]
    words = [word.strip() for word in pieces if word.strip() and word.isprintable()]
    if not words:
        raise ConnectorError("Name at least one word to look for.")
    return words[:MOST_WORDS]


def words_of(data: bytes) -> str:
    """What a message says, to be searched."""
    letter = parse.parse(data)
    head = letter.head
    said = (head.sender, head.reply_to, *head.to, *head.cc, head.subject, letter.text)
    return "\n".join(said).casefold()
