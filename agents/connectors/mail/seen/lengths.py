"""Lengths as styles write them."""

import math
from typing import Any, NamedTuple

PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "q": 0.945}
RELATIVE = {"em": 1.0, "rem": 1.0, "ex": 0.5, "ch": 0.5, "%": 0.01, "lh": 1.2}
SCREEN = {
    "vw": 10.0,
    "vh": 8.0,
    "vmin": 8.0,
    "vmax": 10.0,
    "dvh": 8.0,
    "svh": 8.0,
    "lvh": 8.0,
}  # 1,000 by 800 pixels
FONT_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}


class Length(NamedTuple):
    """``number`` of pixels, or times the font's size, or times what holds it (``%``)."""

    number: float
    unit: str = "px"  # or em, rem, %

    def pixels(self, font: float, whole: float = 1_000.0) -> float:
        return self.number * {"px": 1.0, "em": font, "rem": 16.0, "%": whole}[self.unit]


def length(token: Any) -> Length | None:
    """A length as browsers take it; a bare number counts as pixels, as it does in pages without a doctype."""
    kind = token.type
    if kind == "number":
        return _finite(token.value, "px")
    if kind == "percentage":
        return _finite(token.value / 100, "%")
    if kind == "dimension":
        unit = token.lower_unit
        if unit in PIXELS or unit in SCREEN:
            return _finite(token.value * (PIXELS.get(unit) or SCREEN[unit]), "px")
        if unit in RELATIVE:
            return _finite(token.value * RELATIVE[unit], unit if unit == "rem" else "em")
    if kind == "function" and token.lower_name == "calc":
        return _worked_out(token.arguments)
    return None


def _worked_out(tokens: list[Any]) -> Length | None:
    """A sum from left to right, in pixels; brackets in it are not worked out."""
    result, sign, before = 0.0, "+", 0.0
    for token in tokens:
        if token.type in {"whitespace", "comment"}:
            continue
        if token.type == "literal" and token.value in "+-*/":
            sign = token.value
            continue
        found = length(token) if token.type != "function" else None
        if found is None:
            return None
        number = found.pixels(16.0)
        if sign in "*/":
            result -= before
            before *= number if sign == "*" else 1 / (number or 1)
        else:
            before = number if sign == "+" else -number
        result += before
    return _finite(result, "px")


def _finite(number: float, unit: str) -> Length | None:
    return Length(max(-1e6, min(1e6, number)), unit) if math.isfinite(number) else None
