"""What became of a message by people's hands. Nothing is changed; of a draft's neighbours only the heads are read."""

from collections.abc import Callable, Mapping
from typing import Any

from agents.connectors.base import CallContext, ConnectorError, Observed, Unavailable
from agents.connectors.mail import drafts, heads, mime
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.mailbox import DRAFTS, SENT, Mailbox, Message
from agents.connectors.mail.mime import LARGEST_HEAD

GONE = Observed("It is gone from the mailbox.", same=False)
ANSWERS = 200  # of what came into a folder since, the newest so many are looked through for an answer


def observed(mailbox: Mailbox, call: CallContext) -> Observed | None:
    """None where the call is about no message: a mail out of nothing could be any other."""
    about, look = LOOKS.get(call.capability, ("", None))
    message = call.arguments.get(about)
    if look is None or not message or not isinstance(message, str):
        return None
    try:
        found = mailbox.find(message)
    except Unavailable:
        raise
    except ConnectorError:
        return GONE
    return look(mailbox, found, call.arguments)


def _labelled(mailbox: Mailbox, found: Message, wanted: Mapping[str, Any]) -> Observed:
    labels = mailbox.labels(found)
    if not labels:
        return Observed("It has no label.")
    named = " and ".join(f"“{label}”" for label in labels)
    same = str(wanted.get("label")).lower() in {label.lower() for label in labels}
    return Observed(f"It is labelled {named}.", same)


def _moved(mailbox: Mailbox, found: Message, wanted: Mapping[str, Any]) -> Observed:
    folder = str(wanted.get("folder"))
    if found.folder == INBOX:
        return Observed("It is in the inbox.", True if folder.upper() == INBOX else None)
    return Observed(f"It is in the folder “{found.folder}”.", found.folder == folder)


def _answered(mailbox: Mailbox, found: Message, wanted: Mapping[str, Any]) -> Observed:
    """An answer is what a mail program marked as one, or a mail beside it that names the message it answers.

    Its words are not compared: the same means that a person answered too.
    """
    if found.answered:
        return Observed("It was answered.", same=True)
    identity = heads.head(mailbox.read(found.id, LARGEST_HEAD).data).message_id.encode()
    if identity:
        for name, role in mailbox.folders().items():
            if role == DRAFTS and _answers(mailbox, name, found, identity):
                return Observed("An answer is among the drafts.", same=True)
            if role == SENT and _answers(mailbox, name, found, identity):
                return Observed("It was answered.", same=True)
    return Observed("Nobody has answered it.")


# By capability: the argument that names the message, and how to look at it.
LOOKS: dict[str, tuple[str, Callable[[Mailbox, Message, Mapping[str, Any]], Observed]]] = {
    "mail.label": ("message", _labelled),
    "mail.move": ("message", _moved),
    "mail.draft": ("in_reply_to", _answered),
}


def _answers(mailbox: Mailbox, folder: str, original: Message, identity: bytes) -> bool:
    """Does one of the folder's messages, written since and by no agent, answer the message of this identity?"""
    return any(
        identity in found.data and _names(mime.head(found.data, Problems()), identity)
        for found in mailbox.newest(folder, ANSWERS, original.at or 0)
    )


def _names(headers: list[tuple[str, bytes]], identity: bytes) -> bool:
    if any(name == drafts.KEY.lower() for name, _ in headers):
        return False
    return any(name == "in-reply-to" and identity in value for name, value in headers)
