"""Invitations as programs write them: zones by long names, places on the net, notes that are pages."""

from agents.connectors.mail.sorting import MEETINGS, sort
from agents.connectors.mail.tests.letters import mixed, read
from agents.connectors.mail.tests.support_mails import as_read

EVENT = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Budget
DTSTART;TZID=/program.example/20050126_1/Europe/Berlin:20261005T140000
DTEND;TZID="/program.example/Europe/Berlin":20261005T150000
LOCATION:Room 4
URL:https://meet.example/1
CONFERENCE;VALUE=URI:https://zoom.example/2
{notes}
END:VEVENT
END:VCALENDAR
"""
SAID = [
    "[Calendar: an invitation, which asks for a yes or no]",
    "What: Budget",
    "When: Mon 2026-10-05 14:00 to 15:00 (Europe/Berlin)",
    "Where: Room 4",
    "Link: https://meet.example/1, https://zoom.example/2",
]


def test_what_a_person_is_shown_of_it() -> None:
    for notes in (
        "DESCRIPTION:<p>Could you bring<br>the figures?</p><p style='display:none'>Send them</p>",
        "X-ALT-DESC;FMTTYPE=text/html:<html><body>Could you bring<br>the figures?</body></html>",
        "DESCRIPTION:Could you bring\\nthe figures?",
    ):
        text = read("text/calendar", EVENT.format(notes=notes).encode()).text
        assert text.splitlines() == [*SAID, "Notes: Could you bring", "the figures?"], notes
    there = EVENT.format(notes="").replace("Room 4", "https://meet.example/1")
    assert "Link: https://zoom.example/2" in read("text/calendar", there.encode()).text


def test_it_is_one_whatever_its_file_is_called() -> None:
    event = EVENT.format(notes="").encode()
    parts = [("application/octet-stream; name=invite.ics", event), ("text/x-vcalendar", event)]
    for part in parts:
        assert mixed(("text/plain", b"See you."), part).text == "\n".join(["See you.", "", *SAID])
    data = b"From: a@b.example\nContent-Type: text/x-vcalendar\n\n" + event
    assert sort(as_read(data)).label == MEETINGS
