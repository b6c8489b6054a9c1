"""The ``mail`` connector: a mailbox in a Maildir on this machine's disk."""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from agents.connectors.base import (
    CallContext,
    ConnectionContext,
    Connector,
    ConnectorError,
    Example,
    Item,
    News,
    Observed,
    Result,
    Unavailable,
    Verification,
    Watch,
)
from agents.connectors.mail import arrivals, capabilities, changing, location, observing, reading, sent
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.forms import MailSettings
from agents.connectors.mail.maildir import Maildir
from portal.words import plural

# What a disk that is full, away or overloaded says: the same may work in a moment.
PASSING = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EIO,
    errno.ESTALE,
    errno.EBUSY,
    errno.EAGAIN,
    errno.ETIMEDOUT,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOMEM,
    errno.EHOSTDOWN,
    errno.ENOTCONN,
}
DOES: dict[str, Callable[[Maildir, ConnectionContext, CallContext], Result]] = {
    "mail.list": reading.list_folder,
    "mail.read": reading.read_message,
    "mail.label": changing.label_message,
    "mail.move": changing.move_message,
    "mail.draft": changing.draft_mail,
}
# Reading is not here: it changes nothing, so it is simply done again.
HAPPENED: dict[str, Callable[[Maildir, CallContext], Result | None]] = {
    "mail.label": changing.was_labelled,
    "mail.move": changing.was_moved,
    "mail.draft": changing.was_drafted,
}


class Mail(Connector):
    kind = "mail"
    title = "Mailbox"
    description = "A mailbox on this machine: read, label and move messages, write drafts. It cannot send."
    icon = "envelope"
    capabilities = capabilities.ALL
    deeds = {
        "mail.list": ("list messages", "listed messages"),
        "mail.read": ("read a message", "read a message"),
        "mail.label": ("label a message", "labelled a message"),
        "mail.move": ("move a message", "moved a message"),
        "mail.draft": ("write a draft", "wrote a draft"),
    }
    counted = changing.COUNTED
    settings_form = MailSettings
    events = (arrivals.ARRIVED,)
    examples = (
        Example(
            "Sort the inbox: label each new message and draft answers to questions.",
            frozenset({"mail.list", "mail.read", "mail.label", "mail.draft"}),
        ),
        Example(
            "Sort the inbox: label each new message, and change nothing else.",
            frozenset({"mail.list", "mail.read", "mail.label"}),
        ),
        Example(
            "Read the new messages in the inbox and tell me which of them wait for an answer.",
            frozenset({"mail.list", "mail.read"}),
        ),
    )

    def allowed_for(self, settings: Mapping[str, Any], owner: str | None) -> str:
        """A person's own mailbox is the folder named by their e-mail; no other connection may use that."""
        path = str(settings.get("path", ""))
        if owner is None:
            if not location.is_somebodys(path):
                return ""
            return (
                "A folder named by an e-mail address is that person's own mailbox; only they can connect it. "
                "Choose a folder without @ in its name for a shared mailbox."
            )
        if location.personal_path_ok(path, owner):
            return ""
        return f"Your own mailbox is the folder “{owner}” in the portal's mail folder, or one inside it."

    def check(self, connection: ConnectionContext) -> str:
        with _in_words():
            mailbox = _mailbox(connection)
            counted = plural(len(mailbox.messages(INBOX)), "message")
        changeable = all(os.access(mailbox.root / part, os.W_OK) for part in ("", *location.PARTS))
        return counted if changeable else f"{counted}, which can be read but not changed"

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        doing = DOES.get(call.capability)
        if doing is None:
            raise ConnectorError(f"A mailbox cannot do “{call.capability[:80]}”.")
        with _in_words():
            return doing(_mailbox(connection), connection, call)

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        happened = HAPPENED.get(call.capability)
        if happened is None:
            return None
        with _in_words():
            return happened(_mailbox(connection), call)

    def observe(self, connection: ConnectionContext, call: CallContext) -> Observed | None:
        with _in_words():
            return observing.observed(_mailbox(connection), call)

    def items(self, call: CallContext, result: Result) -> tuple[Item, ...]:
        """A draft: it was good for something when its person sent it."""
        return (sent.item(call),) if call.capability == "mail.draft" else ()

    def verified(self, connection: ConnectionContext, external_id: str) -> Verification | None:
        with _in_words():
            return sent.sending(
                _mailbox(connection), str(connection.settings.get("address", "")), external_id
            )

    def news(self, connection: ConnectionContext, watch: Watch) -> News:
        with _in_words():
            return arrivals.arrived(_mailbox(connection), watch)


def _mailbox(connection: ConnectionContext) -> Maildir:
    """The folder is looked at anew for every call: it may have become a link, or be gone."""
    return Maildir(location.locate(str(connection.settings.get("path", ""))))


@contextmanager
def _in_words() -> Iterator[None]:
    """What the disk refuses did not happen: each change is one rename, and nothing comes after it."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        kind = Unavailable if error.errno in PASSING else ConnectorError
        raise kind(
            f"The mailbox’s folder cannot be used ({reason}). An admin of this machine can repair that."
        ) from error
