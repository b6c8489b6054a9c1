"""``mail.label``, ``mail.move`` and ``mail.draft``: what an owner can undo, and nobody else sees."""

from datetime import UTC, datetime

from agents.connectors.base import CallContext, ConnectionContext, Result
from agents.connectors.mail import drafts, heads, keywords
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.mailbox import DRAFTS, Mailbox, Message
from agents.connectors.mail.mime import LARGEST_HEAD

COUNTED = {"mail.label": {"labelled": 1}, "mail.move": {"moved": 1}, "mail.draft": {"drafted": 1}}


def label_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    changed = mailbox.label(call.arguments["message"], call.arguments["label"])
    return _labelled(call, changed=changed)


def was_labelled(mailbox: Mailbox, call: CallContext) -> Result | None:
    labels = mailbox.labels(mailbox.find(call.arguments["message"]))
    has = call.arguments["label"].lower() in {label.lower() for label in labels}
    return _labelled(call, changed=True) if has else None


def _labelled(call: CallContext, *, changed: bool) -> Result:
    message, label = call.arguments["message"], keywords.check_label(call.arguments["label"])
    data = {"message": message, "label": label, "changed": changed}
    if not changed:
        return Result(data, f"It had the label “{label}” already")
    return Result(data, f"Labelled one message “{label}”", COUNTED["mail.label"])


def move_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    """Into a folder that is there: a new one would be a place of the model's making."""
    message = mailbox.find(call.arguments["message"])
    folder = mailbox.existing(call.arguments["folder"])
    return _moved(call, folder, changed=mailbox.move(message.id, folder))


def was_moved(mailbox: Mailbox, call: CallContext) -> Result | None:
    there, folder = mailbox.find(call.arguments["message"]).folder, call.arguments["folder"]
    same = there == folder or there == folder.upper() == INBOX
    return _moved(call, there, changed=True) if same else None


def _moved(call: CallContext, folder: str, *, changed: bool) -> Result:
    data = {"message": call.arguments["message"], "folder": folder, "changed": changed}
    if not changed:
        return Result(data, f"It was in “{folder}” already")
    return Result(data, f"Moved one message to “{folder}”", COUNTED["mail.move"])


def draft_mail(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    """A draft that the same call wrote before is not written twice."""
    arguments, original = call.arguments, None
    if arguments.get("in_reply_to"):
        original = heads.head(mailbox.read(arguments["in_reply_to"], LARGEST_HEAD).data)
    data = drafts.compose(
        call.key,
        str(connection.settings.get("address", "")),
        arguments["to"],
        arguments["subject"],
        arguments["text"],
        original,
        datetime.now(UTC).replace(microsecond=0),
    )
    return _drafted(mailbox.keep(DRAFTS, call.key, data))


def was_drafted(mailbox: Mailbox, call: CallContext) -> Result | None:
    found = mailbox.of_key(DRAFTS, call.key)
    return _drafted(found) if found else None


def _drafted(message: Message) -> Result:
    data = {"message": message.id, "folder": message.folder}
    return Result(data, "Drafted one mail", COUNTED["mail.draft"])
