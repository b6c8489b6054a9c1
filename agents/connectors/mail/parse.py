"""A mail as it may be shown to a person or a model: from any bytes at all, without ever raising."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from agents.connectors.mail import charsets, decoding, encoded_words, html, kinds, mime, wrapped
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.heads import Head, head_of
from agents.connectors.mail.mime import Part

LARGEST = 2 * 1024 * 1024  # bytes of a message that are read
LONGEST_TEXT = 6_000  # characters
LARGEST_TEXT_PART = html.LONGEST  # bytes of one part that are decoded: far more than is shown
MOST_ATTACHMENTS = 50


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    type: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, read. ``problems`` says in words what was broken in it and what was left out."""

    head: Head
    text: str
    shortened: bool
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...] = field(default=())


def parse(data: bytes, size: int | None = None) -> Letter:
    """The whole mail. ``size``: how many bytes it has, where ``data`` is only its beginning."""
    problems = Problems()
    size = len(data) if size is None else size
    if size > LARGEST:
        problems.add(f"Only the first {LARGEST >> 20} MB of {size / (1 << 20):.1f} MB were read.")
    root = mime.tree(data[:LARGEST], problems)
    read = head_of(root, problems)
    if not read.sender:
        problems.add("It does not say who sent it.")
    for name in ("From", "Subject"):
        if sum(key == name.lower() for key, _ in root.headers) > 1:
            problems.add(f"It has more than one {name} header; the first was read.")
    if read.date is None:
        problems.add("Its date cannot be read." if root.get("date") else "It has no date.")
    attachments: list[Attachment] = []
    text = _joined(_texts(root, attachments, problems)) or _joined(_spare(root, problems))
    shortened = len(text) > LONGEST_TEXT
    text = decoding.beginning(text, LONGEST_TEXT)
    if len(attachments) > MOST_ATTACHMENTS:
        problems.add(f"It has {len(attachments)} attachments; the first {MOST_ATTACHMENTS} are listed.")
    return Letter(read, text, shortened, tuple(attachments[:MOST_ATTACHMENTS]), tuple(problems))


def _joined(pieces: Iterator[str]) -> str:
    return "\n\n".join(kinds.without_repeats(pieces)).strip()


def _texts(part: Part, attachments: list[Attachment], problems: Problems) -> Iterator[str]:
    """The texts to show, in order; what is none goes to ``attachments``."""
    if part.type == "multipart/alternative":
        forms = [inner for inner in part.parts if not kinds.is_calendar(inner)]
        yield _best(replace(part, parts=forms), attachments, problems)
        for inner in part.parts:
            if kinds.is_calendar(inner):
                yield from _texts(inner, attachments, problems)
    elif part.type.startswith("multipart/"):
        if part.type == "multipart/encrypted":
            problems.add("It is encrypted; only its recipient can read it.")
            yield kinds.line(part)
        for inner in part.parts:
            # Of a page and what belongs to it, the page is the text.
            if part.type == "multipart/related" and inner is not part.parts[0] and kinds.is_text(inner):
                attachments.append(_attachment(inner, problems))
            else:
                yield from _texts(inner, attachments, problems)
    elif part.type.startswith("message/") and part.parts:
        (inner,) = part.parts
        about = head_of(inner, problems)
        yield f"[Inside: a message from {about.sender or 'nobody'}, “{about.subject}”]"
        yield from _texts(inner, attachments, problems)
    elif part.parts:
        for inner in part.parts:
            texts = _texts(inner, attachments, problems)
            yield from (kinds.Again(text) for text in texts) if part.type in wrapped.TNEF else texts
    elif kinds.is_calendar(part):
        yield kinds.calendar(_words(part, problems), problems)
        attachments.append(_attachment(part, problems))
    elif kinds.is_text(part) and not kinds.is_file(part):
        yield _text(part, attachments, problems)
    else:
        yield kinds.line(part)
        attachments.append(_attachment(part, problems))


def _spare(part: Part, problems: Problems) -> Iterator[str]:
    """Of a mail without a text, the first that it holds as a file."""
    if not part.parts and kinds.is_text(part):
        yield _text(part, [], problems)
    for inner in part.parts:
        if said := next(_spare(inner, problems), ""):
            yield said
            return


def _best(part: Part, attachments: list[Attachment], problems: Problems) -> str:
    """One of several forms of the same: the plain one if it says anything, else the first that does."""
    first = ""
    for inner in sorted(part.parts, key=lambda below: below.type != "text/plain"):
        others: list[Attachment] = []
        if first and kinds.is_text(inner):
            continue
        said = "\n\n".join(piece for piece in _texts(inner, others, problems) if piece).strip()
        attachments.extend(others)
        first = first or said
    return first


def _text(part: Part, attachments: list[Attachment], problems: Problems) -> str:
    text = _words(part, problems)
    if part.type in {"text/html", "text/enriched"}:
        text, hides = html.visible(text)
        if hides:
            problems.add("It has text that its reader would not see; that was left out.")
    else:
        text, files = kinds.plain(part, text.replace("\r\n", "\n"), problems)
        attachments += [
            Attachment(decoding.clean_header(name, 200), "application/octet-stream", size)
            for name, size in files
        ]
    return decoding.clean_text(text, problems).strip()


def _words(part: Part, problems: Problems) -> str:
    data = part.decoded
    whole = len(data) <= LARGEST_TEXT_PART
    if not whole:
        problems.add("Its text is very long; only its beginning was read.")
        data = data[:LARGEST_TEXT_PART]
    return decoding.decode(
        data, _charset(part, data), problems, "Its text", whole=whole, otherwise=part.charset
    )


def _charset(part: Part, data: bytes) -> str:
    """Of its head, or of the page itself where the head names none."""
    named = part.parameter("content-type", "charset")
    if named and not charsets.is_plain_ascii(charsets.plain_name(named)):
        return named
    if part.type in {"text/html", "text/xml"} and (found := _meta.search(data[:4_096])):
        return found[1].decode("ascii", "ignore")
    return named


_meta = re.compile(
    rb"(?:<meta[^<>]{0,300}\bcharset|<\?xml[^<>]{0,300}\bencoding)\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE
)


def _attachment(part: Part, problems: Problems) -> Attachment:
    name = part.parameter("content-disposition", "filename") or part.parameter("content-type", "name")
    shown = decoding.clean_header(encoded_words.decoded_words(name, problems, "attachment’s name"), 200)
    return Attachment(shown or "(no name)", part.type, len(part.decoded))
