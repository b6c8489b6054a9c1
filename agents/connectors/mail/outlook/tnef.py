"""winmail.dat: a message in Outlook's own form (TNEF, MS-OXTNEF). Bounded, never raises.

An own reader of a hundred lines: the library for it has not changed since 2021 and is under the LGPL.
"""

import struct
from collections.abc import Iterator

from agents.connectors.mail.outlook import properties
from agents.connectors.mail.outlook.properties import NAMED, Message, Value

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST = 2_000  # properties or attributes
TEXT, WIDE_TEXT, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0x0D
# The bytes that a value of each type takes; all others have a length in front.
FIXED = {
    0x01: 0,
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}
# Attributes of the older form, by the property that says the same.
OLDER = {0x8004: properties.SUBJECT, 0x800C: properties.PLAIN, 0x8008: properties.CLASS}
CODEPAGE, PROPERTIES, ATTACHMENT_BEGINS = 0x9007, 0x9003, 0x9002
ATTACHMENT_TITLE, ATTACHMENT_DATA, ATTACHMENT_PROPERTIES = 0x8010, 0x800F, 0x9005


def read(data: bytes) -> Message | None:
    """None where it is no such message."""
    if not data.startswith(SIGNATURE):
        return None
    message = Message()
    for number, value in _attributes(data):
        attached = message.attachments
        if number == CODEPAGE and len(value) >= 4:
            message.codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif number in OLDER:
            message.properties.setdefault(OLDER[number], value)
        elif number == PROPERTIES:
            message.properties.update(_properties(value))
        elif number == ATTACHMENT_BEGINS and len(attached) < MOST:
            attached.append({})
        elif attached and number == ATTACHMENT_TITLE:
            attached[-1].setdefault(properties.SHORT_NAME, value)
        elif attached and number == ATTACHMENT_DATA:
            attached[-1][properties.FILE] = value
        elif attached and number == ATTACHMENT_PROPERTIES:
            attached[-1] |= {key: said for key, said in _properties(value).items() if key != properties.FILE}
    return message


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each has a level, a number, its type, a length, its bytes and a sum of them."""
    at = len(SIGNATURE) + 2
    for _ in range(MOST):
        if at + 9 > len(data):
            return
        number, _type, length = struct.unpack_from("<HHI", data, at + 1)
        yield number, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> dict[int, Value]:
    found: dict[int, Value] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        at = 4
        for _ in range(min(count, MOST)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                number, at = _named(data, at)
            value, at = _value(data, at, kind)
            if value is not None:
                found[number] = value
    except struct.error:  # it ends before it should: what was read so far is right
        pass
    return found


def _named(data: bytes, at: int) -> tuple[int, int]:
    by_name, number = struct.unpack_from("<II", data, at + 16)
    if by_name:  # a name in letters, whose length stands where else the number does
        return 0, at + 24 + number + -number % 4
    return NAMED | (number & 0xFFFF), at + 24


def _value(data: bytes, at: int, kind: int) -> tuple[Value | None, int]:
    """The first value, and where the next property begins."""
    several, base = bool(kind & 0x1000), kind & 0xFFF
    fixed = FIXED.get(base)
    count = 1
    if several or fixed is None:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    first: Value | None = None
    for one in range(min(count, MOST)):
        if fixed is None:
            (length,) = struct.unpack_from("<I", data, at)
            raw, at = data[at + 4 : at + 4 + length], at + 4 + length + -length % 4
        else:
            raw, at = data[at : at + fixed], at + fixed
        if at > len(data) + 3:
            raise struct.error("cut")
        if one == 0:
            first = value(raw, base)
    return first, at


def value(raw: bytes, kind: int) -> Value | None:
    """What these bytes say, by their type."""
    if kind == WIDE_TEXT:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    if kind in {TEXT, BINARY, OBJECT}:
        return raw
    return int.from_bytes(raw, "little") if kind in {0x03, 0x0B, 0x14, 0x40} else None
