"""A draft as a work item: verified when its person sent it, which the mailbox's folder of sent mail shows.

A sent draft keeps its Message-ID, our own header or the mark among its references: the mail program decides which.
What an agent wrote or moved there was not sent by a person, nor was mail that came in. Deleting sent mail undoes
nothing.
"""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from agents.connectors import confined
from agents.connectors.base import CallContext, ConnectorError, Item, Verification
from agents.connectors.mail import addresses, decoding, drafts, folders, mime
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.mime import LONGEST_HEAD
from agents.connectors.mail.observing import is_sent, second
from agents.connectors.mail.stored import Stored, arrival, index

NEWEST = 500  # of the mails in a folder of sent ones, the newest so many are looked through
_ours = re.compile(r"\.[0-9a-f]{24}\.portal$")
_unique = re.compile(r"[0-9a-f]{24}")


def item(call: CallContext) -> Item:
    subject = call.arguments.get("subject")
    title = decoding.clean_header(subject if isinstance(subject, str) else "", 150)
    return Item(drafts.unique_part(call.key), f"Draft “{title}”" if title else "Draft")


def sending(mailbox: Maildir, address: str, unique: str) -> Verification | None:
    if not _unique.fullmatch(unique):
        return None
    for name, place in folders.folders(mailbox.root).items():
        if is_sent(name):
            for message in sorted(_by_people(place, name), key=arrival, reverse=True)[:NEWEST]:
                with contextlib.suppress(ConnectorError, FileNotFoundError):  # it went meanwhile
                    if found := _sending(mailbox, message, address, unique):
                        return found
    return None


def _by_people(place: Path, folder: str) -> Iterator[Stored]:
    """Without what an agent put there: its drafts keep their names wherever they are moved, and their flag."""
    for message in index(place, folder).values():
        if not _ours.search(message.id) and not message.draft:
            yield message


def _sending(mailbox: Maildir, message: Stored, address: str, unique: str) -> Verification | None:
    data = mailbox.read(message, LONGEST_HEAD)[0]
    if unique.encode() not in data and drafts.KEY.lower().encode() not in data.lower():
        return None
    headers = mime.head(data, decoding.Problems())
    if _is(headers, unique) and _to_others(headers, address) and not _came_in(headers, address):
        return Verification(_since(message))
    return None


def _is(headers: list[tuple[str, bytes]], unique: str) -> bool:
    for name, value in headers:
        text = value.decode("ascii", "ignore")
        if name == drafts.KEY.lower() and drafts.unique_part(text.strip()) == unique:
            return True
        if name in ("message-id", "references") and re.search(rf"<(draft\.)?{unique}@", text):
            return True
    return False


def _to_others(headers: list[tuple[str, bytes]], address: str) -> bool:
    """Did it go to somebody else? A mail to oneself is no result."""
    own = {address.lower()} | {found.lower() for found in _addresses(headers, "from")}
    return bool({found.lower() for found in _addresses(headers, "to", "cc", "bcc")} - own)


def _came_in(headers: list[tuple[str, bytes]], address: str) -> bool:
    """Some servers note their way on sent mail too, so that alone says nothing where the mailbox is the sender."""
    delivered = any(name in ("received", "delivered-to", "return-path") for name, _ in headers)
    return delivered and address.lower() not in {found.lower() for found in _addresses(headers, "from")}


def _addresses(headers: list[tuple[str, bytes]], *names: str) -> list[str]:
    values = [value.decode("ascii", "ignore")[:4_000] for name, value in headers if name in names]
    return [found for value in values for _, found in addresses.read(value) if "@" in found]


def _since(message: Stored) -> datetime:
    """When it came into the folder: the later of what its name and its file say, and not after now."""
    now = datetime.now(UTC)
    latest = max(second(message) or 0, confined.status(message.path).st_mtime)
    return min(datetime.fromtimestamp(min(latest, now.timestamp()), UTC), now)
