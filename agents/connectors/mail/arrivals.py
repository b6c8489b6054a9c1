"""What came into a folder since the last look. Nothing is changed; of new messages only the heads are read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agents.connectors.base import ConnectorError, EventKind, Happened, News, Watch
from agents.connectors.mail import heads
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.observing import second
from agents.connectors.mail.stored import Stored

ARRIVED = EventKind(
    name="mail.arrived",
    title="a new message in a folder",
    needs="mail.list",
    argument="folder",
    place="Folder",
    usual=INBOX,
)
BACK = 3_600  # seconds: so much later than others a message may be put into its folder
KNOWN = 5_000  # messages of that time are remembered by id
AT_MOST = 200  # new messages of one look; the others are left to the agent's own


def arrived(mailbox: Maildir, watch: Watch) -> News:
    """New is what is not known by its id, and arrived no longer than ``BACK`` before the latest that is."""
    stored = mailbox.messages(watch.place or INBOX)
    if watch.cursor is None:
        return News((), _cursor(stored, 0))
    since, known = int(watch.cursor["since"]), set(watch.cursor["known"])
    new = [
        message for message in stored if message.id not in known and _second(message, since) >= since - BACK
    ]
    told = tuple(_told(mailbox, message) for message in reversed(new[:AT_MOST]))
    return News(told, _cursor(stored, since))


def _cursor(stored: Sequence[Stored], since: int) -> dict[str, Any]:
    since = max([since, *(second(message) or 0 for message in stored)])
    lately = [message.id for message in stored if _second(message, since) >= since - BACK]
    return {"since": since, "known": lately[:KNOWN]}


def _second(message: Stored, otherwise: int) -> int:
    found = second(message)
    return otherwise if found is None else found


def _told(mailbox: Maildir, message: Stored) -> Happened:
    at = datetime.fromtimestamp(_second(message, 0), UTC)
    try:
        head = heads.head(mailbox.read(message, LONGEST_HEAD)[0])
    except (ConnectorError, OSError):  # it was moved on meanwhile: mail.read says why
        head = heads.Head()
    lines = (f"Message {message.id} in {message.folder}", f"From: {head.sender}", f"Subject: {head.subject}")
    return Happened(message.id, at, "\n".join(lines)[:2_000])
