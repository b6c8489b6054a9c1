"""What stands in a plain text and is none: uuencoded files, PGP's armour, lines that a program broke. Pure, linear."""

import re
from dataclasses import dataclass, field

from agents.connectors.mail import transfer

MOST_FILES = 50
_begin = re.compile(
    r"^begin(?:-base64)? [0-7]{3,4} (?P<uu>\S[^\n]{0,200})$|^=ybegin (?P<y>[^\n]{0,500})$"
    r"|^(?P<hex>\(This file must be converted with BinHex[^\n]{0,40})\n\s*(?=:)",
    re.MULTILINE,
)
_armour = re.compile(r"^-----BEGIN (PGP [A-Z0-9, ]{1,40}|PKCS ?#?7[A-Z ]{0,20})-----[ \t]*$", re.MULTILINE)
SAID = {
    "PGP MESSAGE": "[Encrypted with PGP: only its recipient can read it.]",
    "PGP PUBLIC KEY BLOCK": "[A public key for PGP.]",
    "PGP PRIVATE KEY BLOCK": "[A private key for PGP.]",
    "PGP SIGNATURE": "",
}
ELSE = "[A block of {}.]"


@dataclass(slots=True)
class Plain:
    """The text without what is none, the files that stood in it (name, bytes), and whether PGP signed it."""

    text: str
    files: list[tuple[str, int]] = field(default_factory=list)
    signed: bool = False


def read(text: str) -> Plain:
    plain = Plain(text)
    if "-----BEGIN " in text:
        _without_armour(plain)
    if "begin" in text or "BinHex" in text:
        _without_files(plain)
    return plain


def _without_armour(plain: Plain) -> None:
    pieces, at, text = [], 0, plain.text
    for match in _armour.finditer(text):
        if match.start() < at:
            continue
        pieces.append(text[at : match.start()])
        name = match[1].strip()
        if name == "PGP SIGNED MESSAGE":
            body, at = _signed(text, match.end())
            pieces.append(body)
            plain.signed = True
            continue
        end = text.find(f"-----END {match[1]}-----", match.end())
        at = len(text) if end < 0 else end + len(f"-----END {match[1]}-----")
        pieces.append(SAID.get(name, ELSE.format(name)))
    plain.text = "".join([*pieces, text[at:]])


def _signed(text: str, at: int) -> tuple[str, int]:
    """The words that were signed: after the headers' empty line, their hyphens as they were written."""
    begin = text.find("\n\n", at)
    if begin < 0 or begin - at > 500:
        begin = at
    end = text.find("\n-----BEGIN PGP SIGNATURE-----", begin)
    end = len(text) if end < 0 else end + 1
    return re.sub(r"^- ", "", text[begin:end].lstrip("\n"), flags=re.MULTILINE), end


def _without_files(plain: Plain) -> None:
    pieces, at, text = [], 0, plain.text
    data = text.encode("latin-1", "replace")  # one byte for each sign
    for match in _begin.finditer(text):
        if match.start() < at or len(plain.files) >= MOST_FILES:
            continue
        found = _encoded(text, data, match)
        if found is None:
            continue
        size, end = found
        name = (match["uu"] or (match["y"] or "").rpartition("name=")[2] or "(no name)").strip()
        plain.files.append((name, size))
        pieces.append(text[at : match.start()])
        at = end
    plain.text = "".join([*pieces, text[at:]])


def _encoded(text: str, data: bytes, match: re.Match[str]) -> tuple[int, int] | None:
    """(its size, where it ends); None where no encoded lines follow."""
    if match["hex"]:
        end = text.find(":", match.end() + 1)
        return (end - match.end()) * 3 // 4, _line_end(text, end if end >= 0 else len(text))
    if match["y"] is not None:
        end = text.find("\n=yend", match.end())
        size = re.search(r"\bsize=([0-9]{1,12})\b", match["y"])
        return (int(size[1]) if size else 0), _line_end(text, end + 1 if end >= 0 else len(text))
    if match[0].startswith("begin-base64"):
        end = text.find("\n====", match.end())
        end = len(text) if end < 0 else end
        file = transfer.from_base64(data[match.end() : end])
        return (len(file), _line_end(text, end + 1)) if file else None
    file, end = transfer.from_uu(data, match.end() + 1)
    return (len(file), end) if file else None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
