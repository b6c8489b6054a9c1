"""Headers to words: raw letters, encoded words (``=?utf-8?q?…?=``) and whatever people's programs make of them."""

import re

from agents.connectors.mail import unseen
from agents.connectors.mail.decoding import Problems, clean_header, decode, guess
from agents.connectors.mail.transfer import from_base64

LONGEST_HEADER = 4_000  # characters that are looked at
# Q words hold question marks of their own where a program forgot to encode them; the last word may have no end.
_encoded = re.compile(
    r"=\?(?P<charset>[^?*\s]{0,60})(?:\*[^?\s]{0,20})?\?"
    r"(?:[bB]\?(?P<b>[^?]{0,4000})(?:\?=|$)|[qQ]\?(?P<q>(?:(?!=\?[^?\s]{1,60}\?[bBqQ]\?).){0,4000}?)"
    r"(?:\?=(?![0-9A-F]{2})|$))",
    re.DOTALL,
)
_between_encoded = re.compile(r"(\?=)\s+(?==\?)")


def header(raw: bytes, problems: Problems, name: str, otherwise: str = "") -> str:
    """A header's value in words: 8-bit letters guessed, encoded words decoded, cleaned. Never raises."""
    return clean(decoded_words(written(raw, problems, name, otherwise), problems, name), problems, name)


def clean(text: str, problems: Problems, name: str) -> str:
    """On one line and without invisible characters, which are named."""
    if hid := unseen.taken_out(text)[1]:
        problems.add(f"The {name} header has invisible characters ({', '.join(hid)}); they were left out.")
    return clean_header(text)


def written(
    raw: bytes, problems: Problems, name: str, otherwise: str = "", longest: int = LONGEST_HEADER
) -> str:
    """A header's value as it was written, still with its encoded words. Raw letters are in the body's charset."""
    whole = len(raw) <= longest
    if not whole:
        problems.add(f"The {name} header is longer than {longest:,} characters; the rest was left out.")
        raw = raw[:longest]
    if not raw.isascii():
        problems.add(f"The {name} header has letters that mail does not allow there.")
    return guess(raw, otherwise, whole=whole)


def decoded_words(value: str, problems: Problems, name: str) -> str:
    """``value`` with its encoded words decoded."""
    if "=?" not in value:
        return value
    value = _between_encoded.sub(r"\1", value)
    pieces: list[str] = []
    charset, held, at = "", b"", 0
    for match in _encoded.finditer(value):
        plain = value[at : match.start()]
        # A letter of several bytes may be cut between two encoded words: they are decoded together.
        if held and (plain or match["charset"].lower() != charset):
            pieces.append(decode(held, charset, problems, f"The {name} header"))
            held = b""
        pieces.append(plain)
        charset, at = match["charset"].lower(), match.end()
        held += _word(match)
    if held:
        pieces.append(decode(held, charset, problems, f"The {name} header"))
    return "".join(pieces) + value[at:]


def _word(match: re.Match[str]) -> bytes:
    if match["b"] is not None:
        return from_base64(match["b"].encode("utf-8", "replace"))
    data = match["q"].encode("utf-8", "replace").replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda letter: bytes.fromhex(letter[1].decode()), data)
