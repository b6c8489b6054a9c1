"""Kinds of parts that are more, or less, than text: what they say in words, and which texts are files."""

import re
from collections.abc import Iterable, Iterator

from agents.connectors.mail import blocks, invitations, signed, wrapped
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.mime import Part
from agents.connectors.mail.outlook import rich_text
from agents.connectors.mail.wrapped import TNEF, UNCHECKED

LONGEST_COMPARED = 50_000  # letters
CALENDAR = {"text/calendar", "application/ics", "text/x-vcalendar"}
RICH = {"text/rtf", "application/rtf"}
# Not of kind text, and text all the same.
REPORTS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
# What Exchange calls the pieces of a text that it cut at its attachments.
_piece_of_text = re.compile(r"ATT\d{3,}\.(?:txt|html?)", re.IGNORECASE)


def is_text(part: Part) -> bool:
    """Is it to be read as text? Any text of an unknown kind is plain text (RFC 2046)."""
    return part.type in REPORTS | {"application/pgp", "application/xhtml+xml"} or (
        part.type.startswith("text/") and part.type not in CALENDAR
    )


def is_file(part: Part) -> bool:
    """A text that a person sees as an attachment."""
    if part.get("content-disposition").lower().lstrip().startswith(b"attachment"):
        return True
    name = part.file_name
    return bool(name) and not part.is_form and not _piece_of_text.fullmatch(name)


def is_calendar(part: Part) -> bool:
    return part.type in CALENDAR or part.file_name.lower().endswith(".ics")


def line(part: Part) -> str:
    """One line that says what a part is that holds no text for anybody here; else empty."""
    if part.type in TNEF:
        return "[Outlook’s own form of a mail (winmail.dat), which cannot be read.]"
    if wrapped.is_smime(part.type, part.file_name):
        says = part.parameter("content-type", "smime-type").lower()
        kind = signed.named(wrapped.coded(part.decoded))
        if "envelop" in says or kind == signed.ENCRYPTED:
            return "[Encrypted with S/MIME: only its recipient can read it.]"
        if "compress" in says or kind == signed.PACKED:
            return "[Packed with S/MIME, and it holds no text that can be read.]"
        if "cert" in says:
            return "[Certificates for S/MIME, and no text.]"
        return "[Signed with S/MIME, and it holds no text that can be read.]"
    if part.type == "application/pgp-encrypted":  # a mail server took the parts of such a mail apart
        return "[Encrypted with PGP: only its recipient can read it.]"
    if part.type == "application/x-microsoft-rpmsg-message":
        return "[Protected by Microsoft: only its recipient can read it, with their own sign-in.]"
    if part.type == "multipart/encrypted":
        how = "PGP" if "pgp" in part.parameter("content-type", "protocol").lower() else "a key"
        return f"[Encrypted with {how}: only its recipient can read it.]"
    if part.type == "message/partial":
        number, total = (part.parameter("content-type", name)[:6] for name in ("number", "total"))
        return f"[Piece {number or '?'} of {total or '?'} of a mail that was sent in pieces.]"
    if part.type == "message/external-body":
        return "[Its text is kept elsewhere; this mail holds only where.]"
    return ""


class Again(str):
    """A text that may say again what stands before it: Outlook sends its own form beside a plain one."""

    __slots__ = ()


def without_repeats(pieces: Iterable[str]) -> Iterator[str]:
    """An invitation stands in a mail and in the file with it; Outlook's own form differs in a few words."""
    said: set[str] = set()
    words: set[str] = set()
    for piece in pieces:
        letters = re.sub(r"\W+", "", piece)
        its = re.findall(r"\w+", piece) if isinstance(piece, Again) or len(letters) < LONGEST_COMPARED else []
        new = sum(word not in words for word in its)
        again = letters in said if not isinstance(piece, Again) else new * 10 <= len(its)
        if piece and (len(letters) < 20 or not again):
            yield piece
        said.add(letters)
        words.update(its)


def calendar(part: Part, text: str, problems: Problems) -> str:
    said = invitations.in_words(text, part.parameter("content-type", "method"))
    if not said:
        problems.add("It has a calendar part that cannot be read.")
    return said


def plain(part: Part, text: str, problems: Problems) -> tuple[str, list[tuple[str, int]]]:
    """(a plain text without what is none, the files in it)."""
    if part.type in RICH and text.lstrip().startswith("{\\rt"):
        return rich_text.read(text.encode("latin-1", "replace"))[1], []
    if b"flowed" in part.get("content-type").lower():
        text = flowed(text, part.parameter("content-type", "delsp").lower() == "yes")
    found = blocks.read(text)
    if found.signed:
        problems.add(UNCHECKED)
    return found.text, found.files


def flowed(text: str, joined_without_space: bool) -> str:
    """Lines that end with a space go on in the next one (RFC 3676), where that is quoted as deeply."""
    pieces: list[str] = []
    open_at = -1  # how deeply the line is quoted that goes on
    for written in text.split("\n"):
        depth = len(written) - len(written.lstrip(">"))
        line = written[depth:].removeprefix(" ")
        goes_on = line.endswith(" ") and line != "-- "
        if depth != open_at or line == "-- ":
            pieces.append(f"\n{'>' * depth} " if depth else "\n")
        pieces.append(line[:-1] if goes_on and joined_without_space else line)
        open_at = depth if goes_on else -1
    return "".join(pieces)[1:]
