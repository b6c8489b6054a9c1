"""Bytes of a mail to words that may be shown: charsets, and what must not be in a text or a header."""

import codecs
import re
import unicodedata

from agents.connectors.mail import charsets, guessing, unseen

SHOWN = 500  # characters of a header that are shown
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_control_in_text = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_not_a_header = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")


class Problems(list[str]):
    """What was broken in a mail, in words: each once, and not without end."""

    MOST = 20

    def add(self, sentence: str) -> None:
        if sentence not in self and len(self) < self.MOST:
            self.append(sentence)


def clean_text(text: str, problems: Problems | None = None) -> str:
    """A body as it may be shown and stored: nothing that hides or turns letters around; lines and tabs stay."""
    text = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)
    shown, hid = unseen.taken_out(text)
    if hid and problems is not None:
        problems.add(f"It has invisible characters ({', '.join(hid)}); they were left out.")
    return _control_in_text.sub("", shown)


def clean_header(text: str, longest: int = SHOWN) -> str:
    """A header's value on one line, without what hides or turns letters around."""
    if text.isascii() and text.isprintable():
        line = " ".join(text.split())
    else:
        line = _not_a_header.sub(" ", unseen.taken_out(text)[0]).strip()
    return line if len(line) <= longest else f"{beginning(line, longest - 1)}…"


def beginning(text: str, longest: int) -> str:
    """Its first ``longest`` characters, and not the half of a letter that is made of several."""
    if len(text) <= longest:
        return text
    ends = range(longest, max(longest - 8, 0), -1)
    return text[: next((end for end in ends if not _belongs(text[end - 1], text[end])), longest)]


def _belongs(before: str, sign: str) -> bool:
    return (
        unicodedata.category(sign)[0] == "M" or "\u200d" in {before, sign} or 0x1F3FB <= ord(sign) <= 0x1F3FF
    )


def decode(
    data: bytes, charset: str, problems: Problems, where: str, *, whole: bool = True, otherwise: str = ""
) -> str:
    """``data`` as text, whatever the charset says; replaces what is no character. Never raises.

    Not ``whole``: it was cut. ``otherwise``: the charset of the rest of the mail, for where none is named.
    """
    marked = next((codec for mark, codec in MARKS.items() if data.startswith(mark)), "")
    name = marked or charsets.plain_name(charset)
    ascii_ = charsets.is_plain_ascii(name)
    tried = () if ascii_ else charsets.readers(name)
    if tried[-1:] == ("utf-16",) and not marked and b"\0" not in data:
        problems.add(_another(where, name))  # no wide letters at all
        return guess(data, otherwise, whole=whole)
    if tried:
        text, right = charsets.text(data, tried, whole=whole)
        if not right:
            problems.add(_another(where, name))
        return text
    if not data.isascii():
        if ascii_:
            problems.add(f"{where} says that it is plain ASCII and is not.")
        else:
            problems.add(f"{where} {f'{_unknown(name)}' if name else 'names no charset'}.")
    elif name and not ascii_:
        problems.add(f"{where} {_unknown(name)}.")
    return guess(data, otherwise, whole=whole)


def _seven_bits(data: bytes) -> str:
    return "iso2022kr" if b"\x1b$)C" in data else "iso2022cn" if b"\x1b$)" in data else "iso2022jp"


def _another(where: str, name: str) -> str:
    return f"{where} is not in the charset it names ({clean_header(name, 40)})."


def _unknown(name: str) -> str:
    return f"names a charset that does not exist ({clean_header(name, 40)})"


def guess(data: bytes, otherwise: str = "", *, whole: bool = True) -> str:
    """Text of no known charset: UTF-8 if it is that, else as the rest of the mail, or by its letters."""
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii")
    if b"\x1b$" in data:  # in seven bits, which say what they are
        return charsets.text(data, charsets.readers(_seven_bits(data)))[0]
    text, right = charsets.text(data, ("utf-8",), whole=whole)
    letters = sum(sign > "\x7f" for sign in text[:20_000])
    if right or (text[:20_000].count("\ufffd") * 10 <= letters and letters):
        return text
    named = charsets.readers(charsets.plain_name(otherwise))
    return charsets.text(data, named or (guessing.guess(data) or "cp1252",), whole=whole)[0]
