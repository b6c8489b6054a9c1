"""Who wrote a mail, to whom, about what and when: its head in words. Never raises."""

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import getaddresses, parsedate_to_datetime

from agents.connectors.mail import mime, words
from agents.connectors.mail.mime import Part
from agents.connectors.mail.words import Problems

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


def head(data: bytes) -> Head:
    """The head alone, from a message's first bytes; for lists."""
    problems = Problems()
    headers, _ = mime.split(mime.lines(data[: mime.LONGEST_HEAD]).lstrip(b"\n"), problems)
    return head_of(Part(headers), problems)


def head_of(part: Part, problems: Problems) -> Head:
    """The head of a message that has been taken apart."""
    sender = _addresses(part.get("from"), problems, "From")
    reply_to = _addresses(part.get("reply-to"), problems, "Reply-To")
    return Head(
        sender=sender[0] if sender else "",
        reply_to=reply_to[0] if reply_to else "",
        to=_addresses(part.get("to"), problems, "To"),
        cc=_addresses(part.get("cc"), problems, "Cc"),
        subject=words.header(part.get("subject"), problems, "Subject"),
        date=_date(part.get("date")),
        list_id=words.header(part.get("list-id"), problems, "List-Id"),
        message_id=words.header(part.get("message-id"), problems, "Message-ID"),
        references=words.clean_header(part.get("references").decode("ascii", "ignore"), 4_000),
    )


def _addresses(raw: bytes, problems: Problems, name: str) -> tuple[str, ...]:
    """``Ada Osei <ada@example.com>`` each; names are decoded last, for a decoded name may hold a comma."""
    if not raw:
        return ()
    value = words.written(raw, problems, name)
    try:
        pairs = getaddresses([value])
    except (ValueError, IndexError, RecursionError):
        pairs = []
    shown: list[str] = []
    for person, address in pairs:
        person = words.clean_header(words.words(person, problems, name), 200)
        if address := words.clean_header(address, 254):
            shown.append(_shown(person, address))
    if not shown:
        if not value.rstrip().endswith(":;"):  # a group without members: undisclosed recipients
            problems.add(f"The {name} header holds no address that can be read.")
        whole = words.clean_header(words.words(value, problems, name))
        return (whole,) if whole else ()
    if len(shown) > MOST_ADDRESSES:
        problems.add(f"The {name} header has {len(shown)} addresses; the first {MOST_ADDRESSES} are listed.")
    return tuple(shown[:MOST_ADDRESSES])


def _shown(person: str, address: str) -> str:
    """As mail programs write it, so that no name can pass for an address."""
    person = re.sub(r'[<>"\\]', "", person).strip()
    if re.search(r"[(),:;@\[\]]", person):
        person = f'"{person}"'
    return f"{person} <{address}>" if person else address


def _date(raw: bytes) -> str | None:
    try:
        when = parsedate_to_datetime(words.clean_header(raw.decode("ascii", "ignore"), 100))
        if when.tzinfo is None:  # "-0000": a time in UTC from who knows where
            when = when.replace(tzinfo=UTC)
        when = when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when.isoformat(timespec="seconds") if when.year >= 1970 else None
