"""A draft as a work item: verified when its person sent it, which the mailbox's folder of sent mail shows.

A sent draft keeps its Message-ID, our own header or the mark among its references: the mail program decides which.
What an agent wrote or moved there was not sent by a person, nor was mail that came in. Deleting sent mail undoes
nothing.
"""

import re
from datetime import UTC, datetime

from agents.connectors.base import CallContext, Item, Verification
from agents.connectors.mail import addresses, decoding, drafts, mime
from agents.connectors.mail.mailbox import SENT, Found, Mailbox

NEWEST = 500  # of the mails in a folder of sent ones, the newest so many are looked through
_ours = re.compile(r"\.[0-9a-f]{24}\.portal$")
_unique = re.compile(r"[0-9a-f]{24}")


def item(call: CallContext) -> Item:
    subject = call.arguments.get("subject")
    title = decoding.clean_header(subject if isinstance(subject, str) else "", 150)
    return Item(drafts.unique_part(call.key), f"Draft “{title}”" if title else "Draft")


def sending(mailbox: Mailbox, address: str, unique: str) -> Verification | None:
    if not _unique.fullmatch(unique):
        return None
    for name, role in mailbox.folders().items():
        for found in mailbox.newest(name, NEWEST) if role == SENT else ():
            if _by_people(found) and _sent(found.data, address, unique):
                return Verification(_since(mailbox.put(found.message)))
    return None


def _by_people(found: Found) -> bool:
    """Not what an agent put there: its drafts keep their flag, and on disk their names, wherever they are moved."""
    return not _ours.search(found.message.id) and not found.message.draft


def _sent(data: bytes, address: str, unique: str) -> bool:
    if unique.encode() not in data and drafts.KEY.lower().encode() not in data.lower():
        return False
    headers = mime.head(data, decoding.Problems())
    return _is(headers, unique) and _to_others(headers, address) and not _came_in(headers, address)


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


def _since(put: float) -> datetime:
    """Not after now, whatever its name or its server says."""
    now = datetime.now(UTC)
    return min(datetime.fromtimestamp(min(put, now.timestamp()), UTC), now)
