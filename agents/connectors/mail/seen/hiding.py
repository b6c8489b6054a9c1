"""Why an element and everything inside it is not seen: not displayed, cut off, moved away or too faint."""

from enum import StrEnum
from typing import NamedTuple

from agents.connectors.mail.seen.said import Said
from agents.connectors.mail.seen.shapes import FAR
from agents.connectors.mail.seen.values import BOXES, CELLS

THIN = 2.0  # pixels: no line fits into a box of this height or width
FAINT = 0.1  # of a colour
OFF, PLACED_OFF = 250, 100  # pixels to the left or above: what is moved, or placed, there is off the screen


class Hidden(StrEnum):
    """Why a text is not seen, in words."""

    DISPLAY = "not displayed"
    INVISIBLE = "made invisible"
    TINY = "too small to read"
    COLOUR = "in the colour of what is behind it"
    FAINT = "transparent"
    AWAY = "moved off the screen"
    CLIPPED = "cut off"


class Box(NamedTuple):
    """``size``: of its font. ``opacity``: with that of all around it."""

    display: str
    size: float
    opacity: float


def is_box(said: Said, box: Box) -> bool:
    """Do a height and a width count? Not for what stands within a line, and a cell grows with what is in it."""
    floats = said.word("float") not in {"", "none"} or said.word("position") in {"absolute", "fixed"}
    return floats or box.display in BOXES or box.display in {"block", "list-item"}


def clips(said: Said, box: Box) -> bool:
    cuts = {"hidden", "clip", "scroll", "auto", "overlay"}
    return is_box(said, box) and bool({said.word("overflow-x"), said.word("overflow-y")} & cuts)


def gone(said: Said, box: Box) -> Hidden | None:
    if box.display == "none" or said.word("content-visibility") == "hidden":
        return Hidden.DISPLAY
    if box.opacity < FAINT or said.flag("filter"):
        return Hidden.FAINT
    if _away(said, box):
        return Hidden.AWAY
    placed = said.word("position") in {"absolute", "fixed"}
    if (placed and said.flag("clip")) or said.flag("clip-path") or said.flag("-webkit-clip-path"):
        return Hidden.CLIPPED
    moved = any(map(said.flag, ("transform", "-webkit-transform", "scale", "translate", "rotate", "zoom")))
    if moved and (is_box(said, box) or box.display in CELLS):
        return Hidden.AWAY
    return Hidden.CLIPPED if _too_thin(said, box) else None


def _too_thin(said: Said, box: Box) -> bool:
    if not is_box(said, box) or box.display in {"table", "inline-table"}:
        return False
    cuts = {"hidden", "clip", "scroll", "auto", "overlay"}
    for axis, sides in (("overflow-y", ("height", "max-height")), ("overflow-x", ("width", "max-width"))):
        sizes = (said.length(name) for name in sides)
        if said.word(axis) in cuts and any(s is not None and s.pixels(box.size) <= THIN for s in sizes):
            return True
    return False


def _away(said: Said, box: Box) -> bool:
    position = said.word("position")
    moved = ["margin-left", "margin-top"]
    if position in {"absolute", "fixed", "relative", "sticky", "-webkit-sticky"}:
        moved += ["left", "top"]
    off = PLACED_OFF if position in {"absolute", "fixed"} else OFF
    for name in moved:
        where = said.length(name)
        far = 1.5 * FAR if name == "left" and off == PLACED_OFF else 5 * FAR
        if where is not None and not -off < where.pixels(box.size) < far:
            return True
    if position not in {"absolute", "fixed", "relative"}:
        return False
    for name in ("right", "bottom"):
        where, other = said.length(name), said.length({"right": "left", "bottom": "top"}[name])
        if where is not None and other is None and not -OFF < where.pixels(box.size) < 5 * FAR:
            return True
    return False
