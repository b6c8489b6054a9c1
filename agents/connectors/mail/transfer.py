"""Transfer encodings as people's programs name and write them: base64, quoted-printable, uuencode. Never raises."""

import binascii
import re

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_stray = re.compile(rb"[^A-Za-z0-9+/=\s\x00-\x1f\x7f-\xff]")
_line = re.compile(rb"([^\n]*)(?:\n|\Z)")
_uu_begin = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\n]*)\n", re.MULTILINE)


def decoded(body: bytes, named: bytes) -> bytes:
    """The body without the transfer encoding of this name, however it is spelled."""
    name = re.sub(rb"\([^()]*\)|[^a-z0-9]", b"", named.lower())
    if b"base64" in name:
        return _base64(body)
    if b"quotedprintable" in name or name == b"qp":
        return binascii.a2b_qp(re.sub(rb"=[ \t]+(?=\n)", b"=", body))
    if b"uu" in name and (match := _uu_begin.search(body)):
        return from_uu(body[match.end() :])[0]
    return body


def _base64(body: bytes) -> bytes:
    """What stands behind the letters as plain text, lists of mail put there by themselves."""
    words = next((line.start() for line in re.finditer(rb"[^\n]+", body) if _is_words(line[0])), None)
    if words is None:
        return from_base64(body)
    if not body[:words].strip():
        return body  # it says base64 and is none
    return from_base64(body[:words]).rstrip() + b"\n\n" + body[words:]


def _is_words(line: bytes) -> bool:
    """No base64, even where a sign or a space strayed into it."""
    return line.strip().count(b" ") > 2 or len(_stray.findall(line)) * 5 > len(line)


def from_base64(data: bytes) -> bytes:
    """Base64 as people's programs write it: with stray characters, in several pieces and without its end."""
    letters = data.translate(None, _NOT_BASE64)
    return b"".join(_piece(piece) for piece in re.split(b"=+", letters) if piece)


def _piece(letters: bytes) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_uu(lines: bytes, at: int = 0) -> tuple[bytes, int]:
    """The file that uuencoded lines from there on hold, and where what is none begins."""
    file: list[bytes] = []
    for match in _line.finditer(lines, at):
        line = match[1].rstrip(b" \r")
        at = match.start()
        if line in {b"", b"`"} and lines.startswith(b"end", match.end()):
            last = _line.match(lines, match.end())
            return b"".join(file), last.end() if last else len(lines)
        if line == b"end":
            return b"".join(file), match.end()
        if (data := _uu_line(line, begun=bool(file))) is None:
            break
        file.append(data)
    return b"".join(file), at


def _uu_line(line: bytes, *, begun: bool) -> bytes | None:
    """None where it is no such line: its first sign says how many bytes it holds. Some programs cut spaces off."""
    if not line or not all(0x20 <= sign <= 0x60 for sign in line):
        return None
    size = (line[0] - 0x20) & 0x3F
    needed = 1 + (size + 2) // 3 * 4
    if not (1 if begun else needed - 4) <= len(line) <= needed + 2 or (size == 0 and len(line) > 1):
        return None
    try:
        return binascii.a2b_uu(line[:needed].ljust(needed))
    except (binascii.Error, ValueError):
        return None
