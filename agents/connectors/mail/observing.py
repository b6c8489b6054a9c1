"""What became of a message by people's hands. Nothing is changed; of a draft's neighbours only the heads are read."""

import contextlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.connectors.base import CallContext, ConnectorError, Observed
from agents.connectors.mail import drafts, folders, heads, mime
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.stored import Stored, arrival, index

GONE = Observed("It is gone from the mailbox.", same=False)
SENT = {"sent", "sent items", "sent mail", "sent messages", "gesendet"}
ANSWERS = 200  # of what came into a folder since, the newest so many are looked through for an answer


def observed(mailbox: Maildir, call: CallContext) -> Observed | None:
    """None where the call is about no message: a mail out of nothing could be any other."""
    about, look = LOOKS.get(call.capability, ("", None))
    message = call.arguments.get(about)
    if look is None or not message or not isinstance(message, str):
        return None
    try:
        found = mailbox.find(message)
    except ConnectorError:
        return GONE
    return look(mailbox, found, call.arguments)


def _labelled(mailbox: Maildir, found: Stored, wanted: Mapping[str, Any]) -> Observed:
    labels = mailbox.labels(found)
    if not labels:
        return Observed("It has no label.")
    named = " and ".join(f"“{label}”" for label in labels)
    same = str(wanted.get("label")).lower() in {label.lower() for label in labels}
    return Observed(f"It is labelled {named}.", same)


def _moved(mailbox: Maildir, found: Stored, wanted: Mapping[str, Any]) -> Observed:
    folder = str(wanted.get("folder"))
    if found.folder == INBOX:
        return Observed("It is in the inbox.", True if folder.upper() == INBOX else None)
    return Observed(f"It is in the folder “{found.folder}”.", found.folder == folder)


def _answered(mailbox: Maildir, found: Stored, wanted: Mapping[str, Any]) -> Observed:
    """An answer is what a mail program marked as one, or a mail beside it that names the message it answers.

    Its words are not compared: the same means that a person answered too.
    """
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


# By capability: the argument that names the message, and how to look at it.
LOOKS: dict[str, tuple[str, Callable[[Maildir, Stored, Mapping[str, Any]], Observed]]] = {
    "mail.label": ("message", _labelled),
    "mail.move": ("message", _moved),
    "mail.draft": ("in_reply_to", _answered),
}


def is_sent(folder: str) -> bool:
    """Is it where mail programs put what was sent?"""
    return folder.rpartition(".")[2].lower() in SENT


def _answers(mailbox: Maildir, folder: str, place: Path, original: Stored, identity: bytes) -> bool:
    """Does one of the folder's messages, written since and by no agent, answer the message of this identity?"""
    began = second(original) or 0
    since = [message for message in index(place, folder).values() if (second(message) or began) >= began]
    for message in sorted(since, key=arrival, reverse=True)[:ANSWERS]:
        with contextlib.suppress(ConnectorError, FileNotFoundError):  # it went meanwhile: no answer here
            data = mailbox.read(message, LONGEST_HEAD)[0]
            if identity in data and _names(mime.head(data, Problems()), identity):
                return True
    return False


def second(message: Stored) -> int | None:
    """When it came into its folder, with which unique names mostly begin."""
    digits = re.match(r"[0-9]{1,12}(?=\.)", message.id)
    return int(digits[0]) if digits else None


def _names(headers: list[tuple[str, bytes]], identity: bytes) -> bool:
    if any(name == drafts.KEY.lower() for name, _ in headers):
        return False
    return any(name == "in-reply-to" and identity in value for name, value in headers)
