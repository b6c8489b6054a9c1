"""Colours as styles and old attributes write them, and whether one can be told from another."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from tinycss2 import color5

LEAST_CONTRAST = (
    1.3  # as the accessibility guidelines count it; they ask for 4.5, and #e5e5e5 on white has 1.26
)
LEAST_HUE = 0.25  # of a part: red and green may be equally light


class Colour(NamedTuple):
    """Each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, behind: "Colour") -> "Colour":
        """What is seen where this one is painted over an opaque one."""
        mixed = (a * self.alpha + b * (1 - self.alpha) for a, b in zip(self[:3], behind[:3], strict=True))
        return Colour(*mixed)

    @property
    def luminance(self) -> float:
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in self[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


WHITE, BLACK, LINK = Colour(1, 1, 1), Colour(0, 0, 0), Colour(0, 0, 0.93)
CURRENT = "currentcolor"
SYSTEM = {"canvas": WHITE, "window": WHITE, "canvastext": BLACK, "windowtext": BLACK, "linktext": LINK}
LIGHTNESS = {
    "lab": 100,
    "lch": 100,
    "oklab": 1,
    "oklch": 1,
}  # what white has, in spaces that are not converted


def parsed(value: Any) -> Colour | str | None:
    """A colour, ``CURRENT``, or None where it is none. Takes a token or a text."""
    name = str(value if isinstance(value, str) else getattr(value, "value", "")).lower()
    if name in SYSTEM:
        return SYSTEM[name]
    try:
        found = color5.parse_color(value)
        if found is None or isinstance(found, str):
            return CURRENT if found else None
        alpha = _part(found.alpha)
        if most := LIGHTNESS.get(found.space):
            grey = _part((found.coordinates[0] or 0) / most)
            return Colour(grey, grey, grey, alpha)
        red, green, blue = (_part(part) for part in found.to("srgb").coordinates)
        return Colour(red, green, blue, alpha)
    except (ValueError, TypeError, NotImplementedError, AttributeError, OverflowError, RecursionError):
        return None


def _part(number: Any) -> float:
    return min(1.0, max(0.0, float(number or 0)))


def from_attribute(written: str) -> Colour | None:
    """``bgcolor`` and its like, where the # is often missing."""
    written = written.strip()[:30]
    if re.fullmatch(r"[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3}", written):
        written = f"#{written}"
    found = parsed(written) if written else None
    return found if isinstance(found, Colour) else None


def same(front: Colour, behind: Iterable[Colour]) -> bool:
    """Can nobody tell them apart, whichever of these is behind?"""
    return all(_alike(front.over(back), back) for back in behind)


def _alike(one: Colour, other: Colour) -> bool:
    if any(abs(a - b) > LEAST_HUE for a, b in zip(one[:3], other[:3], strict=True)):
        return False
    light, dark = sorted((one.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05) < LEAST_CONTRAST
