"""An HTML mail as its reader sees it: the shown text, what is hidden and how, links and pictures beside it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from justhtml import Element, Text

from agents.connectors.mail.seen import tree
from agents.connectors.mail.seen.bounds import LONGEST, LONGEST_HIDDEN, MOST_ELEMENTS, Budget
from agents.connectors.mail.seen.hiding import Hidden
from agents.connectors.mail.seen.links import FORM, Link, Links
from agents.connectors.mail.seen.looks import Look, look
from agents.connectors.mail.seen.matching import Around
from agents.connectors.mail.seen.names import names
from agents.connectors.mail.seen.selectors import Place
from agents.connectors.mail.seen.sheets import Sheets
from agents.connectors.mail.seen.styles import Styles, places
from agents.connectors.mail.seen.tree import attribute
from agents.connectors.mail.seen.values import BOXES
from agents.connectors.mail.seen.writing import Lines

MOST_PICTURES, LONGEST_ALT = 30, 200
NO_TEXT = names("head title style script template noembed noframes iframe")
_INLINE = {"inline-block", "inline-flex", "inline-table", "inline-grid", "-webkit-inline-box"}


@dataclass(slots=True)
class Page:
    """``hidden``: how many characters are not seen, by the reason. ``cut``, ``unread``: page, styles not read whole.

    ``length``: characters of HTML that were looked at, without embedded pictures.
    """

    text: str = ""
    hidden: Counter[Hidden] = field(default_factory=Counter)
    hidden_text: str = ""
    links: list[Link] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    length: int = 0
    cut: bool = False
    unread: bool = False


def read(html: str, longest: int = LONGEST) -> Page:
    """Its first ``longest`` characters. Never raises; bounded in time and memory (``bounds``)."""
    html = tree.without_embedded(html)
    document, whole = tree.parse(html[:longest])
    sheets = Sheets(_sheets(document))
    budget = Budget()
    reading = _Reading(Styles(sheets.rules, budget))
    reading.walk(document)
    page = reading.page
    page.length = min(len(html), longest)
    page.cut, page.unread = (
        page.cut or not whole or len(html) > longest,
        sheets.short or budget.short or reading.styles.unread,
    )
    page.text = reading.lines.whole()
    page.hidden_text = " ".join("".join(reading.unseen).split())[:LONGEST_HIDDEN]
    page.links = reading.links.found
    return page


def _sheets(document: Any) -> list[tuple[str, str]]:
    found, nodes = [], [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Element) and node.name == "style":
            if attribute(node, "type").strip().lower() in {"", "text/css"}:
                text = "".join(child.data or "" for child in node.children if isinstance(child, Text))
                found.append((text, attribute(node, "media")))
        else:
            nodes += reversed(getattr(node, "children", None) or [])
    return found


class _Reading:
    """A walk through the page without recursion: pages may be as deep as they like."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.page = Page()
        self.lines = Lines()
        self.links = Links()
        self.unseen: list[str] = []
        self.unseen_length = 0
        self.elements = 0

    def walk(self, document: Any) -> None:
        todo: list[Any] = [_Inside(document, Look(), Around(), root=True)]
        while todo:
            inside = todo[-1]
            node = next(inside.nodes, None)
            if node is None:
                todo.pop()
                if inside.element is not None:
                    self._leave(inside.element, inside.look)
            elif isinstance(node, Text):
                self._text(node.data or "", inside.look)
            elif isinstance(node, Element):
                if node.name == "area" and inside.look.hidden is None:
                    self.links.beside(attribute(node, "alt"), attribute(node, "href"))
                self.elements += 1
                if self.elements > MOST_ELEMENTS:
                    self.page.cut = True
                    return
                place = next(inside.places)
                bits, said = self.styles.of(place, inside.around)
                if node.name == "base" and not self.links.base:
                    self.links.base = attribute(node, "href").strip()
                if node.name not in NO_TEXT or node.name == "head":
                    looks = look(node, said, inside.look)
                    self._enter(place, looks)
                    todo.append(_Inside(node, looks, inside.around.inside(bits)))
                inside.around.passed(bits)

    def _text(self, words: str, looks: Look) -> None:
        if not words:
            return
        blank = words.isspace()
        if (why := None if blank else looks.hidden) is not None:
            self._unseen(words, why)
        elif not looks.gone:
            self.lines.text(words, looks.keeps_lines)
            self.links.text(words)

    def _unseen(self, words: str, why: Hidden) -> None:
        if letters := sum(map(str.isalnum, words)):  # the rest are spaces of a kind, to keep a preview short
            self.page.hidden[why] += letters
            if self.unseen_length < LONGEST_HIDDEN:
                self.unseen.append(f"{words[:LONGEST_HIDDEN]} ")
                self.unseen_length += len(words)

    def _enter(self, place: Place, looks: Look) -> None:
        element, name = place.element, place.element.name
        if looks.gone:
            return
        if name == "br":
            self.lines.end()
        elif name == "img":
            self._picture(element, looks)
        elif name == "input":
            self._field(element, looks)
        elif name == "a":
            self.links.begin(attribute(element, "href"), looks.hidden is None)
        elif name == "form" and looks.hidden is None:
            self.links.beside(FORM, attribute(element, "action"))
        self._divide(name, looks)
        if name == "blockquote":
            self.lines.deep += 1
        elif name == "li" and looks.display == "list-item":
            self.lines.mark("- ")

    def _leave(self, element: Element, looks: Look) -> None:
        if looks.gone:
            return
        self._divide(element.name, looks)
        if element.name == "blockquote":
            self.lines.deep -= 1
        elif element.name == "a":
            self.lines.text(self.links.end())

    def _divide(self, name: str, looks: Look) -> None:
        display = looks.display
        if display == "table-cell" or display in _INLINE:
            self.lines.space()
        elif display in BOXES or display.startswith("table-"):
            self.lines.block(name)

    def _field(self, element: Element, looks: Look) -> None:
        if attribute(element, "type").lower() not in {"checkbox", "radio", "password", "file", "image"}:
            self._text(attribute(element, "value"), looks)

    def _picture(self, element: Element, looks: Look) -> None:
        alt = " ".join(attribute(element, "alt").split())[:LONGEST_ALT]
        if alt and _is_dot(element):
            self._unseen(alt, Hidden.TINY)
        elif alt and looks.visible:
            self.links.text(alt)
            if len(self.page.pictures) < MOST_PICTURES and alt not in self.page.pictures:
                self.page.pictures.append(alt)


def _is_dot(element: Element) -> bool:
    """A picture that is there to be counted: its place holds no word."""
    sizes = (attribute(element, name).strip().removesuffix("px") for name in ("width", "height"))
    return any(size in {"0", "1"} for size in sizes)


class _Inside:
    """An element whose content is being read."""

    __slots__ = ("around", "element", "look", "nodes", "places")

    def __init__(self, node: Any, looks: Look, around: Around, root: bool = False) -> None:
        children = getattr(node, "children", None) or []
        self.element = node if isinstance(node, Element) else None
        self.look, self.around = looks, around
        self.nodes = iter(children)
        self.places = iter(places(children, root))
