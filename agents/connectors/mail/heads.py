"""Who wrote a mail, to whom, about what and when: its head in words. Never raises."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agents.connectors.mail import addresses, decoding, encoded_words, marks, mime
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.marks import Marks
from agents.connectors.mail.mime import Part

MOST_ADDRESSES = 50
LONGEST_LIST = 100_000  # bytes of addresses that are looked at


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
    """The head alone, from a message's first bytes."""
    return head_of(_part(data), Problems())


def brief(data: bytes) -> Head:
    """Who, what about and when, from a message's first bytes; for lists of many."""
    part, problems = _part(data), Problems()
    sender = _addresses(part, problems, "From")
    subject = encoded_words.header(part.get("subject"), problems, "Subject", part.charset)
    return Head(sender=sender[0] if sender else "", subject=subject, date=_date(part.get("date")))


def _part(data: bytes) -> Part:
    """The charset of the body matters only where a head has raw letters."""
    named = "" if data.isascii() else mime.charset(mime.lines(data).lstrip(b"\n"))
    return Part(mime.head(data, Problems()), charset=named)


def head_of(part: Part, problems: Problems) -> Head:
    sender = _addresses(part, problems, "From")
    reply_to = _addresses(part, problems, "Reply-To")
    subject = encoded_words.header(part.get("subject"), problems, "Subject", part.charset)
    shown, answered = sender[0] if sender else "", reply_to[0] if reply_to else ""
    if len(sender) > 1:
        problems.add(f"Its From header names {len(sender)} senders; the first is shown.")
    return Head(
        sender=shown,
        reply_to=answered,
        to=_addresses(part, problems, "To"),
        cc=_addresses(part, problems, "Cc"),
        subject=subject,
        date=_date(part.get("date")),
        list_id=encoded_words.header(part.get("list-id"), problems, "List-Id", part.charset),
        message_id=encoded_words.header(part.get("message-id"), problems, "Message-ID"),
        references=decoding.clean_header(part.get("references").decode("ascii", "ignore"), 4_000),
        marks=marks.of(part.headers, sender, answered, subject),
    )


def _addresses(part: Part, problems: Problems, name: str) -> tuple[str, ...]:
    """``Ada Osei <ada@example.com>`` each; names are decoded last, for a decoded name may hold a comma."""
    raw = part.get(name.lower())
    if name in {"To", "Cc"}:  # some programs write one for each recipient
        raw = b", ".join(value for key, value in part.headers if key == name.lower() and value)
    if not raw:
        return ()
    value = encoded_words.written(raw, problems, name, part.charset, LONGEST_LIST)
    pairs = addresses.read(value)
    if not pairs and "=?" in value:  # a program that encoded the address with the name
        pairs = addresses.read(encoded_words.decoded_words(value, problems, name))
    if not pairs:
        if not value.rstrip().endswith(":;"):  # a group without members: undisclosed recipients
            problems.add(f"The {name} header holds no address that can be read.")
        whole = encoded_words.clean(
            encoded_words.decoded_words(value[:4_000], problems, name), problems, name
        )
        return (whole,) if re.search(r"\w", whole) else ()
    if len(pairs) > MOST_ADDRESSES:
        problems.add(
            f"The {name} header has {len(pairs):,} addresses; the first {MOST_ADDRESSES} are listed."
        )
    return tuple(_shown(person, address, problems, name) for person, address in pairs[:MOST_ADDRESSES])


def _shown(person: str, address: str, problems: Problems, name: str) -> str:
    decoded = encoded_words.decoded_words(person[:4_000], problems, name)
    return _formatted(
        decoding.beginning(encoded_words.clean(decoded, problems, name), 200),
        decoding.clean_header(address, 254),
    )


def _formatted(person: str, address: str) -> str:
    """As mail programs write it, so that no name can pass for an address."""
    person = re.sub(r'[<>"\\]', "", person).strip()
    if re.fullmatch("'[^']*'", person):
        person = person[1:-1].strip()
    if person.lower() == address.lower():
        return address
    if re.search(r"[(),:;@\[\]]", person):
        person = f'"{person}"'
    return f"{person} <{address}>" if person else address


# What programs write and the standard forbids: fractions of a second, a leap second, a remark in front, encoded words.
_fraction = re.compile(r"(?<=:[0-9]{2})[.,][0-9]{1,9}")
_leap = re.compile(r"(?<=:[0-9]{2}):60\b")
_remark = re.compile(r"^\([^()]{0,40}\)\s*")
# The beginnings of months' names where they are not the English ones, in six languages; accents are left out before.
_MONTHS = {
    "Jan": "jän jan gen ene janv", "Feb": "fév fev feb", "Mar": "mär mrz mar mrt maa", "Apr": "avr abr apr",
    "May": "mai mag may mei", "Jun": "juin giu jun", "Jul": "juil lug jul", "Aug": "aoû aou ago aug",
    "Sep": "sept set sep", "Oct": "okt out ott oct", "Nov": "nov", "Dec": "déc dez dic dec",
}  # fmt: skip
_month = re.compile(r"(?<=[0-9])[ .-]+([^\W\d_]{3,10})\.?[ .-]+(?=[0-9]{4}\b)")


def _date(raw: bytes) -> str | None:
    named = raw[:200].decode("ascii", "ignore") if raw.isascii() else decoding.guess(raw[:200])
    if "=?" in named:
        named = encoded_words.decoded_words(named, Problems(), "Date")
    written = _month.sub(_in_english, _fraction.sub("", decoding.clean_header(named, 100)))
    written = _leap.sub(":59", _remark.sub("", written))
    try:
        when = _iso(written) or parsedate_to_datetime(written)
        if when.tzinfo is None:  # "-0000": a time in UTC from who knows where
            when = when.replace(tzinfo=UTC)
        when = when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when.isoformat(timespec="seconds") if when.year >= 1970 else None


def _in_english(match: re.Match[str]) -> str:
    word = match[1].lower()
    known = (month for month, names in _MONTHS.items() if word.startswith(tuple(names.split())))
    return f" {next(known, match[1])} "


def _iso(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", written) else None
