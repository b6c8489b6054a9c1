"""Outlook's rich text (RTF), packed or not, as text or as the HTML page that it was made of. Linear, never raises.

An own reader: ``striprtf`` needs minutes for the font table of a hostile mail (0.0.35, 20 KB of ``\\f1\\fcharset1``).
"""

import re
import struct

from agents.connectors.mail import charsets

LARGEST = 300_000  # bytes that are unpacked and looked at
PACKED, AS_IT_IS = b"LZFu", b"MELA"
# What every packed text may refer to before its own beginning (MS-OXRTFCP).
_BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_token = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_SAYS = {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t", "lquote": "‘", "rquote": "’"} | {
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—", "sect": "\n", "page": "\n"
}  # fmt: skip
_NO_TEXT = """
    fonttbl colortbl stylesheet info pict object objdata header footer headerl headerr footerl footerr fldinst
    listtable listoverridetable rsidtbl generator themedata colorschememapping latentstyles datastore xmlnstbl
    bkmkstart bkmkend pntext pn revtbl filetbl template author operator title subject company shp shpinst nonshppict
"""
_NOT_TEXT = frozenset(_NO_TEXT.split())


def read(data: bytes) -> tuple[str, str]:
    """(media type, text): a page where the rich text was made of one; empty where nothing can be made of it."""
    if data[8:12] in {PACKED, AS_IT_IS}:
        data = unpacked(data)
    return _Reader(data[:LARGEST]).read() if data.lstrip().startswith(b"{\\rt") else ("", "")


def unpacked(data: bytes) -> bytes:
    """Signs as they are, or a place in the last 4,096 signs and how many of them to repeat."""
    if data[8:12] == AS_IT_IS:
        return data[16:][:LARGEST]
    try:
        size = min(struct.unpack_from("<I", data, 4)[0], LARGEST)
    except struct.error:
        return b""
    written = bytearray(_BEFORE)
    at, wanted = 16, size + len(_BEFORE)
    for _ in range(len(data) // 2):
        if at >= len(data) or len(written) >= wanted:
            break
        controls = data[at]
        at += 1
        for bit in range(8):
            if not controls >> bit & 1:
                written += data[at : at + 1]
                at += 1
                continue
            pair = int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")
            at += 2
            # Where it stands in the ring of 4,096, counted back from the end.
            back = (len(written) - (pair >> 4)) % 4096
            if back == 0:
                return bytes(written[len(_BEFORE) : wanted])
            for _ in range((pair & 0xF) + 2):
                written.append(written[-back] if back <= len(written) else 0x20)
    return bytes(written[len(_BEFORE) : wanted])


class _Reader:
    """What is open at a place in the text, and what it says so far."""

    def __init__(self, data: bytes) -> None:
        self.source = data.decode("latin-1")
        self.page = "\\fromhtml" in self.source[:2_000]
        self.codec: tuple[str, ...] = ("cp1252",)
        self.pieces: list[str] = []
        self.held = bytearray()  # letters of several bytes
        self.silent, self.tag = (
            False,
            False,
        )  # what is written now is no text; it is a piece of the page's code
        self.outside: list[tuple[bool, bool, int]] = []
        self.skip, self.after_wide = 0, 1  # signs that stand for a wide letter in programs that know none

    def read(self) -> tuple[str, str]:
        starred = False
        for match in _token.finditer(self.source):
            kind = match.lastgroup
            if kind != "byte" and self.held:
                self.end_letters()
            if kind == "brace":
                self.brace(match[0])
            elif kind in {"word", "number"}:
                self.word(
                    match["word"].lower(), int(match["number"] or 0), starred, bare=match["number"] is None
                )
            elif kind == "byte":
                self.letter(int(match["byte"], 16))
            elif kind == "sign":
                self.say(
                    {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n"}.get(
                        match[0][1], match[0][1].strip("*-:|")
                    )
                )
            elif kind == "text":
                self.text(match[0])
            starred = match[0] == "\\*"
        self.end_letters()
        return ("text/html" if self.page else "text/plain"), "".join(self.pieces)

    def brace(self, sign: str) -> None:
        self.skip = 0
        if sign == "{":
            self.outside.append((self.silent, self.tag, self.after_wide))
        elif self.outside:
            self.silent, self.tag, self.after_wide = self.outside.pop()

    def word(self, word: str, number: int, starred: bool, *, bare: bool) -> None:
        if word == "htmltag":
            self.tag, self.silent = True, not self.page
        elif word == "htmlrtf" and self.page:
            self.silent = bare or number != 0
        elif starred or word in _NOT_TEXT:
            self.silent = True
        elif word == "ansicpg":
            self.codec = charsets.readers(f"cp{number}") or self.codec
        elif word == "uc":
            self.after_wide = min(max(number, 0), 10)
        elif word == "u":
            self.say(chr(number % 0x10000) if not 0xD800 <= number % 0x10000 < 0xE000 else "\ufffd")
            self.skip = self.after_wide
        elif word in _SAYS and (not self.page or self.tag or word in {"par", "line", "tab"}):
            self.say(_SAYS[word])

    def letter(self, byte: int) -> None:
        if self.skip:
            self.skip -= 1
        elif not self.silent:
            self.held.append(byte)

    def end_letters(self) -> None:
        self.pieces.append(charsets.text(bytes(self.held), self.codec)[0])
        self.held.clear()

    def text(self, written: str) -> None:
        skipped = min(self.skip, len(written))
        self.skip -= skipped
        if not self.silent:
            self.pieces.append(charsets.text(written[skipped:].encode("latin-1"), self.codec)[0])

    def say(self, sign: str) -> None:
        if not self.silent:
            self.pieces.append(sign)
