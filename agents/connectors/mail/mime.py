"""A message's bytes to its parts. Bounded in depth, number and time, whatever was sent, and it never raises.

Not the standard library's parser: that one recurses as deep as a mail says, and looks at every line once for
every level, which a hostile mail can stretch to minutes.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from agents.connectors.mail import charsets, guessing, parameters, transfer, wrapped
from agents.connectors.mail.decoding import Problems, decode, guess

LONGEST_HEAD = 64 * 1024  # bytes, which almost every head fits into
LARGEST_HEAD = 512 * 1024  # bytes of a head that are read where it needs them
LARGEST_HEADER = 256 * 1024  # bytes of one header
DEEPEST = 12  # parts within parts
MOST_PARTS = 200
MOST_OPENED = 5  # parts with a mail inside, in another form: small ones can hold a lot
FORMS, RELATED = "multipart/alternative", "multipart/related"

_header_line = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_mbox_line = re.compile(rb">?From (?![ \t]*:)[^\n]*\n?")


@dataclass(slots=True)
class Part:
    """One part: its headers (names in lower case, values unfolded), its type and either a body or parts."""

    headers: list[tuple[str, bytes]]
    type: str = "text/plain"
    body: bytes = b""
    parts: list["Part"] = field(default_factory=list)
    charset: str = ""  # of the mail, for what names none
    is_form: bool = (
        False  # a form of a text, or the page among what belongs to it: no file, whatever it is called
    )
    is_cut: bool = False  # more of it was not read

    def get(self, name: str) -> bytes:
        return next((value for key, value in self.headers if key == name), b"")

    def parameter(self, header: str, name: str) -> str:
        """A parameter of a header: ``charset`` of ``Content-Type``, say; empty where there is none."""
        value, charset = parameters.parameter(self.get(header), name)
        if charset:
            return decode(value, charset, Problems(), "A parameter").strip()
        return guess(value, self.charset).strip()

    @property
    def file_name(self) -> str:
        """As a file; empty where it has no name."""
        places = (
            ("content-disposition", "filename"),
            ("content-type", "name"),
            ("content-disposition", "name"),
        )
        return next((name for header, key in places if (name := self.parameter(header, key))), "")

    @property
    def decoded(self) -> bytes:
        """The body without its transfer encoding."""
        return transfer.decoded(self.body, self.get("content-transfer-encoding"))


def lines(data: bytes) -> bytes:
    """``data`` with \\n at the end of each line and no mark in front, as the rest of this module reads it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # an editor saved it so
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def head(data: bytes, problems: Problems) -> list[tuple[str, bytes]]:
    """The headers alone, from a message's first bytes."""
    return split(lines(data[:LARGEST_HEAD]).lstrip(b"\n"), problems)[0]


def ends(data: bytes) -> bool:
    """Does the head end within these first bytes?"""
    return re.search(rb"\n\n|\n\r\n|\r\r", data.lstrip(b"\r\n")) is not None


_named_charset = re.compile(
    rb"^content-type:[^\n]*(?:\n[ \t][^\n]*){0,5}?charset\s*=\s*\"?([\w.:-]{2,40})"
    rb"|=\?([\w.:-]{2,40})(?:\*[^?\s]{0,20})?\?[bq]\?"
    rb"|<meta[^<>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})",
    re.IGNORECASE | re.MULTILINE,
)


def charset(data: bytes) -> str:
    """The first charset that a mail names anywhere, but for those that every text is tried in; else by its letters."""
    for match in _named_charset.finditer(data[:LONGEST_HEAD]):
        name = (match[1] or match[2] or match[3]).decode("ascii", "ignore").lower()
        if name.replace("-", "") not in {"usascii", "ascii", "utf8"}:
            return name
    raw = b"\n".join(line for line in data[:LONGEST_HEAD].split(b"\n") if not line.isascii())
    return guessing.guess(raw) if raw and not charsets.text(raw, ("utf-8",), whole=False)[1] else ""


def tree(data: bytes, problems: Problems, *, cut: bool = False) -> Part:
    """The message as a tree of parts. ``cut``: it goes on behind ``data``."""
    plain = lines(data).lstrip(b"\n")
    root = _Reader(problems, charset(plain)).part(plain, 0)
    last = root
    for _ in range(DEEPEST + 1):
        last = last.parts[-1] if last.parts else last
    last.is_cut = cut
    return root


def split(data: bytes, problems: Problems, it: str = "It") -> tuple[list[tuple[str, bytes]], bytes]:
    """Headers and body of ``data`` (lines end with \\n). Without a head, everything is body."""
    if match := _mbox_line.match(data):
        problems.add(f"{it} begins with a line of an mbox file.")
        data = data[match.end() :]
    if data.startswith(b"\n") or not data:
        return [], data[1:]  # a part need not have a head
    head, _, body = data.partition(b"\n\n")
    if len(head) > LARGEST_HEAD:
        problems.add(f"Its head is longer than {LARGEST_HEAD >> 10} KB; the rest of the head was left out.")
        head = head[:LARGEST_HEAD]
    rows = head.split(b"\n")
    last = max((at for at, line in enumerate(rows) if _header_line.match(line)), default=-1)
    if last < 0:
        problems.add(f"{it} has no head.")
        return [], data
    headers: list[tuple[str, list[bytes]]] = []
    for at, line in enumerate(rows):
        if not line:
            continue
        if line[:1] in {b" ", b"\t"} and headers:
            headers[-1][1].append(line.strip())
        elif match := _header_line.match(line):
            name = match[0][:-1].strip().lower().decode("ascii")
            headers.append((name, [line[match.end() :].strip()]))
        elif at > last:
            problems.add("No empty line ends its head.")
            return _unfolded(headers), b"\n".join(rows[at:]) + b"\n\n" + body
        elif not _mbox_line.match(line):
            problems.add("A line of its head is no header; it was left out.")
    return _unfolded(headers), body


def _unfolded(headers: list[tuple[str, list[bytes]]]) -> list[tuple[str, bytes]]:
    return [(name, b" ".join(pieces)[:LARGEST_HEADER]) for name, pieces in headers]


class _Reader:
    def __init__(self, problems: Problems, charset: str) -> None:
        self.problems, self.charset = problems, charset
        self.parts = self.opened = 0

    def part(self, data: bytes, depth: int, default: str = "text/plain") -> Part:
        headers, body = split(data, self.problems, "A part" if depth else "It")
        self.parts += 1
        part = Part(headers, body=body, charset=self.charset)
        part.type = self._type(part, default)
        if not depth and not part.get("content-type") and _undeclared.match(body):
            part.type = "multipart/mixed"
        kind, _, subtype = part.type.partition("/")
        if wrapped.is_wrapped(part.type, part.file_name) and depth < DEEPEST:
            self._open(part, part.file_name, depth)
        if kind not in {"multipart", "message"} or part.type == "message/delivery-status":
            return part
        if depth >= DEEPEST:
            self.problems.add("Its parts are nested too deeply; the innermost were left out.")
            part.body = b""
        elif kind == "multipart":
            inner = "message/rfc822" if subtype == "digest" else "text/plain"
            self._divide(part, depth, inner)
            if part.type == RELATED and part.parts:
                _put_page_first(part)
        elif part.type in {"message/rfc822", "message/global"}:
            part.parts = [self.part(lines(part.decoded).lstrip(b"\n"), depth + 1)]
        return part

    def _open(self, part: Part, name: str, depth: int) -> None:
        """A mail inside a part, in another form."""
        self.opened += 1
        if self.opened > MOST_OPENED:
            self.problems.add("It has too many mails in other forms inside; the rest were left shut.")
            return
        inside = wrapped.opened(part.type, name, part.decoded, self.problems)
        if isinstance(inside, bytes):
            part.parts = [self.part(lines(inside).lstrip(b"\n"), depth + 1)]
        elif inside:
            for headers, body in inside:
                inner = Part(headers, body=body, charset=self.charset)
                kind = self._type(inner, "text/plain")
                inner.type = kind if not kind.startswith("multipart/") else "application/octet-stream"
                part.parts.append(inner)

    def _type(self, part: Part, default: str) -> str:
        written = part.get("content-type")
        if not written:
            return default
        if found := parameters.media_type(written):
            return found
        self.problems.add("A part does not say clearly what it is; it was read as plain text.")
        return "text/plain"

    def _divide(self, part: Part, depth: int, default: str) -> None:
        boundary = parameters.parameter(part.get("content-type"), "boundary")[0][:200]
        marks = list(islice(_marks(boundary, part.body), MOST_PARTS + 1))
        if not marks and (data := part.decoded) != part.body:  # nobody may encode a whole of parts; some do
            part.body = lines(data)
            marks = list(islice(_marks(boundary, part.body), MOST_PARTS + 1))
        if not marks and (found := _first_mark.search(part.body)):
            marks = list(islice(_marks(found[1], part.body), MOST_PARTS + 1))
            self.problems.add("It does not say rightly what divides its parts.")
        if not marks:
            self.problems.add("It says that it has several parts, and they cannot be told apart.")
            part.type = "text/plain"
            return
        for mark, following in pairwise([*marks, None]):
            if mark is None or mark[1]:
                return
            if self.parts >= MOST_PARTS:
                self.problems.add(f"It has more than {MOST_PARTS} parts; the rest were left out.")
                return
            if following is None:
                self.problems.add("Its last part has no end.")
            end = len(part.body) if following is None else following.start() - 1
            part.parts.append(self.part(part.body[mark.end() + 1 : end], depth + 1, default))
            part.parts[-1].is_form = part.type == FORMS


def _put_page_first(part: Part) -> None:
    """The page is what the head calls the start, else the first; the rest belongs to it."""
    start = part.parameter("content-type", "start").encode("utf-8", "replace")
    page = next((inner for inner in part.parts if start and inner.get("content-id") == start), part.parts[0])
    part.parts.sort(key=lambda inner: inner is not page)
    page.is_form = True


# What divides parts, where the head does not say it: two hyphens, and after that a part's own head.
_first_mark = re.compile(
    rb"^--([^\s-][^\n]{0,199}?)[ \t]*\ncontent-[a-z-]{1,40}:", re.MULTILINE | re.IGNORECASE
)
_undeclared = re.compile(
    rb"(?:this is a multi-?part message[^\n]{0,100}\n)?\s{0,20}--[^\s-][^\n]{0,199}\ncontent-[a-z-]{1,40}:",
    re.IGNORECASE,
)


def _marks(boundary: bytes, body: bytes) -> Iterator[re.Match[bytes]]:
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*$", re.MULTILINE)
    return line.finditer(body) if boundary else iter(())
