"""What came into a folder since the last look. Nothing is changed; of new messages only the heads are read."""

from datetime import UTC, datetime

from agents.connectors.base import EventKind, Happened, News, Watch
from agents.connectors.mail import heads
from agents.connectors.mail.folders import INBOX
from agents.connectors.mail.mailbox import Found, Mailbox

ARRIVED = EventKind(
    name="mail.arrived",
    title="a new message in a folder",
    needs="mail.list",
    argument="folder",
    place="Folder",
    usual=INBOX,
)


def arrived(mailbox: Mailbox, watch: Watch) -> News:
    found, cursor = mailbox.arrived(watch.place or INBOX, watch.cursor)
    return News(tuple(_told(one) for one in found), cursor)


def _told(found: Found) -> Happened:
    message, head = found.message, heads.brief(found.data)
    at = datetime.fromtimestamp(message.at or 0, UTC)
    lines = (f"Message {message.id} in {message.folder}", f"From: {head.sender}", f"Subject: {head.subject}")
    return Happened(found.key, at, "\n".join(lines)[:2_000])
