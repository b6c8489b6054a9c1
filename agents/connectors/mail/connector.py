"""The ``mail`` connector: a mailbox in a Maildir on this machine's disk, or on a mail server."""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any, TypeVar

from agents.connectors import lasting
from agents.connectors.base import (
    CallContext,
    Checked,
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
from agents.connectors.mail import (
    arrivals,
    attached,
    capabilities,
    changing,
    location,
    observing,
    reading,
    searching,
    sending,
    sent,
)
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.forms import IMAP, MailSettings
from agents.connectors.mail.mailbox import Mailbox
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.servers import idling, smtp
from agents.connectors.mail.servers.session import using
from agents.connectors.mail.servers.store import ServerMailbox
from agents.policy.declarations import Effect
from portal.words import plural

T = TypeVar("T")
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
DOES: dict[str, Callable[[Mailbox, ConnectionContext, CallContext], Result]] = {
    "mail.list": reading.list_folder,
    "mail.read": reading.read_message,
    "mail.search": searching.search_mail,
    "mail.attachment": attached.read_attachment,
    "mail.label": changing.label_message,
    "mail.flag": changing.flag_message,
    "mail.archive": changing.archive_message,
    "mail.reply": sending.reply_mail,
    "mail.send": sending.send_mail,
    "mail.move": changing.move_message,
    "mail.draft": changing.draft_mail,
}
SENDING = ("mail.send", "mail.reply")
# Reading is not here: it changes nothing, so it is simply done again.
HAPPENED: dict[str, Callable[[Mailbox, CallContext], Result | None]] = {
    "mail.label": changing.was_labelled,
    "mail.flag": changing.was_flagged,
    "mail.archive": changing.was_archived,
    "mail.reply": sending.was_sent,
    "mail.send": sending.was_sent,
    "mail.move": changing.was_moved,
    "mail.draft": changing.was_drafted,
}


class Mail(Connector):
    kind = "mail"
    title = "Mailbox"
    description = (
        "A mailbox on a mail server or on this machine: read, sort and answer messages, write drafts, send."
    )
    icon = "envelope"
    capabilities = capabilities.ALL
    deeds = {
        "mail.list": ("list messages", "listed messages"),
        "mail.read": ("read a message", "read a message"),
        "mail.attachment": ("read an attachment", "read an attachment"),
        "mail.search": ("search messages", "searched messages"),
        "mail.flag": ("mark a message", "marked a message"),
        "mail.archive": ("archive a message", "archived a message"),
        "mail.reply": ("reply to a message", "replied to a message"),
        "mail.send": ("send a mail", "sent a mail"),
        "mail.label": ("label a message", "labelled a message"),
        "mail.move": ("move a message", "moved a message"),
        "mail.draft": ("write a draft", "wrote a draft"),
    }
    counted = {**changing.COUNTED, **sending.COUNTED}
    settings_form = MailSettings
    signs_in = True
    secret_title = "Password or token of the mail server"  # noqa: S105 - what it is called
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
        if settings.get("kind") == IMAP:
            return ""
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

    def possible(self, settings: Mapping[str, Any]) -> list[str]:
        sends = bool(settings.get("smtp_host"))
        return [one.name for one in self.capabilities if sends or one.name not in SENDING]

    def account(self, settings: Mapping[str, Any]) -> str:
        return str(settings.get("user") or settings.get("address") or "")

    def check(self, connection: ConnectionContext) -> Checked:
        def looked_at(mailbox: Mailbox) -> Checked:
            may = "" if mailbox.changeable() else "the portal may not change anything there"
            rights = {one.name: "" if one.effect is Effect.READ else may for one in self.capabilities}
            return Checked(plural(mailbox.page(INBOX, 0, 0)[0], "message"), rights)

        looked = _in(connection, looked_at)
        cannot = _sending(connection)
        rights = dict(looked.rights) | dict.fromkeys(SENDING, cannot)
        # A person's own sign-in is renewed by itself.
        ends = None if connection.account else lasting.ends_at(connection.secret)
        return replace(looked, rights=rights, ends_at=ends)

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        doing = DOES.get(call.capability)
        if doing is None:
            raise ConnectorError(f"A mailbox cannot do “{call.capability[:80]}”.")
        return _in(connection, lambda mailbox: doing(mailbox, connection, call))

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        happened = HAPPENED.get(call.capability)
        if happened is None:
            return None
        return _in(connection, lambda mailbox: happened(mailbox, call))

    def observe(self, connection: ConnectionContext, call: CallContext) -> Observed | None:
        return _in(connection, lambda mailbox: observing.observed(mailbox, call))

    def items(self, call: CallContext, result: Result) -> tuple[Item, ...]:
        """A draft: it was good for something when its person sent it."""
        return (sent.item(call),) if call.capability == "mail.draft" else ()

    def verified(self, connection: ConnectionContext, external_id: str) -> Verification | None:
        address = str(connection.settings.get("address", ""))
        return _in(connection, lambda mailbox: sent.sending(mailbox, address, external_id))

    def news(self, connection: ConnectionContext, watch: Watch) -> News:
        return _in(connection, lambda mailbox: arrivals.arrived(mailbox, watch))

    def hears(self, settings: Mapping[str, Any]) -> bool:
        return settings.get("kind") == IMAP

    def hears_of(self, places: frozenset[str]) -> frozenset[str]:
        return frozenset(idling.in_order(places)[: idling.MOST])

    def listen(
        self,
        connection: ConnectionContext,
        heard: Callable[[], None],
        stopped: Event,
        places: frozenset[str] = frozenset(),
    ) -> None:
        idling.listen(connection, heard, stopped, places)


def _sending(connection: ConnectionContext) -> str:
    """Why these settings and credentials cannot send; empty where they can."""
    if not connection.settings.get("smtp_host"):
        return "the settings name no server for outgoing mail"
    try:
        smtp.check(connection)
    except ConnectorError as error:
        return str(error)
    return ""


def _in(connection: ConnectionContext, do: Callable[[Mailbox], T]) -> T:
    """A folder is looked at anew for every call: it may have become a link, or be gone."""
    if connection.settings.get("kind") == IMAP:
        return using(connection, lambda session: do(ServerMailbox(session)))
    with _in_words():
        return do(Maildir(location.locate(str(connection.settings.get("path", "")))))


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
