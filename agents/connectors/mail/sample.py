"""The shared mailbox of the sample company, and the agent that sorts it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.importing import import_folder
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.sorting import LABELS
from agents.connectors.plugins import Demo, Inbox, SampleAgent, SampleConnection
from agents.policy.limits import ANY_WORDS

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


DEMO = Demo(
    "mail",
    copied,
    read="mail.read",
    handle="mail.label",
    draft="mail.draft",
    thing="message",
    answers="in_reply_to",
)
