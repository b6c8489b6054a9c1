"""Files that hold mail, by what programs keep it in: one message or many, and what a file is that holds none."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from agents.connectors.mail.outlook import msg

LOOKED_AT = 8_192  # bytes at a file's beginning that tell what it is
LARGEST = 200 * 1024 * 1024  # bytes of one message
_ending = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,9})$")
_between = re.compile(rb"From [^\n]*[0-9]{1,2}:[0-9]{2}[^\n]*\n")
_quoted = re.compile(rb">+From ")
_header = re.compile(
    rb"^(?:from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|content-type|reply-to"
    rb"|sender|envelope-to|x-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_head = re.compile(rb"(?:[!-9;-~]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.IGNORECASE)


class Kind(StrEnum):
    MAIL = "mail"
    MBOX = "mbox"
    APPLE = "emlx"
    OUTLOOK = "msg"


class NoMail(Exception):
    """Why a file is no mail, in words."""


def kind(file: Path) -> Kind:
    """By its name, or by its beginning where its name does not end like a file's. Raises NoMail, and OSError."""
    match = _ending.search(file.name)
    ending = match[1].lower() if match and not file.name.startswith(".") else ""
    if ending == "eml":
        return Kind.MAIL
    if ending not in {"", "emlx", "msg", "mbox", "mbx"}:
        raise NoMail(f"A file that ends with .{ending} is no mail.")
    if not file.is_file():
        raise OSError(0, "It is no file.")
    with file.open("rb") as opened:
        begins = opened.read(LOOKED_AT)
    if begins.startswith(msg.MAGIC):
        return Kind.OUTLOOK
    if ending == "emlx" and re.match(rb"[ \t]*[0-9]{1,12}[ \t]*\r?\n", begins):
        return Kind.APPLE
    begins = begins.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").lstrip(b"\n")
    if begins.startswith(b"From ") and _is_head(begins.partition(b"\n")[2]):
        return Kind.MBOX
    if _is_head(begins):
        return Kind.MAIL
    raise NoMail("It is empty." if not begins else "It does not begin like a mail.")


def _is_head(begins: bytes) -> bool:
    """Do its first lines look like a mail's, with headers that every mail has some of?"""
    found = _head.match(begins.lstrip(b">"))
    return found is not None and _header.search(found[0]) is not None


def messages(file: Path, found: Kind) -> Iterator[bytes]:
    """Each as a mail that every program reads. Raises OSError where one cannot be."""
    if found is Kind.MBOX:
        with file.open("rb") as opened:
            yield from _parted(opened)
        return
    if file.stat().st_size > LARGEST:
        raise OSError(0, f"It is larger than {LARGEST >> 20} MB.")
    data = file.read_bytes()
    if found is Kind.APPLE:
        # The length of the mail in the first line, and behind the mail what the program keeps of it.
        length, _, rest = data.partition(b"\n")
        yield rest[: int(length)]
    elif found is Kind.OUTLOOK:
        mail = msg.to_mail(data)
        if mail is None:
            raise OSError(0, "It is no Outlook message that can be read.")
        yield mail
    else:
        yield data


def _parted(opened: BinaryIO) -> Iterator[bytes]:
    """A line “From …” after an empty one begins a message; where a text has such a line, mbox files put a > before."""
    lines: list[bytes] = []
    empty, size = True, 0
    for line in iter(lambda: opened.readline(LARGEST), b""):
        plain = line.replace(b"\r\n", b"\n")
        if empty and plain.startswith(b"From ") and (not size or _between.fullmatch(plain)):
            if size:
                yield _whole(lines)
            lines, size = [], 0
        elif size < LARGEST:
            lines.append(line[1:] if _quoted.match(line) else line)
        size += len(line)
        empty = plain == b"\n"
    if size:
        yield _whole(lines)


def _whole(lines: list[bytes]) -> bytes:
    """Without the empty line that parts it from the next."""
    return b"".join(lines[:-1] if lines and not lines[-1].strip() else lines)
