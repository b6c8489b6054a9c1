"""Japanese and Chinese as mail programs write it, in what Python does not read. Pure, never raises.

For ISO-2022-JP and EUC-JP, Python's codecs know neither the circled digits nor the half-width kana that people write
every day; all of it is in Windows' own table, in another order.
"""

import re

_pieces = re.compile(rb"\x1b(?:\$\(?[@-Z]|\([@-Z]|[&.N][@-Z]?)|[\x0e\x0f\n]|[^\x1b\x0e\x0f\n]+|\x1b")
_ASCII, _KANA, _TWO, _MORE = "ascii", "kana", "two", "more"
_SETS = {
    b"\x1b(B": _ASCII,
    b"\x1b(J": _ASCII,  # Latin letters with ¥ for \, which people mean as \
    b"\x1b(H": _ASCII,
    b"\x1b(I": _KANA,
    b"\x1b$@": _TWO,
    b"\x1b$B": _TWO,
    b"\x1b$(@": _TWO,
    b"\x1b$(B": _TWO,
    b"\x1b$(O": _TWO,
    b"\x1b$(Q": _TWO,
    b"\x1b$(D": _MORE,
}
LOST = "\ufffd"


def iso_2022_jp(data: bytes) -> str:
    """Text that changes its letters by escape signs. Each line begins with ASCII, whatever stood open before."""
    now, before, text = _ASCII, _ASCII, []
    for match in _pieces.finditer(data):
        piece = match[0]
        if piece in _SETS:
            now = before = _SETS[piece]
        elif piece == b"\x0e":
            before, now = now, _KANA
        elif piece == b"\x0f":
            now = before
        elif piece == b"\n":
            now = before = _ASCII
            text.append("\n")
        elif piece.startswith(b"\x1b"):
            text.append(LOST)
        else:
            text.append(_written(piece, now))
    return "".join(text)


def euc_jp(data: bytes) -> str:
    """Signs of two bytes with their high bits set; 0x8E goes before a half-width kana, 0x8F before rarer ones."""
    text = []
    for match in re.finditer(
        rb"[\x00-\x7f]+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\xa1-\xfe]{2}|[\x80-\xff]", data
    ):
        piece = match[0]
        if piece[0] < 0x80:
            text.append(piece.decode("ascii"))
        elif len(piece) == 1:
            text.append(LOST)
        elif piece[0] == 0x8E:
            text.append(piece[1:].decode("cp932"))
        elif piece[0] == 0x8F:
            text.append(piece.decode("euc_jp", "replace"))
        else:
            text.append(_sign(piece[0] & 0x7F, piece[1] & 0x7F))
    return "".join(text)


def iso_2022_cn(data: bytes) -> str:
    """Chinese between the signs for "out" and "in" of ASCII; of Taiwan's sets Python knows none."""
    text, chinese = [], True
    for match in re.finditer(
        rb"\x1b\$\)([A-Z])|\x1b[^\x0e]?[^\x0e]?|\x0e([^\x0f\n]*)\x0f?|[^\x1b\x0e]+", data
    ):
        if match[1]:
            chinese = match[1] in b"AE"
        elif match[2] is not None:
            wide = bytes(byte | 0x80 for byte in match[2])
            text.append(wide.decode("gb18030", "replace") if chinese else LOST * (len(wide) // 2))
        elif not match[0].startswith(b"\x1b"):
            text.append(match[0].replace(b"\x0f", b"").decode("ascii", "replace"))
    return "".join(text)


def _written(data: bytes, now: str) -> str:
    if now == _ASCII:
        if data.isascii():
            return data.decode("ascii")
        return data.decode("cp932", "replace")  # some programs write kana with 8 bits
    if now == _KANA:
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    bits = bytes(byte & 0x7F for byte in data)
    if now == _MORE:
        pairs = (bits[at : at + 2] for at in range(0, len(bits), 2))
        signs = (b"\x8f" + bytes(byte | 0x80 for byte in pair) for pair in pairs)
        return "".join(sign.decode("euc_jp", "replace") for sign in signs)
    return "".join(
        _sign(bits[at], bits[at + 1]) if at + 1 < len(bits) else LOST for at in range(0, len(bits), 2)
    )


def _sign(row: int, cell: int) -> str:
    """Of JIS X 0208's rows and cells, which Windows' table holds folded two rows into one."""
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return chr(cell) if row == cell == 0x20 else LOST
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E)
    return bytes((lead, trail)).decode("cp932", "replace")
