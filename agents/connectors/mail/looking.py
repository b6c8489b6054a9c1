"""What became of a message by people's hands. Nothing is changed; of a draft's neighbours only the heads are read."""

import contextlib
import re
from pathlib import Path

from agents.connectors.base import CallContext, ConnectorError, Observed
from agents.connectors.mail import drafts, folders, heads
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.stored import Stored, arrival, index

GONE = Observed("It is gone from the mailbox.", same=False)
SENT = {"sent", "sent items", "sent mail", "sent messages", "gesendet"}
ANSWERS = 200  # of what came into a folder since, the newest so many are looked through for an answer


def labelled(mailbox: Maildir, call: CallContext) -> Observed | None:
    wanted = call.arguments.get("label")
    message = _message(call.arguments.get("message"))
    if message is None or not isinstance(wanted, str):
        return None
    found = _find(mailbox, message)
    if found is None:
        return GONE
    labels = mailbox.labels(found)
    if not labels:
        return Observed("It has no label.")
    named = " and ".join(f"“{label}”" for label in labels)
    return Observed(f"It is labelled {named}.", wanted.lower() in {label.lower() for label in labels})


def moved(mailbox: Maildir, call: CallContext) -> Observed | None:
    wanted = call.arguments.get("folder")
    message = _message(call.arguments.get("message"))
    if message is None or not isinstance(wanted, str):
        return None
    found = _find(mailbox, message)
    if found is None:
        return GONE
    if found.folder == INBOX:
        return Observed("It is in the inbox.", True if wanted.upper() == INBOX else None)
    return Observed(f"It is in the folder “{found.folder}”.", found.folder == wanted)


def answered(mailbox: Maildir, call: CallContext) -> Observed | None:
    """An answer is what a mail program marked as one, or a mail beside it that names the message it answers.

    Its words are not compared: the same means that a person answered too.
    """
    message = _message(call.arguments.get("in_reply_to"))
    if message is None:
        return None  # a mail out of nothing: any other mail could be it
    found = _find(mailbox, message)
    if found is None:
        return GONE
    if found.answered:
        return Observed("It was answered.", same=True)
    identity = heads.head(mailbox.read(found, LONGEST_HEAD)[0]).message_id.encode()
    if identity:
        for name, place in folders.folders(mailbox.root).items():
            if name == drafts.FOLDER and _answers(mailbox, name, place, found, identity):
                return Observed("An answer is among the drafts.", same=True)
            if is_sent(name) and _answers(mailbox, name, place, found, identity):
                return Observed("It was answered.", same=True)
    return Observed("Nobody has answered it.")


def is_sent(folder: str) -> bool:
    """Is it where mail programs put what was sent?"""
    return folder.rpartition(".")[2].lower() in SENT


def _answers(mailbox: Maildir, folder: str, place: Path, original: Stored, identity: bytes) -> bool:
    """Does one of the folder's messages, written since and by no agent, answer the message of this identity?"""
    began = second(original) or 0
    since = [message for message in index(place, folder).values() if (second(message) or began) >= began]
    for message in sorted(since, key=arrival, reverse=True)[:ANSWERS]:
        with contextlib.suppress(ConnectorError, FileNotFoundError):  # it went meanwhile: no answer here
            head = re.split(rb"\r?\n\r?\n", mailbox.read(message, LONGEST_HEAD)[0], maxsplit=1)[0]
            if identity in head and _names(head, identity):
                return True
    return False


def second(message: Stored) -> int | None:
    """When it came into its folder, with which unique names mostly begin."""
    digits = re.match(r"[0-9]{1,12}(?=\.)", message.id)
    return int(digits[0]) if digits else None


def _names(head: bytes, identity: bytes) -> bool:
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines()
    if any(line.lower().startswith(f"{drafts.KEY}:".lower().encode()) for line in lines):
        return False
    return any(line.lower().startswith(b"in-reply-to:") and identity in line for line in lines)


def _message(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _find(mailbox: Maildir, message: str) -> Stored | None:
    try:
        return mailbox.find(message)
    except ConnectorError:
        return None
