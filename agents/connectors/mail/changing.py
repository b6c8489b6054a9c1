"""``mail.label``, ``mail.move`` and ``mail.draft``: what an owner can undo, and nobody else sees."""

from datetime import UTC, datetime

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import drafts, heads, keywords
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.mailbox import ALL, ARCHIVE, DRAFTS, Mailbox, Message
from agents.connectors.mail.reaching import reached

COUNTED = {
    "mail.label": {"labelled": 1},
    "mail.flag": {"flagged": 1},
    "mail.move": {"moved": 1},
    "mail.archive": {"archived": 1},
    "mail.draft": {"drafted": 1},
}
# Said in a call, so that a person's instruction or the grant vouches for it: a message's id alone is anybody's.
PLACE = "archive"
# What a call may say: the flag, and whether it is set or taken off.
FLAGS = {
    "seen": ("seen", True),  # not “read”, which most instructions hold: they would vouch for it
    "unseen": ("seen", False),
    "flagged": ("flagged", True),
    "unflagged": ("flagged", False),
}


def label_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    _reached(mailbox, call)
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
    _reached(mailbox, call)
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


def archive_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    if call.arguments["place"].lower() != PLACE:
        raise ConnectorError(f"The place of what is archived is “{PLACE}”.")
    _reached(mailbox, call)
    message = mailbox.find(call.arguments["message"])
    folder = mailbox.archive()
    return _archived(call, folder, changed=mailbox.move(message.id, folder))


def was_archived(mailbox: Mailbox, call: CallContext) -> Result | None:
    there = mailbox.find(call.arguments["message"]).folder
    same = mailbox.folders().get(there) in (ARCHIVE, ALL)
    return _archived(call, there, changed=True) if same else None


def _archived(call: CallContext, folder: str, *, changed: bool) -> Result:
    data = {"message": call.arguments["message"], "folder": folder, "changed": changed}
    if not changed:
        return Result(data, "It was archived already")
    return Result(data, "Archived one message", COUNTED["mail.archive"])


def flag_message(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    flag, on = _flag(call)
    _reached(mailbox, call)
    return _flagged(call, changed=mailbox.mark(call.arguments["message"], flag, on=on))


def was_flagged(mailbox: Mailbox, call: CallContext) -> Result | None:
    flag, on = _flag(call)
    message = mailbox.find(call.arguments["message"])
    same = {"seen": message.seen, "flagged": message.flagged}[flag] is on
    return _flagged(call, changed=True) if same else None


def _flag(call: CallContext) -> tuple[str, bool]:
    wanted = FLAGS.get(call.arguments["flag"])
    if wanted is None:
        raise ConnectorError(f"A message can be marked {', '.join(FLAGS)}.")
    return wanted


def _flagged(call: CallContext, *, changed: bool) -> Result:
    message, flag = call.arguments["message"], call.arguments["flag"]
    data = {"message": message, "flag": flag, "changed": changed}
    if not changed:
        return Result(data, f"It was marked {flag} already")
    return Result(data, f"Marked one message {flag}", COUNTED["mail.flag"])


def _reached(mailbox: Mailbox, call: CallContext) -> None:
    """Where the grant says which messages, the message is looked at first."""
    if call.bounds:
        reached(mailbox, call, call.arguments["message"])


def draft_mail(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    """A draft that the same call wrote before is not written twice."""
    arguments, original = call.arguments, None
    if arguments.get("in_reply_to"):
        original = heads.head(reached(mailbox, call, arguments["in_reply_to"]).data)
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
