"""Outlook's .msg files (MS-OXMSG) as mail that every program reads. Never raises; ``None`` where it is no such file.

Of libraries only ``olefile`` (BSD) is used, which reads the folders and files inside: ``extract-msg`` is under the
GPL, ``msg-parser`` and ``python-oxmsg`` leave out the rich text that Outlook's bodies mostly are.
"""

import base64
import hashlib
import io
import re
import struct
from email.utils import format_datetime
from typing import Any

import olefile

from agents.connectors.mail import addresses, wrapped
from agents.connectors.mail.decoding import clean_header
from agents.connectors.mail.outlook import properties, tnef
from agents.connectors.mail.outlook.properties import Message, Value

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST = 100 * 1024 * 1024  # bytes of one property
MOST_FILES = 200
MESSAGE_CODEPAGE = 0x3FFD
_stream = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_content = re.compile(r"(?:content-[a-z-]+|mime-version|bcc)\s*:", re.IGNORECASE)


def to_mail(data: bytes) -> bytes | None:
    message = read(data)
    return None if message is None else _written(message)


def read(data: bytes) -> Message | None:
    if not data.startswith(MAGIC):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return _message(file)
    except (OSError, ValueError, IndexError, KeyError, TypeError, struct.error, RecursionError, MemoryError):
        return None  # olefile says what is wrong in many ways


def _message(file: "olefile.OleFileIO[Any]") -> Message | None:
    message = Message()
    places = file.listdir(streams=True, storages=False)
    message.properties = _properties(file, [place for place in places if len(place) == 1], 32)
    if not message.properties:
        return None
    page = message.properties.get(MESSAGE_CODEPAGE, message.properties.get(properties.CODEPAGE))
    message.codepage = f"cp{page}" if isinstance(page, int) else "cp1252"
    attached = sorted({place[0] for place in places if place[0].lower().startswith("__attach_version1.0_")})
    for folder in attached[:MOST_FILES]:
        message.attachments.append(_properties(file, [place for place in places if place[:1] == [folder]], 8))
    return message


def _properties(file: "olefile.OleFileIO[Any]", places: list[list[str]], head: int) -> dict[int, Value]:
    """Numbers stand in one table, everything longer in a stream of its own."""
    found: dict[int, Value] = {}
    for place in places:
        match = _stream.fullmatch(place[-1])
        if match is None and place[-1].lower() != "__properties_version1.0":
            continue
        if len(place) > 2 or file.get_size(place) > LARGEST:  # a message in a message is a file here
            continue
        raw = file.openstream(place).read()
        if match is None:
            found |= _numbers(raw[head:])
        elif (value := tnef.value(raw, int(match[2], 16))) is not None:
            found[int(match[1], 16)] = value
    return found


def _numbers(table: bytes) -> dict[int, Value]:
    found: dict[int, Value] = {}
    for at in range(0, min(len(table) - 15, 16 * tnef.MOST), 16):
        kind, number = struct.unpack_from("<HH", table, at)
        if kind in {0x03, 0x0B, 0x14, 0x40}:
            found[number] = int.from_bytes(
                table[at + 8 : at + (16 if kind in {0x14, 0x40} else 12)], "little"
            )
    return found


def _written(message: Message) -> bytes:
    parts = wrapped.parts(message)
    boundary = hashlib.sha256(repr(parts).encode()).hexdigest()[:32].encode()
    lines = [
        *_head(message),
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"',
        b"",
    ]
    for headers, body in parts:
        lines += [
            b"--" + boundary,
            *(name.encode() + b": " + _ascii(value.decode()) for name, value in headers),
        ]
        lines += [b"Content-Transfer-Encoding: base64", b"", base64.encodebytes(body)]
    return b"\n".join([*lines, b"--" + boundary + b"--", b""])


def _head(message: Message) -> list[bytes]:
    """The head that it came with, or one made of what Outlook knows of it."""
    came_with = message.text(properties.HEADERS).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    kept = [field for field in re.split(r"\n(?![ \t])", came_with.partition("\n\n")[0]) if ":" in field]
    kept = [field for field in kept if not _content.match(field)]
    if any(field.lower().startswith("from:") for field in kept):
        return [field.encode("utf-8", "replace") for field in kept]
    name = message.text(properties.FOR_WHOM, properties.SENDER)
    address = next((said for said in _senders(message) if "@" in said), "")
    fields = {
        "From": f'"{clean_header(name, 200).replace(chr(34), "")}" <{address}>'
        if address
        else clean_header(name, 200),
        "To": clean_header(message.text(properties.TO), 4_000),
        "Cc": clean_header(message.text(properties.CC), 4_000),
        "Subject": clean_header(message.text(properties.SUBJECT)),
        "Message-ID": clean_header(message.text(properties.MESSAGE_ID)),
    }
    sent = message.properties.get(properties.SENT)
    when = properties.moment(sent) if isinstance(sent, int) else None
    if when is not None:
        fields["Date"] = format_datetime(when)
    return [f"{field}: ".encode() + _ascii(said) for field, said in fields.items() if said]


def _senders(message: Message) -> list[str]:
    numbers = (
        properties.FOR_WHOM_SMTP,
        properties.SENDER_SMTP,
        properties.FOR_WHOM_ADDRESS,
        properties.SENDER_ADDRESS,
    )
    return [addresses.address_in(message.text(number)) for number in numbers]


def _ascii(said: str) -> bytes:
    """Words with letters other than ASCII as encoded words."""
    return re.sub(r"[^\x00-\x7f](?:[^<>\"=]*[^\x00-\x7f])?", _encoded, said).encode("ascii", "replace")


def _encoded(match: re.Match[str]) -> str:
    return f"=?utf-8?B?{base64.b64encode(match[0].encode('utf-8', 'replace')).decode()}?="
