"""Who wrote a mail, to whom, about what and when: its head in words. Never raises."""

import re
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import getaddresses, parsedate_to_datetime

from agents.connectors.mail import decoding, marks, mime
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.marks import Marks
from agents.connectors.mail.mime import Part

MOST_ADDRESSES = 50


@dataclass(frozen=True, slots=True)
class Head:
    """``date`` is ISO 8601 in UTC, None where the mail has none that can be read."""

    sender: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    date: str | None = None
    list_id: str = ""
    message_id: str = ""
    references: str = ""
    marks: Marks = field(default_factory=Marks)


def head(data: bytes) -> Head:
    """The head alone, from a message's first bytes; for lists."""
    problems = Problems()
    return head_of(Part(mime.head(data, problems)), problems)


def head_of(part: Part, problems: Problems) -> Head:
    sender = _addresses(part.get("from"), problems, "From")
    reply_to = _addresses(part.get("reply-to"), problems, "Reply-To")
    subject = decoding.header(part.get("subject"), problems, "Subject")
    shown, answered = sender[0] if sender else "", reply_to[0] if reply_to else ""
    return Head(
        sender=shown,
        reply_to=answered,
        to=_addresses(part.get("to"), problems, "To"),
        cc=_addresses(part.get("cc"), problems, "Cc"),
        subject=subject,
        date=_date(part.get("date")),
        list_id=decoding.header(part.get("list-id"), problems, "List-Id"),
        message_id=decoding.header(part.get("message-id"), problems, "Message-ID"),
        references=decoding.clean_header(part.get("references").decode("ascii", "ignore"), 4_000),
        marks=marks.of(part.headers, shown, answered, subject),
    )


def _addresses(raw: bytes, problems: Problems, name: str) -> tuple[str, ...]:
    """``Ada Osei <ada@example.com>`` each; names are decoded last, for a decoded name may hold a comma."""
    if not raw:
        return ()
    value = decoding.written(raw, problems, name)
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    shown: list[str] = []
    for person, address in pairs:
        person = decoding.clean_header(decoding.decoded_words(person, problems, name), 200)
        if address := decoding.clean_header(address, 254):
            shown.append(_formatted(person, address))
    if not shown:
        if not value.rstrip().endswith(":;"):  # a group without members: undisclosed recipients
            problems.add(f"The {name} header holds no address that can be read.")
        whole = decoding.clean_header(decoding.decoded_words(value, problems, name))
        return (whole,) if whole else ()
    if len(shown) > MOST_ADDRESSES:
        problems.add(f"The {name} header has {len(shown)} addresses; the first {MOST_ADDRESSES} are listed.")
    return tuple(shown[:MOST_ADDRESSES])


def _formatted(person: str, address: str) -> str:
    """As mail programs write it, so that no name can pass for an address."""
    person = re.sub(r'[<>"\\]', "", person).strip()
    if re.search(r"[(),:;@\[\]]", person):
        person = f'"{person}"'
    return f"{person} <{address}>" if person else address


def _date(raw: bytes) -> str | None:
    try:
        when = parsedate_to_datetime(decoding.clean_header(raw.decode("ascii", "ignore"), 100))
        if when.tzinfo is None:  # "-0000": a time in UTC from who knows where
            when = when.replace(tzinfo=UTC)
        when = when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when.isoformat(timespec="seconds") if when.year >= 1970 else None
