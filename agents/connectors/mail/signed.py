"""S/MIME in one piece (CMS, RFC 5652): the text out of a signed or packed mail; encrypted ones stay shut.

No signature is checked here, so nobody may take one for a proof. Only the few bytes that lead to the text are
looked at; bounded, never raises.
"""

import zlib
from collections.abc import Iterator
from itertools import islice

LARGEST = 2_000_000  # bytes that are unpacked
DEEPEST = 20
MOST = 20_000  # pieces of a text
NAMED_WITHIN = 40  # bytes, in which it says what it is
SIGNED, ENCRYPTED, PACKED = "signed", "encrypted", "packed"
_KINDS = {
    bytes.fromhex("2a864886f70d010702"): SIGNED,
    bytes.fromhex("2a864886f70d010703"): ENCRYPTED,
    bytes.fromhex("2a864886f70d010706"): ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100117"): ENCRYPTED,  # AES-GCM, which newer programs write
    bytes.fromhex("2a864886f70d0109100109"): PACKED,
}
_OCTETS, _SEQUENCE, _OCTETS_IN_PIECES = 0x04, 0x30, 0x24


def content(data: bytes) -> tuple[str, bytes]:
    """(signed, encrypted or packed, the mail inside); nothing where it is none of these."""
    try:
        kind, inside = _opened(data)
        if kind in {"", ENCRYPTED}:
            return kind, b""
        (_, fields), *_ = islice(_elements(inside), 1)
        sequences = [body for tag, body in islice(_elements(fields), 3) if tag == _SEQUENCE]
        _, (_, holds) = islice(_elements(sequences[kind == PACKED]), 2)
        text = b"".join(_octets(holds, 0))
        return kind, _unpacked(text) if kind == PACKED else text
    except (ValueError, IndexError):
        return (ENCRYPTED if named(data) == ENCRYPTED else ""), b""


def named(data: bytes) -> str:
    """Signed, encrypted or packed, also where it was cut; empty where it is none of these."""
    return next((found for number, found in _KINDS.items() if number in data[:NAMED_WITHIN]), "")


def _opened(data: bytes) -> tuple[str, bytes]:
    (_, whole), *_ = islice(_elements(data), 1)
    (_, named), (_, inside) = islice(_elements(whole), 2)
    return _KINDS.get(named, ""), inside


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and bytes of what stands in ``data`` one after the other."""
    at = 0
    for _ in range(MOST):
        if at >= len(data):
            return
        tag, begin, end, at = _element(data, at, 0)
        yield tag, data[begin:end]


def _element(data: bytes, at: int, depth: int) -> tuple[int, int, int, int]:
    """(tag, where its bytes begin, where they end, where the next one begins)."""
    tag, length = data[at], data[at + 1]
    if tag & 0x1F == 0x1F or depth > DEEPEST:
        raise ValueError("no such tag")
    if length == 0x80:  # it ends where two zeros stand
        begin = following = at + 2
        for _ in range(MOST):
            if data[following : following + 2] == b"\0\0" or following >= len(data):
                return tag, begin, following, following + 2
            following = _element(data, following, depth + 1)[3]
        raise ValueError("too many pieces")
    begin = at + 2
    if length > 0x80:
        begin += length & 0x7F
        length = int.from_bytes(data[at + 2 : min(begin, at + 7)], "big")
    return tag, begin, begin + length, begin + length


def _octets(data: bytes, depth: int) -> Iterator[bytes]:
    for tag, body in _elements(data):
        if tag == _OCTETS:
            yield body
        elif tag == _OCTETS_IN_PIECES and depth < DEEPEST:
            yield from _octets(body, depth + 1)


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, LARGEST)
    except zlib.error:
        return b""
