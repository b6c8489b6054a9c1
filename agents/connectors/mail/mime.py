"""A message's bytes to its parts. Bounded in depth, number and time, whatever was sent, and it never raises.

Not the standard library's parser: that one recurses as deep as a mail says, and looks at every line once for
every level, which a hostile mail can stretch to minutes.
"""

import binascii
import re
from dataclasses import dataclass, field
from email.message import Message

from agents.connectors.mail.decoding import LONGEST_HEADER, Problems, from_base64, guess

LONGEST_HEAD = 64 * 1024  # bytes
DEEPEST = 12  # parts within parts
MOST_PARTS = 200

_header_line = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_mbox_line = re.compile(rb">?From [^\n]*\n?")


@dataclass(slots=True)
class Part:
    """One part: its headers (names in lower case, values unfolded), its type and either a body or parts."""

    headers: list[tuple[str, bytes]]
    type: str = "text/plain"
    body: bytes = b""
    parts: list["Part"] = field(default_factory=list)

    def get(self, name: str) -> bytes:
        return next((value for key, value in self.headers if key == name), b"")

    def parameter(self, header: str, name: str) -> str:
        """A parameter of a header: ``charset`` of ``Content-Type``, say; empty where it cannot be read."""
        message = Message()
        message[header] = guess(self.get(header)[:LONGEST_HEADER])
        try:
            found = message.get_param(name, "", header)
            if isinstance(found, tuple):  # (charset, language, value), as RFC 2231 writes it
                raw = found[2].encode("latin-1", "replace")
                return raw.decode(found[0] or "utf-8", "replace")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return ""
        return str(found).strip()

    @property
    def decoded(self) -> bytes:
        """The body without its transfer encoding."""
        encoding = self.get("content-transfer-encoding").strip().strip(b"\"'").lower()
        if encoding == b"base64":
            return from_base64(self.body)
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        return self.body


def lines(data: bytes) -> bytes:
    """``data`` with \\n at the end of each line, as the rest of this module reads it."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def head(data: bytes, problems: Problems) -> list[tuple[str, bytes]]:
    """The headers alone, from a message's first bytes."""
    return split(lines(data[:LONGEST_HEAD]).lstrip(b"\n"), problems)[0]


def tree(data: bytes, problems: Problems) -> Part:
    """The message as a tree of parts."""
    return _Reader(problems).part(lines(data).lstrip(b"\n"), 0)


def split(data: bytes, problems: Problems, it: str = "It") -> tuple[list[tuple[str, bytes]], bytes]:
    """Headers and body of ``data`` (lines end with \\n). Without a head, everything is body."""
    if match := _mbox_line.match(data):
        problems.add(f"{it} begins with a line of an mbox file.")
        data = data[match.end() :]
    if data.startswith(b"\n") or not data:
        return [], data[1:]  # a part need not have a head
    head, _, body = data.partition(b"\n\n")
    if len(head) > LONGEST_HEAD:
        problems.add(f"Its head is longer than {LONGEST_HEAD // 1024} KB; the rest of the head was left out.")
        head = head[:LONGEST_HEAD]
    rows = head.split(b"\n")
    last = max((at for at, line in enumerate(rows) if _header_line.match(line)), default=-1)
    if last < 0:
        problems.add(f"{it} has no head.")
        return [], data
    headers: list[tuple[str, bytes]] = []
    for at, line in enumerate(rows):
        if line[:1] in {b" ", b"\t"} and headers:
            name, value = headers[-1]
            if len(value) <= LONGEST_HEADER:  # adding to it for ever would take for ever
                headers[-1] = (name, value + b" " + line.strip())
        elif match := _header_line.match(line):
            name = match[0][:-1].strip().lower().decode("ascii")
            headers.append((name, line[match.end() :].strip()))
        elif at > last:
            problems.add("No empty line ends its head.")
            return headers, b"\n".join(rows[at:]) + b"\n\n" + body
        elif not _mbox_line.match(line):
            problems.add("A line of its head is no header; it was left out.")
    return headers, body


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.parts = 0

    def part(self, data: bytes, depth: int, default: str = "text/plain") -> Part:
        headers, body = split(data, self.problems, "A part" if depth else "It")
        self.parts += 1
        part = Part(headers, body=body)
        part.type = self._type(part, default)
        kind, _, subtype = part.type.partition("/")
        if kind not in {"multipart", "message"} or part.type == "message/delivery-status":
            return part
        if depth >= DEEPEST:
            self.problems.add("Its parts are nested too deeply; the innermost were left out.")
            part.body = b""
        elif kind == "multipart":
            inner = "message/rfc822" if subtype == "digest" else "text/plain"
            self._divide(part, depth, inner)
        elif part.type in {"message/rfc822", "message/global"}:
            part.parts = [self.part(part.decoded.lstrip(b"\n"), depth + 1)]
        return part

    def _type(self, part: Part, default: str) -> str:
        written = part.get("content-type").split(b";")[0].strip().lower()
        if not written:
            return default
        if re.fullmatch(rb"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}", written):
            return written.decode("ascii")
        self.problems.add("A part does not say clearly what it is; it was read as plain text.")
        return "text/plain"

    def _divide(self, part: Part, depth: int, default: str) -> None:
        boundary = part.parameter("content-type", "boundary").encode("utf-8", "replace")[:200]
        line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*$", re.MULTILINE)
        marks = line.finditer(part.body) if boundary else iter(())
        begin: int | None = None
        for mark in marks:
            if begin is not None:
                part.parts.append(self.part(part.body[begin : mark.start() - 1], depth + 1, default))
            begin = mark.end() + 1
            if mark[1]:
                break
            if self.parts >= MOST_PARTS:
                self.problems.add(f"It has more than {MOST_PARTS} parts; the rest were left out.")
                return
        else:
            if begin is None:
                self.problems.add("It says that it has several parts, and they cannot be told apart.")
                part.type = "text/plain"
                return
            self.problems.add("Its last part has no end.")
            part.parts.append(self.part(part.body[begin:], depth + 1, default))
