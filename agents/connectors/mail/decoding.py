"""Bytes of a mail to words that may be shown: charsets, encoded headers, and what must not be in either."""

import binascii
import codecs
import re

LONGEST_HEADER = 4_000  # characters that are looked at
SHOWN = 500  # characters of a header that are shown

# What a browser reads under these names: their declared charset is too narrow for what people really write.
WIDER = {
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}
NOT_FOR_MAIL = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape"}

# Direction marks, invisible letters and "tags" make a text look other than it reads; so do surrogates.
UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f"
)
_unseen = re.compile(f"[{UNSEEN}]")
_control_in_text = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_not_a_header = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_encoded = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_between_encoded = re.compile(r"(\?=)\s+(?==\?)")
_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


class Problems(list[str]):
    """What was broken in a mail, in words: each once, and not without end."""

    MOST = 20

    def add(self, sentence: str) -> None:
        if sentence not in self and len(self) < self.MOST:
            self.append(sentence)


def clean_text(text: str) -> str:
    """A body as it may be shown and stored: no control or direction characters; lines and tabs stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _control_in_text.sub("", _unseen.sub("", text))


def clean_header(text: str, longest: int = SHOWN) -> str:
    """A header's value on one line, without control and direction characters."""
    line = _not_a_header.sub(" ", _unseen.sub("", text)).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


def decode(data: bytes, charset: str, problems: Problems, where: str) -> str:
    """``data`` as text, whatever the charset says; replaces what is no character. Never raises."""
    name = charset.strip().strip("\"'").lower()
    codec, problem = WIDER.get(name, name), ""
    if not name:
        problem = "" if data.isascii() else "names no charset"
    elif not _known(codec):
        problem = f"names a charset that does not exist ({clean_header(name, 40)})"
    else:
        try:
            text = data.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            problem = f"is not in the charset it names ({clean_header(name, 40)})"
        else:
            if data.isascii() or not name.endswith("ascii"):
                return text
            problem = "says that it is plain ASCII and is not"
    if problem:
        problems.add(f"{where} {problem}.")
    return guess(data)


def guess(data: bytes) -> str:
    """Text of no known charset: UTF-8 if it is that, else as Western Europe wrote it. Never raises."""
    for codec in ("utf-8", "cp1252"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1", "replace")


def _known(codec: str) -> bool:
    if codec in NOT_FOR_MAIL or not re.fullmatch(r"[a-z0-9][a-z0-9._:-]{1,39}", codec):
        return False
    try:
        # Some of Python's codecs turn bytes into bytes (zip, base64): those are no charsets.
        return bool(getattr(codecs.lookup(codec), "_is_text_encoding", True))
    except (LookupError, ValueError):
        return False


def header(raw: bytes, problems: Problems, name: str) -> str:
    """A header's value in words: 8-bit letters guessed, encoded words decoded, cleaned. Never raises."""
    return clean_header(decoded_words(written(raw, problems, name), problems, name))


def written(raw: bytes, problems: Problems, name: str) -> str:
    """A header's value as it was written, still with its encoded words."""
    if len(raw) > LONGEST_HEADER:
        problems.add(
            f"The {name} header is longer than {LONGEST_HEADER:,} characters; the rest was left out."
        )
        raw = raw[:LONGEST_HEADER]
    if not raw.isascii():
        problems.add(f"The {name} header has letters that mail does not allow there.")
    return guess(raw)


def decoded_words(value: str, problems: Problems, name: str) -> str:
    """``value`` with its encoded words (``=?utf-8?q?…?=``) decoded."""
    value = _between_encoded.sub(r"\1", value)
    pieces: list[str] = []
    charset, held, at = "", b"", 0
    for match in _encoded.finditer(value):
        plain = value[at : match.start()]
        # A letter of several bytes may be cut between two encoded words: they are decoded together.
        if held and (plain or match[1].lower() != charset):
            pieces.append(decode(held, charset, problems, f"The {name} header"))
            held = b""
        pieces.append(plain)
        charset, at = match[1].lower(), match.end()
        held += _word(match[2], match[3])
    if held:
        pieces.append(decode(held, charset, problems, f"The {name} header"))
    return "".join(pieces) + value[at:]


def _word(encoding: str, inner: str) -> bytes:
    data = inner.encode("utf-8", "replace")
    if encoding in "bB":
        return from_base64(data)
    return re.sub(
        rb"=([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode()), data.replace(b"_", b" ")
    )


def from_base64(data: bytes) -> bytes:
    """Base64 as people's programs write it: with stray characters and without its end. Never raises."""
    letters = data.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
