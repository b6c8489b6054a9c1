"""Addresses out of a header, as mail programs read what people's programs write. Pure, linear in time, never raises.

Not the standard library's reader: what that one makes of an unquoted comma, dot or name changed between the
releases of Python, and it loses addresses that every mail program shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 254  # characters of an address
_token = re.compile(
    r"(?P<coded>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,500}\?+=)"
    r'|"(?P<quoted>(?:[^"\\]|\\.){0,500}+)"'
    r"|<(?P<angle>[^<>]{0,500}+)>"
    r"|(?P<space>\s+)"
    r"|(?P<sign>[,;:()<>\"\\])"
    r"|(?P<word>(?:[^\s,;:()<>\"\\\[=]|\[[^\[\]\s]{0,80}+\]|[\[=])+?(?==\?|[\s,;:()<>\"\\]|$))",
    re.DOTALL,
)
# What almost all headers hold: one address, with a name or without. Those are read at once.
_word = (
    r"[A-Za-z0-9](?:[A-Za-z0-9._%+=-]{0,80}[A-Za-z0-9_%+=-])?@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,120}[A-Za-z0-9])?"
)
_simple = re.compile(
    rf'(?:"([^"\\<>=@]{{0,200}})"|([^"\\<>()@,;:=\[\]&]{{0,200}}?))\s{{0,5}}<({_word})>|({_word})'
)
_quoted_local = re.compile(r'"[^"<>\s][^"<>]{0,62}"@[^\s<>@"]+')
_scheme = re.compile(r"^(?:mailto|smtp|e-?mail):\s*", re.IGNORECASE)
_route = re.compile(r"^@[^:<>]{1,200}:")


@dataclass(slots=True)
class _Piece:
    """What stands between two commas."""

    words: list[str] = field(default_factory=list)
    after: int = 0  # so many words stand before the brackets
    comments: list[str] = field(default_factory=list)
    angle: str | None = None

    @property
    def name(self) -> str:
        return " ".join(self.words).strip() or self.comment

    @property
    def comment(self) -> str:
        return re.sub(r" +(?=[,;:])", "", " ".join(self.comments)).strip()


def read(value: str) -> list[tuple[str, str]]:
    """(name, address) each. Names still hold their encoded words: decoded, a name may hold a comma."""
    if simple := _simple.fullmatch(value.strip()):
        name = simple[1].strip() if simple[1] is not None else " ".join((simple[2] or "").split())
        return [(name, simple[3] or simple[4])]
    found: list[tuple[str, str]] = []
    names: list[str] = []  # pieces without an address: of “Müller, Hans <hans@example.org>” the first
    alone: list[tuple[str, str]] = []
    for piece in _pieces(value.replace("&lt;", "<").replace("&gt;", ">")):
        if piece.angle is not None and (address := address_in(piece.angle)):
            found.append((", ".join([*names, piece.name]) if piece.name else "".join(names[-1:]), address))
        elif bare := list(_bare(piece, names)):
            found += bare
        else:
            named = piece.name or (piece.angle or "").strip()
            names += [named] if named else []
            alone += [(piece.comment, piece.angle or " ".join(piece.words))]
            continue
        names = []
    return found or [(name, one) for name, one in alone if re.fullmatch(r"[A-Za-z0-9._+-]{1,64}", one)]


def plain(shown: str) -> str:
    """The address alone of one that is shown as ``Ada Osei <ada@example.com>``."""
    return shown.rpartition("<")[2].partition(">")[0].strip()


def address_in(written: str) -> str:
    """The one address in what stands in angle brackets or for itself, empty where it holds none."""
    whole = _together(_route.sub("", _scheme.sub("", written.strip())))
    if _quoted_local.fullmatch(whole):
        return whole
    for word in re.split(r"[\s,;]+", whole):
        text = word.strip("'\"`(){}.")
        text = _scheme.sub("", text[1:-1]) if text.startswith("[") and text.endswith("]") else text
        if _is_address(text):
            return text
    return ""


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and len(text) <= LONGEST and not re.search(r"[\s<>,;]", text)


def _together(text: str) -> str:
    """In single spaces, and none around an @."""
    return re.sub(" ?@ ?", "@", " ".join(text.split()))


def _bare(piece: _Piece, names: list[str]) -> Iterator[tuple[str, str]]:
    """Addresses without brackets: ``ada@example.com (Ada Osei)``, or several that no comma parts."""
    words = _together(" ".join(piece.words)).split(" ")
    addresses = [found for word in words if "@" in word and (found := address_in(word))]
    if len(addresses) > 1:
        yield from (("", address) for address in addresses)
    elif addresses:
        others = " ".join(word for word in words if "@" not in word).strip()
        name = piece.angle or others or piece.comment
        yield ", ".join([*names, name]) if name else "".join(names[-1:]), addresses[0]


def _pieces(value: str) -> Iterator[_Piece]:
    """Cut at commas and semicolons; the names of groups and their ends go."""
    closed = _closed(value)
    last_end = value.rfind(";")
    piece, depth = _Piece(), 0
    for token in _token.finditer(value):
        kind, text = token.lastgroup, token[0]
        if text in {"(", ")"} and token.start() in closed:
            depth += 1 if text == "(" else -1
        elif depth:
            if kind != "space":
                piece.comments.append(token["quoted"] if kind == "quoted" else text)
        elif kind == "angle":
            if piece.angle and address_in(piece.angle):  # a comma is missing
                following = piece.words[piece.after :]
                del piece.words[piece.after :]
                yield piece
                piece = _Piece(following)
            elif piece.angle:
                piece.words.append(piece.angle)
            piece.angle, piece.after = token["angle"], len(piece.words)
        elif text in {",", ";"}:
            yield piece
            piece = _Piece()
        elif text == ":" and token.start() < last_end and piece.angle is None and not _holds_at(piece):
            piece = _Piece()  # what stood before names a group
        elif text == ":" and piece.words:
            piece.words[-1] += text
        elif kind in {"coded", "quoted", "word"}:
            if piece.angle and address_in(piece.angle) and "@" in text and kind == "word":
                yield piece
                piece = _Piece()
            _add(piece, token, value)
    yield piece


def _add(piece: _Piece, token: re.Match[str], value: str) -> None:
    if token.lastgroup == "quoted":
        piece.words.append(re.sub(r"\\(.)", r"\1", token["quoted"]))
    elif (
        token.lastgroup == "word"
        and token[0].startswith("@")
        and value[token.start() - 1] == '"'
        and piece.words
    ):
        piece.angle = piece.angle or f'"{piece.words.pop()}"{token[0]}'
    elif token.lastgroup == "coded" and piece.words and value[token.start() - 1 : token.start()].strip():
        piece.words[-1] += token[0]
    else:
        piece.words.append(token[0])


def _holds_at(piece: _Piece) -> bool:
    return any("@" in word for word in piece.words)


def _closed(value: str) -> set[int]:
    """Where brackets stand that have a partner; others are signs like any."""
    open_, found = [], set()
    for token in re.finditer(r'"(?:[^"\\]|\\.){0,500}+"|\\.|[()]', value, re.DOTALL):
        if token[0] == "(":
            open_.append(token.start())
        elif token[0] == ")" and open_:
            found |= {open_.pop(), token.start()}
    return found
