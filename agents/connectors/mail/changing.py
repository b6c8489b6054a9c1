"""``mail.label``, ``mail.move`` and ``mail.draft``: what an owner can undo, and nobody else sees."""

import time
from datetime import UTC, datetime

from agents.connectors.base import Errand, Result, Site
from agents.connectors.mail import drafts, folders, heads, keywords
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.stored import Stored


def label_message(mailbox: Maildir, site: Site, errand: Errand) -> Result:
    changed = mailbox.label(errand.arguments["message"], errand.arguments["label"])
    return _labelled(errand, changed=changed)


def was_labelled(mailbox: Maildir, errand: Errand) -> Result | None:
    labels = mailbox.labels(mailbox.find(errand.arguments["message"]))
    has = errand.arguments["label"].lower() in {one.lower() for one in labels}
    return _labelled(errand, changed=True) if has else None


def _labelled(errand: Errand, *, changed: bool) -> Result:
    message, label = errand.arguments["message"], keywords.check_label(errand.arguments["label"])
    if not changed:
        return Result(
            {"message": message, "label": label, "changed": False}, f"It had the label “{label}” already"
        )
    data = {"message": message, "label": label, "changed": True}
    return Result(data, f"Labelled one message “{label}”", {"labelled": 1})


def move_message(mailbox: Maildir, site: Site, errand: Errand) -> Result:
    """Into a folder that is there: a new one would be a place of the model's making."""
    mailbox.find(errand.arguments["message"])
    folders.folder(mailbox.root, errand.arguments["folder"])
    return _moved(errand, changed=mailbox.move(errand.arguments["message"], errand.arguments["folder"]))


def was_moved(mailbox: Maildir, errand: Errand) -> Result | None:
    there = mailbox.find(errand.arguments["message"]).folder
    return _moved(errand, changed=True) if there == folders.check_folder(errand.arguments["folder"]) else None


def _moved(errand: Errand, *, changed: bool) -> Result:
    message, folder = errand.arguments["message"], folders.check_folder(errand.arguments["folder"])
    data = {"message": message, "folder": folder, "changed": changed}
    if not changed:
        return Result(data, f"It was in “{folder}” already")
    return Result(data, f"Moved one message to “{folder}”", {"moved": 1})


def draft_mail(mailbox: Maildir, site: Site, errand: Errand) -> Result:
    """A draft that the same errand wrote before is not written twice."""
    arguments, original = errand.arguments, None
    if arguments.get("in_reply_to"):
        original = heads.head(mailbox.read(mailbox.find(arguments["in_reply_to"]), LONGEST_HEAD)[0])
    data = drafts.compose(
        errand.key,
        str(site.settings.get("address", "")),
        arguments["to"],
        arguments["subject"],
        arguments["text"],
        original,
        datetime.now(UTC).replace(microsecond=0),
    )
    unique = f"{int(time.time())}.{drafts.unique_part(errand.key)}.portal"
    with mailbox.locked():
        before = _draft_of(mailbox, errand)
        if before is None:
            mailbox.add(drafts.FOLDER, unique, data, "D")
    return _drafted(before.id if before else unique)


def was_drafted(mailbox: Maildir, errand: Errand) -> Result | None:
    """By the key in its head: a mail program that edits a draft gives it a new name."""
    if found := _draft_of(mailbox, errand):
        return _drafted(found.id)
    there = drafts.FOLDER in folders.folders(mailbox.root)
    for one in mailbox.messages(drafts.FOLDER) if there else []:
        if drafts.has_key(mailbox.read(one, LONGEST_HEAD)[0], errand.key):
            return _drafted(one.id)
    return None


def _draft_of(mailbox: Maildir, errand: Errand) -> Stored | None:
    return mailbox.holding(drafts.FOLDER, f".{drafts.unique_part(errand.key)}.")


def _drafted(message: str) -> Result:
    return Result({"message": message, "folder": drafts.FOLDER}, "Drafted one mail", {"drafted": 1})
