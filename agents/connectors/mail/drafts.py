"""Drafts: a mail that waits in the mailbox until a person looks at it and sends it."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from agents.connectors.base import ConnectorError
from agents.connectors.mail import decoding
from agents.connectors.mail.heads import Head
from agents.connectors.mail.mime import LARGEST_HEAD

FOLDER = "Drafts"
KEY = "X-Portal-Errand"
MOST_RECIPIENTS = 20
LONGEST_SUBJECT, LONGEST_ADDRESS = 200, 254
REFERENCES = 10  # the last so many messages of a conversation

# Lines are not folded: Python would turn a long message id into something that no program knows again.
POLICY = EmailPolicy(max_line_length=998, linesep="\n")
_date = re.compile(rb"(?m)^Date: .*$")
_message_id = re.compile(r"<[!-;=?-~]{1,250}>")


def unique_part(key: str) -> str:
    """What the draft's file name holds, so that the draft of a key is found without reading any."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def address(written: str) -> Address:
    """One plain address. Not “Name <address>”: a name could look like the address that a grant allows.

    Raises ConnectorError.
    """
    plain = _as_sent(written.strip())
    if not plain:
        shown = decoding.clean_header(written, 80)
        raise ConnectorError(
            f"“{shown}” is no plain e-mail address. Write one like mia@example.com, without a name."
        )
    return Address(addr_spec=plain)


def is_address(plain: str) -> bool:
    """Is it an address that a mail can be written to?"""
    return bool(_as_sent(plain))


def _as_sent(plain: str) -> str:
    """The address in the letters that mail is sent with; empty where it is none, or could become another one."""
    name, _, domain = plain[:LONGEST_ADDRESS].rpartition("@")
    try:
        sent = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        if sent != domain and sent.encode("ascii").decode("idna") != domain.lower():
            return ""  # as “ß”, which some programs write as “ss”
        validate_email(found := f"{name}@{sent}")
    except (ValidationError, UnicodeError):
        return ""
    return (
        found if found.isascii() and '"' not in found and len(plain) <= LONGEST_ADDRESS >= len(found) else ""
    )


def compose(
    key: str,
    sender: str,
    to: Sequence[str],
    subject: str,
    text: str,
    original: Head | None,
    now: datetime,
    *,
    leaves: str = "",
) -> bytes:
    """The mail's bytes. A reply names ``original``, so that mail programs show it in its conversation.

    ``leaves``: it is no draft but goes out, with this in its Message-ID, by which it is known again.
    """
    if not to:
        raise ConnectorError("Say to whom the draft is: at least one address.")
    if len(to) > MOST_RECIPIENTS:
        raise ConnectorError(f"A draft has at most {MOST_RECIPIENTS} recipients; this one has {len(to)}.")
    mail = EmailMessage(policy=POLICY)
    from_address = address(sender)
    mail["From"] = from_address
    mail["To"] = [address(recipient) for recipient in dict.fromkeys(to)]
    mail["Subject"] = decoding.clean_header(subject, LONGEST_SUBJECT)
    mail["Date"] = now
    identity = f"{unique_part(key)}{'.' if leaves else ''}{leaves}@{from_address.domain}"
    mail["Message-ID"] = f"<{identity}>"
    # Many mail programs give what they send another Message-ID and leave our own headers out; references they keep.
    references = [] if leaves else [f"<draft.{identity}>"]
    if original is not None and _message_id.fullmatch(original.message_id):
        before = [
            reference
            for reference in _message_id.findall(original.references)
            if reference != original.message_id
        ]
        mail["In-Reply-To"] = original.message_id
        references += [*before, original.message_id][-REFERENCES:]
    if references:
        mail["References"] = " ".join(references)
    if not leaves:
        mail[KEY] = as_header(key)
    written = decoding.clean_text(text).rstrip() + "\n"
    mail.set_content(written, cte="quoted-printable" if leaves else None)
    return mail.as_bytes()


def as_header(key: str) -> str:
    """A key as a header says it."""
    return decoding.clean_header(key, 200)


def has_key(head: bytes, key: str) -> bool:
    """Is it the draft of ``key``? From a message's first bytes."""
    wanted = f"\n{KEY}: {as_header(key)}\n".lower().encode()
    return wanted in b"\n" + head.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower() + b"\n"


def identity_of(head: bytes, key: str) -> str:
    """What follows the key in the Message-ID of a mail that was sent for it, as ``compose`` made it; else empty."""
    wanted = rb"\nmessage-id:\s*<%s\.([0-9a-f]{16})@" % unique_part(key).encode()
    found = re.search(wanted, b"\n" + head[:LARGEST_HEAD].lower())
    return found[1].decode() if found else ""


def same_call(written: bytes, composed: bytes) -> bool:
    """Do these two drafts say the same? Only when they were written may differ."""
    return _date.sub(b"", written, count=1) == _date.sub(b"", composed, count=1)
