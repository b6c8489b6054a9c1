"""The shared mailbox of the sample company, and the agent that sorts it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.forms import IMAP, MailSettings
from agents.connectors.mail.importing import import_folder
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.servers.encrypted import STARTTLS, TLS
from agents.connectors.mail.servers.looking import AT_ONCE
from agents.connectors.mail.servers.session import Session, using
from agents.connectors.mail.servers.store import ServerMailbox
from agents.connectors.mail.sorting import LABELS
from agents.connectors.plugins import Demo, Inbox, SampleAgent, SampleConnection
from agents.policy.limits import ANY_WORDS
from portal.outgoing.inside import networks

MESSAGES = Path(__file__).parent / "sample_mailbox"
LIMITS: Mapping[str, Mapping[str, Any]] = {
    "mail.list": {},
    "mail.read": {},
    "mail.label": {"label": {"only": list(LABELS)}},
    # Only a person sends a draft, so it may be to anybody and in the agent's own words: opened on purpose.
    "mail.draft": {"to": {"only": ["*"]}, "subject": dict(ANY_WORDS), "text": dict(ANY_WORDS)},
}
AGENT = SampleAgent(
    name="Inbox triage",
    purpose="Sorts the support mailbox and prepares answers to questions",
    ready_made="triage",
    instructions=f"Use these labels and no others: {', '.join(LABELS)}. One label for each message.",
    task="Sort the inbox: label every message, draft answers to questions, then tell me what you found "
    "and post the counts to Support.",
)


def mailbox() -> dict[str, str]:
    """The settings of a mailbox with the sample's messages; its folder is made where there is none."""
    path = Path(settings.MAIL_ROOT) / "support"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        import_folder(MESSAGES, path)
    return {"path": str(path), "address": "support@example.com"}


CONNECTION = SampleConnection(
    name="Support mailbox",
    why="Sort the shared inbox every morning before the team starts",
    settings=mailbox,
    limits=lambda email, team: LIMITS,
)


def copied(source: Path) -> tuple[dict[str, str], Inbox]:
    """A mailbox with the messages of ``source``. To be sorted: of a Maildir with folders, those that lie in none."""
    place = Path(settings.MAIL_ROOT) / "demo"
    place.parent.mkdir(parents=True, exist_ok=True)
    imported = import_folder(source, place)
    mailbox = Maildir(place)
    stored = mailbox.messages(INBOX)
    labels = {message.id: found for message in stored if (found := mailbox.labels(message))}
    names = {message.id: imported.names.get(message.id, message.id) for message in reversed(stored)}
    inbox = Inbox(names, labels, imported.errors, imported.skipped)
    return {"path": str(place), "address": "support@example.com"}, inbox


def reached(address: str, secret: str) -> tuple[dict[str, Any], Inbox]:
    """The inbox of a mailbox on a server, at ``imaps://user@host``. Raises ConnectorError."""
    settings_ = _server(address)
    inside = networks(settings.INSIDE)

    def looked_at(session: Session) -> Inbox:
        mailbox = ServerMailbox(session)
        total, every = mailbox.page(INBOX, 0, 0)[0], []
        for first in range(0, total, AT_ONCE):
            every += mailbox.page(INBOX, first, AT_ONCE)[1]
        labels = {found.message.id: list(found.labels) for found in every if found.labels}
        return Inbox({found.message.id: found.message.id for found in reversed(every)}, labels, {})

    return settings_, using(ConnectionContext(0, "Demo", settings_, secret, inside=inside), looked_at)


def _server(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    user, host = unquote(parts.username or ""), parts.hostname or ""
    if parts.scheme not in ("imaps", "imap") or not host or not user or parts.password:
        raise ConnectorError(
            "Name the server as imaps://user@imap.example.com, without a password; %40 stands for @ in the user."
        )
    form = MailSettings(
        {
            "kind": IMAP,
            "host": host,
            "port": parts.port or "",
            "security": TLS if parts.scheme == "imaps" else STARTTLS,
            "user": user,
            "address": user if "@" in user else f"{user}@{host}",
        }
    )
    if not form.is_valid():
        raise ConnectorError(" ".join(str(error) for errors in form.errors.values() for error in errors))
    return dict(form.cleaned_data)


DEMO = Demo(
    "mail",
    copied,
    read="mail.read",
    handle="mail.label",
    draft="mail.draft",
    thing="message",
    answers="in_reply_to",
    reach=reached,
)
