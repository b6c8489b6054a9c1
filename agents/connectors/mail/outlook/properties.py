"""The properties of an Outlook message, from winmail.dat or a .msg file, as a mail that every program reads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agents.connectors.mail import charsets, decoding
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.outlook import rich_text

Value = int | str | bytes
NAMED = 0x10000  # added to the number of a property that Outlook calls by a name of its own

CLASS, SUBJECT, HEADERS, PLAIN, RICH, PAGE, CODEPAGE = 0x1A, 0x37, 0x7D, 0x1000, 0x1009, 0x1013, 0x3FDE
SENT, SENDER, SENDER_ADDRESS, TO, CC, MESSAGE_ID = 0x39, 0x0C1A, 0x0C1F, 0x0E04, 0x0E03, 0x1035
SENDER_SMTP, FOR_WHOM, FOR_WHOM_ADDRESS, FOR_WHOM_SMTP = 0x5D01, 0x42, 0x65, 0x5D02
NAME, LONG_NAME, SHORT_NAME, FILE, FILE_TYPE = 0x3001, 0x3707, 0x3704, 0x3701, 0x370E
BEGINS, ENDS, BEGINS_TOO, ENDS_TOO, PLACE = 0x60, 0x61, NAMED | 0x820D, NAMED | 0x820E, NAMED | 0x8208


@dataclass(slots=True)
class Message:
    """Its properties by number, and those of each of its attachments."""

    properties: dict[int, Value] = field(default_factory=dict)
    attachments: list[dict[int, Value]] = field(default_factory=list)
    codepage: str = "cp1252"

    def text(self, *numbers: int) -> str:
        return next(
            (said for number in numbers if (said := text(self.properties, number, self.codepage))), ""
        )

    def body(self) -> tuple[str, str]:
        """(media type, text) of its best form: a page if it has one, as Outlook shows it."""
        codepage = self.properties.get(CODEPAGE)
        page = self.properties.get(PAGE)
        if isinstance(page, bytes) and page.strip():
            named = f"cp{codepage}" if isinstance(codepage, int) else self.codepage
            return "text/html", decoding.decode(page, named, Problems(), "Its text")
        rich = self.properties.get(RICH)
        found = rich_text.read(rich) if isinstance(rich, bytes) else ("", "")
        if found[1].strip() and (found[0] == "text/html" or not self.text(PLAIN).strip()):
            return found
        return "text/plain", self.text(PLAIN)

    def meeting(self) -> str:
        """What is asked of whom, and when, where the message is about a meeting; else empty."""
        kind = (
            self.text(CLASS)
            .lower()
            .removeprefix("ipm.microsoft schedule.")
            .removeprefix("ipm.schedule.meeting.")
        )
        asked = next((said for name, said in MEETINGS.items() if kind.startswith(name)), "")
        if not asked:
            return ""
        begins, ends = (
            _moment(self.properties, *numbers) for numbers in ((BEGINS, BEGINS_TOO), (ENDS, ENDS_TOO))
        )
        lines = [f"[Calendar: {asked}]", f"What: {self.text(SUBJECT)}"]
        lines += [f"When: {begins}{f' to {ends}' if ends else ''}"] if begins else []
        lines += [f"Where: {where}"] if (where := self.text(PLACE)) else []
        return "\n".join(lines)


MEETINGS = {
    "req": "an invitation, which asks for a yes or no",
    "mtgreq": "an invitation, which asks for a yes or no",
    "canceled": "a meeting is cancelled",
    "mtgcncl": "a meeting is cancelled",
    "resp.pos": "somebody accepts an invitation",
    "mtgrespp": "somebody accepts an invitation",
    "resp.neg": "somebody declines an invitation",
    "mtgrespn": "somebody declines an invitation",
    "resp.tent": "somebody may come to a meeting",
    "mtgrespa": "somebody may come to a meeting",
}


def text(properties: Mapping[int, Value], number: int, codepage: str) -> str:
    value = properties.get(number)
    if isinstance(value, bytes):
        return charsets.text(value, charsets.readers(codepage) or ("cp1252",))[0].rstrip("\0")
    return value.rstrip("\0") if isinstance(value, str) else ""


def file_name(attached: Mapping[int, Value], codepage: str) -> str:
    return next(
        (name for number in (LONG_NAME, SHORT_NAME, NAME) if (name := text(attached, number, codepage))), ""
    )


def _moment(properties: Mapping[int, Value], *numbers: int) -> str:
    """Windows counts tenths of a microsecond since 1601."""
    for number in numbers:
        value = properties.get(number)
        if isinstance(value, int) and (when := moment(value)):
            return f"{when:%Y-%m-%d %H:%M} UTC"
    return ""


def moment(ticks: int) -> datetime | None:
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
