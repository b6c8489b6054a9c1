"""A calendar part in words: what is asked, by whom, what, when and where. Bounded, never raises."""

import re
from binascii import a2b_qp
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from agents.connectors.mail import decoding

if TYPE_CHECKING:
    from icalendar import Component

LONGEST = 200_000  # characters that are looked at
MOST_EVENTS, MOST_GUESTS = 5, 10
ASKED = {
    "REQUEST": "an invitation, which asks for a yes or no",
    "REPLY": "an answer to an invitation",
    "CANCEL": "a meeting is cancelled",
    "COUNTER": "somebody proposes another time for a meeting",
    "DECLINECOUNTER": "another time that was proposed does not suit",
    "REFRESH": "somebody asks for the latest state of a meeting",
    "ADD": "more dates of a meeting",
    "PUBLISH": "an event to know of; nothing is asked",
}
ANSWERS = {
    "ACCEPTED": "comes",
    "DECLINED": "does not come",
    "TENTATIVE": "may come",
    "DELEGATED": "sends somebody else",
    "NEEDS-ACTION": "has not answered",
}


def in_words(text: str, method: str = "") -> str:
    """Empty where the text is no calendar. ``method``: what is asked, by the head of the part."""
    from icalendar import Calendar  # only who reads a mail with a calendar waits for the library

    text = text[:LONGEST]
    try:
        calendar = Calendar.from_ical(_without_zones(text))
        events = [part for part in calendar.walk() if part.name in {"VEVENT", "VTODO"}]
        asked = (str(calendar.get("METHOD") or "") or method).upper()
        said = [_event(event, asked) for event in events[:MOST_EVENTS]]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        return _broken(text, method)
    if not said:
        return "[A calendar without an event.]"
    kind = ASKED.get(asked) or ("a task" if events[0].name == "VTODO" else "an event")
    more = [f"({len(events) - MOST_EVENTS} more.)"] if len(events) > MOST_EVENTS else []
    return "\n\n".join([f"[Calendar: {kind}]\n{said[0]}", *said[1:], *more])


def _broken(text: str, method: str) -> str:
    """Of a calendar with an error in it, what its lines say by themselves."""
    unfolded = re.sub(r"\r?\n[ \t]", "", _without_zones(text))
    found: dict[str, str] = {}
    for match in re.finditer(r"^([A-Z-]{3,20})(?:;[^:\n]{0,300})?:([^\r\n]{1,2000})", unfolded, re.MULTILINE):
        found.setdefault(match[1], re.sub(r"\\(.)", r"\1", match[2]))
    lines = [
        f"{name}: {decoding.clean_header(found[key], 300)}"
        for key, name in (
            ("SUMMARY", "What"),
            ("DTSTART", "Begins"),
            ("DTEND", "Ends"),
            ("LOCATION", "Where"),
        )
        if key in found
    ]
    lines += [f"Organizer: {_person(found['ORGANIZER'])}"] if "ORGANIZER" in found else []
    kind = ASKED.get((found.get("METHOD") or method).strip().upper(), "an event")
    return "\n".join([f"[Calendar: {kind}; parts of it cannot be read]", *lines]) if lines else ""


# A program's own name for a zone holds the usual one: ``TZID=/program.example/Europe/Berlin``.
_of_program = re.compile(
    r"(;TZID=\"?)/[^:;\"]{1,100}?/(?=[A-Z][A-Za-z]{2,20}/[A-Z][^:;\"]*\"?[:;])", re.IGNORECASE
)


def _without_zones(text: str) -> str:
    """Zones are called by their names; the rules that a mail brings along for them could keep a reader busy."""
    lines, inside = [], False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = line.strip().upper()
        inside = inside or mark == "BEGIN:VTIMEZONE"
        if not inside:
            lines.append(_of_program.sub(r"\1", line))
        inside = inside and mark != "END:VTIMEZONE"
    return "\r\n".join(lines).strip() + "\r\n"


def _event(event: "Component", method: str) -> str:
    guests = _all(event, "ATTENDEE")
    lines = [
        ("What", _line(event.get("SUMMARY"))),
        ("When", _when(event)),
        ("Repeats", _rule(event)),
        ("Where", _line(event.get("LOCATION"))),
        ("Link", ", ".join(_links(event))),
        ("Organizer", _person(event.get("ORGANIZER"))),
        ("Answer" if method == "REPLY" else "Invited", _guests(guests, method)),
        ("Status", _line(event.get("STATUS")).lower() if method != "CANCEL" else ""),
        ("Comment", _line(event.get("COMMENT"))),
        ("Notes", decoding.clean_text(_notes(event)).strip()[:2_000]),
    ]
    return "\n".join(f"{name}: {said}" for name, said in lines if said)


# Where a meeting on the net is, as programs write it.
LINKS = (
    "URL",
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)


def _links(event: "Component") -> list[str]:
    """A link that stands in the place of the meeting is said there."""
    place = str(event.get("LOCATION") or "")
    found = [decoding.clean_header(str(one), 300) for name in LINKS for one in _all(event, name)]
    return [link for link in dict.fromkeys(found) if link and link not in place][:3]


def _notes(event: "Component") -> str:
    """As a person is shown them, where they are written as a page."""
    written = str(event.get("DESCRIPTION") or "") or str(event.get("X-ALT-DESC") or "")
    if not re.search(
        r"</?(?:p|div|br|html|body|span|table|a|b|ul|ol)\b[^<>]{0,500}>", written, re.IGNORECASE
    ):
        return written
    from agents.connectors.mail.seen import page

    return page.read(written[:20_000]).text


def _line(value: Any) -> str:
    text = str(value or "")
    if str(getattr(value, "params", {}).get("ENCODING", "")).upper() == "QUOTED-PRINTABLE":  # vCalendar 1.0
        text = a2b_qp(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return decoding.clean_header(text, 300)


def _all(event: "Component", name: str) -> list[Any]:
    value = event.get(name)
    return value if isinstance(value, list) else [value] if value else []


def _person(value: Any) -> str:
    """``Ada Osei <ada@example.com>`` of a name and a mailto address."""
    if not value:
        return ""
    address = decoding.clean_header(str(value), 254)
    address = address[7:] if address.lower().startswith("mailto:") else address
    name = decoding.clean_header(str(getattr(value, "params", {}).get("CN", "")), 100).strip('"<>')
    return f"{name} <{address}>" if name and name.lower() != address.lower() else address


def _guests(guests: Iterable[Any], method: str) -> str:
    said = []
    for guest in guests:
        state = ANSWERS.get(str(getattr(guest, "params", {}).get("PARTSTAT", "")).upper(), "")
        shown = method == "REPLY" or state not in {"", "has not answered"}
        said.append(f"{_person(guest)} ({state})" if shown and state else _person(guest))
    more = f" and {len(said) - MOST_GUESTS} more" if len(said) > MOST_GUESTS else ""
    return ", ".join(said[:MOST_GUESTS]) + more


def _when(event: "Component") -> str:
    begins, ends = _moment(event, "DTSTART"), _moment(event, "DTEND") or _moment(event, "DUE")
    length = getattr(event.get("DURATION"), "dt", None)
    if ends is None and begins is not None and isinstance(length, timedelta):
        ends = begins + length
    if begins is None:
        return f"until {_said(ends)}{_zone(event, 'DUE', ends)}" if ends else ""
    zone = _zone(event, "DTSTART", begins)
    if not isinstance(begins, datetime):
        last = ends - timedelta(days=1) if ends and not isinstance(ends, datetime) else None
        until = f" to {_said(last)}" if last and last > begins else ""
        return f"{_said(begins)}{until}, all day"
    if not isinstance(ends, datetime):
        return f"{_said(begins)}{zone}"
    same_day = ends.date() == begins.date()
    return f"{_said(begins)} to {f'{ends:%H:%M}' if same_day else _said(ends)}{zone}"


def _moment(event: "Component", name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _said(when: date | None) -> str:
    if when is None:
        return ""
    return f"{when:%a %Y-%m-%d %H:%M}" if isinstance(when, datetime) else f"{when:%a %Y-%m-%d}"


def _zone(event: "Component", name: str, when: date) -> str:
    named = decoding.clean_header(str(getattr(event.get(name), "params", {}).get("TZID", "")), 100)
    if named:
        return f" ({named})"
    return " (UTC)" if isinstance(when, datetime) and when.tzinfo is not None else ""


def _rule(event: "Component") -> str:
    rule = event.get("RRULE")
    written = rule.to_ical().decode("utf-8", "replace") if hasattr(rule, "to_ical") else ""
    return decoding.clean_header(written.replace(";", ", ").replace("=", " ").lower(), 200)
