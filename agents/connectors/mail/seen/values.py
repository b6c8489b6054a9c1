"""Declarations of a style that decide whether a text is seen, each with a value that can be compared."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import tinycss2

from agents.connectors.mail.seen import colours, shapes
from agents.connectors.mail.seen.lengths import FONT_SIZES, Length, length
from agents.connectors.mail.seen.names import names

WIDE = {"inherit", "initial", "unset", "revert", "revert-layer"}
NO_LENGTH = names("auto none normal max-content min-content fit-content")


class Declaration(NamedTuple):
    name: str
    value: Any
    important: bool


UNREAD = Declaration("", None, False)  # its value stands somewhere else
TELLING = {"color", "background-color", "-webkit-text-fill-color", "font-size", "font", "opacity"}
# In a language that is written from left to right.
ALIASES = {
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-block-start": "margin-top",
    "block-size": "height",
    "inline-size": "width",
    "max-block-size": "max-height",
    "max-inline-size": "max-width",
}
ELSEWHERE = {"var", "env", "attr"}
Tokens = Sequence[Any]
Parsed = Iterable[tuple[str, Any]]


def declarations(nodes: Iterable[Any]) -> list[Declaration]:
    """The ones that matter, from a block that tinycss2 has read. What a browser would not take is left out."""
    found = []
    for node in nodes:
        if node.type != "declaration":
            continue
        name = ALIASES.get(node.lower_name, node.lower_name)
        if (parse := PROPERTIES.get(name)) is None:
            continue
        tokens = [token for token in node.value if token.type not in {"whitespace", "comment"}]
        if not tokens:
            continue
        if any(token.type == "function" and token.lower_name in ELSEWHERE for token in tokens):
            found.append(UNREAD)
            continue
        if len(tokens) == 1 and _word(tokens[0]) in WIDE:
            word = _word(tokens[0])
            found += [Declaration(one, word, node.important) for one in SHORT.get(name, (name,))]
            continue
        said = [Declaration(one, value, node.important) for one, value in parse(name, tokens)]
        worked_out = any(token.type == "function" for token in tokens)
        found += said if said or not worked_out or name not in TELLING else [UNREAD]
    return found


def inline(style: str) -> list[Declaration]:
    return declarations(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True))


def _word(token: Any) -> str:
    return token.lower_value if token.type == "ident" else ""


# -- one property each -----------------------------------------------------------------------------------------------


def _lengths(name: str, tokens: Tokens) -> Parsed:
    found = length(tokens[0]) if len(tokens) == 1 else None
    if found is not None:
        yield name, found
    elif len(tokens) == 1 and _word(tokens[0]) in NO_LENGTH:
        yield name, None


def _font_size(name: str, tokens: Tokens) -> Parsed:
    if len(tokens) != 1:
        return
    if (size := length(tokens[0])) is not None:
        if size.number >= 0:
            yield name, Length(size.number, "em") if size.unit == "%" else size
    elif (word := _word(tokens[0])) in FONT_SIZES:
        yield name, Length(FONT_SIZES[word])
    elif word in {"smaller", "larger"}:
        yield name, Length(0.83 if word == "smaller" else 1.2, "em")


def _font(name: str, tokens: Tokens) -> Parsed:
    """In ``font``, the first thing that can be a size and is no weight."""
    for token in tokens:
        if token.type == "number" and token.value != 0:
            continue
        if found := list(_font_size("font-size", [token])):
            yield from found
            return


def _line_height(name: str, tokens: Tokens) -> Parsed:
    if len(tokens) == 1 and tokens[0].type == "number":
        yield name, Length(tokens[0].value, "em")
    else:
        for _, found in _lengths(name, tokens):
            yield name, Length(found.number, "em") if found and found.unit == "%" else found


def _number(name: str, tokens: Tokens) -> Parsed:
    token = tokens[0]
    if len(tokens) == 1 and token.type in {"number", "percentage"}:
        value = token.value / 100 if token.type == "percentage" else token.value
        yield name, max(0.0, min(1.0, value))


def _colour(name: str, tokens: Tokens) -> Parsed:
    if len(tokens) == 1 and (found := colours.parsed(tokens[0])) is not None:
        yield name, found


def _background(name: str, tokens: Tokens) -> Parsed:
    """Its colour, and what else is painted: the colours of a gradient, or () where a picture may be anything."""
    colour: Any = None
    painted: tuple[colours.Colour, ...] | None = None
    for token in tokens:
        if token.type == "url" or (
            token.type == "function" and token.lower_name in {"url", "image-set", "image"}
        ):
            painted = ()
        elif token.type == "function" and "gradient" in token.lower_name:
            shades = (colours.parsed(part) for part in token.arguments)
            painted = tuple(shade for shade in shades if isinstance(shade, colours.Colour))
        elif (shade := colours.parsed(token)) is not None:
            colour = shade
    if name == "background":
        yield "background-color", colour
    yield "background-image", painted


def _margin(name: str, tokens: Tokens) -> Parsed:
    """One to four lengths: top, right, bottom, left; what is left out is as the side across."""
    found = [length(token) for token in tokens]
    if len(found) > 4 or any(
        one is None and _word(t) != "auto" for one, t in zip(found, tokens, strict=True)
    ):
        return
    top = found[0]
    right = found[1] if len(found) > 1 else top
    bottom = found[2] if len(found) > 2 else top
    left = found[3] if len(found) > 3 else right
    for side, value in (("top", top), ("right", right), ("bottom", bottom), ("left", left)):
        yield side if name == "inset" else f"{name}-{side}", value


def _overflow(name: str, tokens: Tokens) -> Parsed:
    words = [_word(token) for token in tokens]
    if (
        all(word in {"visible", "hidden", "clip", "scroll", "auto", "overlay"} for word in words)
        and len(words) < 3
    ):
        for axis, word in (("overflow-x", words[0]), ("overflow-y", words[-1])):
            if name in {"overflow", axis}:
                yield axis, word


def _shadow(name: str, tokens: Tokens) -> Parsed:
    yield name, _word(tokens[0]) != "none"


def _words(*known: str) -> Callable[[str, Tokens], Parsed]:
    allowed = frozenset(" ".join(known).split())

    def parse(name: str, tokens: Tokens) -> Parsed:
        word = _word(tokens[0])
        if word in allowed:
            yield name, word

    return parse


BOXES = names(
    "block inline-block list-item flow-root flex inline-flex grid inline-grid table inline-table "
    "-webkit-box -webkit-inline-box -webkit-flex -ms-flexbox"
)
CELLS = names(
    "table-cell table-row table-row-group table-header-group table-footer-group table-column table-column-group "
    "table-caption"
)
PROPERTIES: dict[str, Callable[[str, Tokens], Parsed]] = {
    "display": _words("none inline contents ruby run-in", *BOXES, *CELLS),
    "visibility": _words("visible hidden collapse"),
    "position": _words("static relative absolute fixed sticky -webkit-sticky"),
    "float": _words("none left right inline-start inline-end"),
    "white-space": _words("normal nowrap pre pre-wrap pre-line break-spaces"),
    "content-visibility": _words("visible auto hidden"),
    "font-size": _font_size,
    "font": _font,
    "line-height": _line_height,
    "opacity": _number,
    "color": _colour,
    "-webkit-text-fill-color": _colour,
    "background-color": _colour,
    "background": _background,
    "background-image": _background,
    "margin": _margin,
    "inset": _margin,
    "overflow": _overflow,
    "overflow-x": _overflow,
    "overflow-y": _overflow,
    "clip": shapes.clip,
    "clip-path": shapes.clip,
    "-webkit-clip-path": shapes.clip,
    "transform": shapes.transform,
    "-webkit-transform": shapes.transform,
    "scale": shapes.moved,
    "translate": shapes.moved,
    "rotate": shapes.moved,
    "zoom": shapes.moved,
    "filter": shapes.filter,
    "text-shadow": _shadow,
} | dict.fromkeys(
    names(
        "left right top bottom margin-left margin-top margin-right margin-bottom text-indent "
        "width height max-width max-height letter-spacing"
    ),
    _lengths,
)
SHORT = {
    "font": ("font-size",),
    "background": ("background-color", "background-image"),
    "margin": ("margin-top", "margin-right", "margin-bottom", "margin-left"),
    "inset": ("top", "right", "bottom", "left"),
    "overflow": ("overflow-x", "overflow-y"),
}
