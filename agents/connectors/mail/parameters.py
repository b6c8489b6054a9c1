"""Content-Type and the like: a value and its parameters, as mail programs read what people's programs write.

Not the standard library's reader: that one loses a name in an unknown charset, and a parameter without a semicolon.
"""

import re
from urllib.parse import unquote_to_bytes

LONGEST = 10_000  # bytes of a header that are looked at
MOST = 100  # pieces of one parameter
_type = re.compile(rb"\s*[\"']?([a-z0-9!#$&^_.+-]{1,60})\s*[/\\]\s*([a-z0-9!#$&^_.+-]{1,80})", re.IGNORECASE)
_parameter = re.compile(
    rb"([a-z0-9!#$&^_.+-]{1,60})(?:\*(?P<number>[0-9]{1,3}))?(?P<coded>\*)?\s*=\s*"
    rb"(?:\"(?P<quoted>(?:[^\"\\]|\\.){0,4000}+)\"?|(?P<plain>[^;\"\n][^;\n]*?"
    rb"(?=;|\n|\Z|\s[a-z][a-z0-9*-]{1,30}\s*=)))?",
    re.IGNORECASE,
)
_comment = re.compile(rb"\((?:[^()\"\\]|\\.){0,500}+\)")
_MEANT = {"text": "text/plain", "html": "text/html", "plain": "text/plain", "multipart": "multipart/mixed"}


def media_type(raw: bytes) -> str:
    """``text/html``, however it is written; empty where nothing can be made of it."""
    value = _comment.sub(b" ", raw[:LONGEST]).strip()
    if match := _type.match(value):
        return f"{match[1].decode('ascii')}/{match[2].decode('ascii')}".lower()
    return _MEANT.get(re.split(rb"[;\s/]", value, maxsplit=1)[0].decode("ascii", "ignore").lower(), "")


def parameter(raw: bytes, name: str) -> tuple[bytes, str]:
    """(its bytes, the charset that they name); both empty where there is none."""
    wanted = name.encode()
    plain, pieces = b"", dict[int, tuple[bytes, bool]]()
    for match in _parameter.finditer(raw[:LONGEST]):
        if match[1].lower() != wanted:
            continue
        if match["quoted"] is not None:
            value = re.sub(rb"\\(.)", rb"\1", match["quoted"])
        else:
            value = _unquoted(match["plain"] or b"", name)
        if match["number"] is None and not match["coded"]:
            plain = plain or value
        elif len(pieces) < MOST:
            pieces.setdefault(int(match["number"] or 0), (value, bool(match["coded"])))
    return _joined(pieces) if pieces else (plain, "")


def _unquoted(value: bytes, name: str) -> bytes:
    return (_comment.sub(b"", value) if name not in {"filename", "name"} else value).strip(b" \t'")


def _joined(pieces: dict[int, tuple[bytes, bool]]) -> tuple[bytes, str]:
    """As RFC 2231 cuts a long value: each piece says for itself whether it is coded, the first one the charset."""
    charset, value = "", b""
    for number, (piece, coded) in sorted(pieces.items()):
        if coded and number == min(pieces) and piece.count(b"'") >= 2:
            named, _, piece = piece.split(b"'", 2)
            charset = named.decode("ascii", "ignore")
        value += unquote_to_bytes(piece) if coded else piece
    return value, charset
