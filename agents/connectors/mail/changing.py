"""``mail.label``, ``mail.move`` and ``mail.draft``: what an owner can undo, and nobody else sees."""

import time
from datetime import UTC, datetime

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import drafts, folders, heads, keywords
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.stored import Stored

COUNTED = {"mail.label": {"labelled": 1}, "mail.move": {"moved": 1}, "mail.draft": {"drafted": 1}}


def label_message(mailbox: Maildir, connection: ConnectionContext, call: CallContext) -> Result:
    changed = mailbox.label(call.arguments["message"], call.arguments["label"])
    return _labelled(call, changed=changed)


def was_labelled(mailbox: Maildir, call: CallContext) -> Result | None:
    labels = mailbox.labels(mailbox.find(call.arguments["message"]))
    has = call.arguments["label"].lower() in {label.lower() for label in labels}
    return _labelled(call, changed=True) if has else None


def _labelled(call: CallContext, *, changed: bool) -> Result:
    message, label = call.arguments["message"], keywords.check_label(call.arguments["label"])
    data = {"message": message, "label": label, "changed": changed}
    if not changed:
        return Result(data, f"It had the label “{label}” already")
    return Result(data, f"Labelled one message “{label}”", COUNTED["mail.label"])


def move_message(mailbox: Maildir, connection: ConnectionContext, call: CallContext) -> Result:
    """Into a folder that is there: a new one would be a place of the model's making."""
    mailbox.find(call.arguments["message"])
    folders.folder(mailbox.root, call.arguments["folder"])
    return _moved(call, changed=mailbox.move(call.arguments["message"], call.arguments["folder"]))


def was_moved(mailbox: Maildir, call: CallContext) -> Result | None:
    there = mailbox.find(call.arguments["message"]).folder
    return _moved(call, changed=True) if there == folders.check_folder(call.arguments["folder"]) else None


def _moved(call: CallContext, *, changed: bool) -> Result:
    message, folder = call.arguments["message"], folders.check_folder(call.arguments["folder"])
    data = {"message": message, "folder": folder, "changed": changed}
    if not changed:
        return Result(data, f"It was in “{folder}” already")
    return Result(data, f"Moved one message to “{folder}”", COUNTED["mail.move"])


def draft_mail(mailbox: Maildir, connection: ConnectionContext, call: CallContext) -> Result:
    """A draft that the same call wrote before is not written twice."""
    arguments, original = call.arguments, None
    if arguments.get("in_reply_to"):
        original = heads.head(mailbox.read(mailbox.find(arguments["in_reply_to"]), LONGEST_HEAD)[0])
    data = drafts.compose(
        call.key,
        str(connection.settings.get("address", "")),
        arguments["to"],
        arguments["subject"],
        arguments["text"],
        original,
        datetime.now(UTC).replace(microsecond=0),
    )
    unique = f"{int(time.time())}.{drafts.unique_part(call.key)}.portal"
    with mailbox.locked():
        before = _draft_of(mailbox, call)
        if before is None:
            mailbox.add(drafts.FOLDER, unique, data, "D")
        elif not drafts.same_call(mailbox.read(before, 2 * len(data))[0], data):
            raise ConnectorError("Another draft was written for this call before. Nothing was written now.")
    return _drafted(before.id if before else unique)


def was_drafted(mailbox: Maildir, call: CallContext) -> Result | None:
    """By the key in its head: a mail program that edits a draft gives it a new name."""
    if found := _draft_of(mailbox, call):
        return _drafted(found.id)
    there = drafts.FOLDER in folders.folders(mailbox.root)
    for message in mailbox.messages(drafts.FOLDER) if there else []:
        if drafts.has_key(mailbox.read(message, LONGEST_HEAD)[0], call.key):
            return _drafted(message.id)
    return None


def _draft_of(mailbox: Maildir, call: CallContext) -> Stored | None:
    return mailbox.holding(drafts.FOLDER, f".{drafts.unique_part(call.key)}.")


def _drafted(message: str) -> Result:
    return Result({"message": message, "folder": drafts.FOLDER}, "Drafted one mail", COUNTED["mail.draft"])
