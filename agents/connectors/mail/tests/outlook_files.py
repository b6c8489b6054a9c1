"""Files as Outlook writes them, made by hand: winmail.dat and .msg."""

import struct
from collections.abc import Mapping, Sequence
from itertools import pairwise

Value = int | str | bytes
SECTOR = 512
END, NOBODY = 0xFFFFFFFE, 0xFFFFFFFF


def _typed(value: Value) -> int:
    return 0x102 if isinstance(value, bytes) else 0x1F if isinstance(value, str) else 0x03


def _padded(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)


def _tnef_property(number: int, value: Value) -> bytes:
    head = struct.pack(
        "<HH", 0x40 if isinstance(value, int) and value > 1 << 32 else _typed(value), number & 0xFFFF
    )
    if number > 0xFFFF:  # of a name that is a number
        head += bytes(16) + struct.pack("<II", 0, number & 0xFFFF)
        head = head[:2] + struct.pack("<H", 0x8001) + head[4:]
    if isinstance(value, int):
        return head + (struct.pack("<q", value) if value > 1 << 32 else struct.pack("<i", value))
    data = value if isinstance(value, bytes) else (value + "\0").encode("utf-16-le")
    return head + struct.pack("<I", 1) + _padded(data)


def _properties(properties: Mapping[int, Value]) -> bytes:
    return struct.pack("<I", len(properties)) + b"".join(_tnef_property(*one) for one in properties.items())


def _attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, number, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(properties: Mapping[int, Value], files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    data = b"\x78\x9f\x3e\x22\x01\x00" + _attribute(1, 0x9007, 6, struct.pack("<II", 1251, 0))
    data += _attribute(1, 0x9003, 6, _properties(properties))
    for name, file in files:
        data += _attribute(2, 0x9002, 6, bytes(14)) + _attribute(2, 0x8010, 1, b"short~1.xyz\0")
        data += _attribute(2, 0x800F, 6, file) + _attribute(2, 0x9005, 6, _properties({0x3707: name}))
    return data


def rich(text: str) -> bytes:
    """As Outlook keeps rich text that it did not pack."""
    data = text.encode("latin-1")
    return struct.pack("<IIII", len(data) + 12, len(data), 0x414C454D, 0) + data


def msg(properties: Mapping[int, Value], files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A compound file: streams in sectors, chained one after the other, and one list of names."""
    names: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]

    def add(parent: int, name: str, kind: int, data: bytes = b"") -> int:
        names.append((name, kind, data, []))
        names[parent][3].append(len(names) - 1)
        return len(names) - 1

    def fill(parent: int, head: int, given: Mapping[int, Value]) -> None:
        table = bytes(head)
        for number, value in given.items():
            kind = 0x40 if isinstance(value, int) and value > 1 << 32 else _typed(value)
            raw = value.encode("utf-16-le") if isinstance(value, str) else value
            fixed = struct.pack("<q", value) if isinstance(value, int) else struct.pack("<q", len(raw))
            table += struct.pack("<HHI", kind, number, 6) + fixed
            if not isinstance(raw, int):
                add(parent, f"__substg1.0_{number:04X}{kind:04X}", 2, raw)
        add(parent, "__properties_version1.0", 2, table)

    fill(0, 32, properties)
    for number, (name, file) in enumerate(files):
        fill(add(0, f"__attach_version1.0_#{number:08X}", 1), 8, {0x3707: name, 0x3701: file})
    return _compound(names)


class _Chained:
    """Data in sectors of one size, and for each sector which one comes next."""

    def __init__(self, sector: int) -> None:
        self.sector, self.body = sector, b""
        self.next: list[int] = []

    def add(self, data: bytes) -> int:
        if not data:
            return END
        first, count = len(self.next), -(-len(data) // self.sector)
        self.next += [*range(first + 1, first + count), END]
        self.body += data + bytes(-len(data) % self.sector)
        return first


def _compound(names: Sequence[tuple[str, int, bytes, list[int]]]) -> bytes:
    large, small = _Chained(SECTOR), _Chained(64)
    starts = [(large if len(data) >= 4096 else small).add(data) for _, _, data, _ in names]
    small_at, small_next = large.add(small.body), large.add(_numbers(small.next))
    # Brothers hang one to the right of the other: no tree that Windows would make, and one that can be read.
    right = {one: other for _, _, _, below in names for one, other in pairwise(below)}
    listed = b""
    for at, (name, kind, data, below) in enumerate(names):
        written = (name + "\0").encode("utf-16-le")
        start, size = (starts[at], len(data)) if at else (small_at, len(small.body))
        listed += written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
        listed += struct.pack("<III", NOBODY, right.get(at, NOBODY), below[0] if below else NOBODY)
        listed += bytes(36) + struct.pack("<IQ", start, size)
    directory = large.add(listed)
    tables = -(-(len(large.next) + 8) // 128)
    at = len(large.next)
    body = large.body + _numbers([*large.next, *[0xFFFFFFFD] * tables]).ljust(tables * SECTOR, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, small_next, 1, END, 0)
    return head + struct.pack("<109I", *range(at, at + tables), *[NOBODY] * (109 - tables)) + body


def _numbers(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)
