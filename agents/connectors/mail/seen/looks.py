"""How an element looks: what its styles and those around it make of it, and why its text is not seen, if so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from justhtml import Element

from agents.connectors.mail.seen import colours, defaults, hiding
from agents.connectors.mail.seen.colours import BLACK, LINK, WHITE, Colour
from agents.connectors.mail.seen.hiding import Hidden
from agents.connectors.mail.seen.said import Said
from agents.connectors.mail.seen.shapes import FAR
from agents.connectors.mail.seen.tree import attribute

TINY = 3.5  # pixels: no letter of this size can be read


@dataclass(slots=True, frozen=True)
class Look:
    """Children begin with their parent's and change what their own styles say."""

    display: str = "block"
    gone: Hidden | None = None  # with everything inside it
    visible: bool = True
    size: float = 16.0
    line: float | None = None  # height of a line in pixels, where it is a fixed one
    clips: bool = False  # what does not fit is cut off
    opacity: float = 1.0
    colour: Colour = BLACK
    links: Colour = LINK
    behind: tuple[Colour, ...] = (WHITE,)  # empty: a picture, which may have any
    shadow: bool = False
    indent: float = 0.0
    spacing: float = 0.0
    keeps_lines: bool = False

    @property
    def hidden(self) -> Hidden | None:
        """Why a text that stands right here is not seen."""
        if self.gone:
            return self.gone
        if not self.visible:
            return Hidden.INVISIBLE
        if self.size < TINY or self.spacing <= -0.4 * self.size:
            return Hidden.TINY
        if self.indent <= -hiding.OFF or self.indent >= (FAR if self.clips else 5 * FAR):
            return Hidden.AWAY
        if self.line is not None and self.line <= hiding.THIN and self.clips:
            return Hidden.CLIPPED
        if self.shadow:
            return None
        if self.colour.alpha < hiding.FAINT:
            return Hidden.FAINT
        return Hidden.COLOUR if self.behind and colours.same(self.colour, self.behind) else None


def look(element: Element, styles: Mapping[str, Any], parent: Look) -> Look:
    """``styles``: what its rules say, each property once."""
    name = element.name.lower()
    said = Said(styles)
    size = said.size(parent.size, defaults.font_size(element, name, parent.size))
    display = said.word("display") or defaults.display(element, name)
    front = _front(element, name, said, parent)
    found = replace(
        parent,
        display=display,
        size=size,
        visible=_visible(said.word("visibility"), parent.visible),
        opacity=parent.opacity * said.number("opacity"),
        colour=front,
        links=_links(element, name, parent),
        behind=_behind(element, name, said, parent, front),
        shadow=said.flag("text-shadow", parent.shadow),
        line=said.line(size, parent.line),
        indent=said.pixels("text-indent", size, parent.indent),
        spacing=said.pixels("letter-spacing", size, parent.spacing),
        keeps_lines=_keeps_lines(said.word("white-space"), name, parent),
    )
    if not parent.gone:
        box = hiding.Box(display, size, found.opacity)
        found = replace(found, clips=parent.clips or hiding.clips(said, box), gone=hiding.gone(said, box))
    return found


def _visible(word: str, inherited: bool) -> bool:
    return word == "visible" if word else inherited


def _keeps_lines(word: str, name: str, parent: Look) -> bool:
    return word not in {"normal", "nowrap"} if word else name in defaults.LINES or parent.keeps_lines


def _links(element: Element, name: str, parent: Look) -> Colour:
    hinted = colours.from_attribute(attribute(element, "link")) if name == "body" else None
    return hinted or parent.links


def _front(element: Element, name: str, said: Said, parent: Look) -> Colour:
    filled = said.styles.get("-webkit-text-fill-color")
    said_colour = filled if isinstance(filled, Colour) else said.styles.get("color")
    if isinstance(said_colour, Colour):
        return said_colour
    if said_colour in {"initial", "revert"}:
        return BLACK
    if not said_colour:
        wanted = {"font": "color", "body": "text"}.get(name, "")
        if wanted and (hinted := colours.from_attribute(attribute(element, wanted))):
            return hinted
        if name in defaults.FIELDS:
            return BLACK
        if name == "a" and "href" in element.attrs:
            return parent.links
    return parent.colour


def _behind(element: Element, name: str, said: Said, parent: Look, front: Colour) -> tuple[Colour, ...]:
    colour = said.styles.get("background-color")
    if colour is None and "background-color" not in said.styles:
        colour = colours.from_attribute(attribute(element, "bgcolor"))
    if colour == colours.CURRENT:
        colour = front
    below = parent.behind
    if isinstance(colour, Colour) and colour.alpha > 0:
        below = (colour,) if colour.alpha == 1 else tuple(colour.over(back) for back in parent.behind)
    painted = said.styles.get("background-image")
    if painted:  # a gradient
        return tuple(shade.over(back) for shade in painted for back in (below or (WHITE,)))[:20]
    if painted == () or ("background-image" not in said.styles and attribute(element, "background")):
        return below if isinstance(colour, Colour) else ()
    return below
