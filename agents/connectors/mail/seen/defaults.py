"""How elements look before any style: what browsers do with names and old attributes."""

from justhtml import Element

from agents.connectors.mail.seen.names import names
from agents.connectors.mail.seen.tree import attribute

_NONE = names(
    "head title meta link style script template datalist area param base source track noembed noframes iframe "
    "object video audio canvas rp dialog"
)
_DRAWN = names("svg g a text tspan textpath switch foreignobject")
_BLOCK = names(
    "html body address article aside blockquote center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend listing main menu nav ol p plaintext pre search section "
    "summary ul xmp optgroup option"
)
_CELLS = {
    "td": "table-cell",
    "th": "table-cell",
    "tr": "table-row",
    "caption": "table-caption",
} | dict.fromkeys(("tbody", "thead", "tfoot"), "table-row-group")
_SIZES = {
    "h1": 2.0,
    "h2": 1.5,
    "h3": 1.17,
    "h5": 0.83,
    "h6": 0.67,
    "small": 0.83,
    "big": 1.2,
    "sub": 0.83,
    "sup": 0.83,
}
_FONTS = (10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
FIELDS = frozenset({"button", "select", "textarea", "input"})  # have a size and a colour of their own
LINES = frozenset({"pre", "listing", "xmp", "plaintext", "textarea"})


def display(element: Element, name: str) -> str:
    if element.namespace == "svg":
        return "inline" if name in _DRAWN else "none"
    if name in _NONE or "hidden" in element.attrs:
        return "block" if name == "dialog" and "open" in element.attrs else "none"
    if name == "input" and attribute(element, "type").lower() == "hidden":
        return "none"
    if name in {"table", "li", "img"} | FIELDS:
        return {"table": "table", "li": "list-item"}.get(name, "inline-block")
    return "block" if name in _BLOCK else _CELLS.get(name, "inline")


def font_size(element: Element, name: str, inherited: float) -> float:
    if name == "font" and (written := attribute(element, "size").strip()[:4]):
        sign, digits = written[:1], written.lstrip("+-")
        if digits.isascii() and digits.isdigit():
            step = int(digits) if sign not in "+-" else 3 + int(digits) * (-1 if sign == "-" else 1)
            return _FONTS[max(1, min(7, step)) - 1]
    return 13.3 if name in FIELDS else inherited * _SIZES.get(name, 1.0)
