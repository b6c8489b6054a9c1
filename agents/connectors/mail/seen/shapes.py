"""Styles that cut an element off or move it: do they leave nothing of it to be seen?"""

from collections.abc import Iterator, Sequence
from typing import Any

from agents.connectors.mail.seen.lengths import length

FAR = 900  # pixels: about the width of a screen
BLURRED = 8  # pixels: half a letter


def clip(name: str, tokens: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """Does it leave (almost) nothing?"""
    token = tokens[0]
    if token.type != "function":
        yield name, False
        return
    shape = token.lower_name
    numbers = [found for part in token.arguments if (found := length(part)) is not None]
    if shape == "rect" and len(numbers) == 4:
        top, right, bottom, left = (number.number for number in numbers)
        yield name, bottom - top <= 1 or right - left <= 1
    elif shape == "inset" and numbers:
        yield name, any(n.number >= (0.5 if n.unit == "%" else 500) for n in numbers)
    elif shape in {"circle", "ellipse"} and numbers:
        yield name, numbers[0].number <= 0.01
    elif shape in {"polygon", "xywh"}:
        across, down = numbers[::2], numbers[1::2]
        if shape == "xywh":
            across, down = numbers[2:3], numbers[3:4]
            yield name, any(one.number <= 0 for one in (*across, *down))
        else:
            yield (
                name,
                not numbers or len({n.number for n in across}) < 2 or len({n.number for n in down}) < 2,
            )
    else:
        yield name, False


def transform(name: str, tokens: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """Does it make things vanish, or take them far away?"""
    yield name, any(_vanishes(token) for token in tokens if token.type == "function")


def moved(name: str, tokens: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    """``scale``, ``translate``, ``rotate`` and ``zoom``, which stand for a transformation of that name."""
    numbers = [found for token in tokens if (found := length(token)) is not None]
    if name in {"scale", "zoom"}:
        yield name, any(abs(number.number) < 0.05 for number in numbers[:2])
    elif name == "translate":
        yield name, any(abs(number.pixels(16)) >= FAR for number in numbers[:2])
    else:
        turned = next((t.value for t in tokens if t.type == "dimension" and t.lower_unit == "deg"), 0)
        axes = {token.lower_value for token in tokens if token.type == "ident"}
        yield name, bool(axes & {"x", "y"}) and abs(turned) % 180 == 90


def _vanishes(token: Any) -> bool:
    parts = [part for part in token.arguments if part.type not in {"whitespace", "comment", "literal"}]
    numbers = [found for part in parts if (found := length(part)) is not None]
    shape = token.lower_name
    if shape.startswith("scale"):
        return any(abs(number.number) < 0.05 for number in numbers[:2])
    if shape.startswith("translate"):
        return any(abs(number.pixels(16)) >= FAR for number in numbers[:2])
    if shape == "matrix" and len(numbers) == 6:
        return abs(numbers[0].number) < 0.05 or abs(numbers[3].number) < 0.05 or abs(numbers[4].number) >= FAR
    turned = next((p.value for p in parts if p.type == "dimension" and p.lower_unit == "deg"), 0)
    return shape in {"rotatex", "rotatey"} and abs(turned) % 180 == 90


def filter(name: str, tokens: Sequence[Any]) -> Iterator[tuple[str, bool]]:
    shades = [t for t in tokens if t.type == "function" and t.lower_name == "opacity"]
    numbers = [part for shade in shades for part in shade.arguments if part.type in {"number", "percentage"}]
    blurs = (part for t in tokens if t.type == "function" and t.lower_name == "blur" for part in t.arguments)
    blurred = any(found.pixels(16) >= BLURRED for part in blurs if (found := length(part)) is not None)
    faint = any(part.value / (100 if part.type == "percentage" else 1) < 0.1 for part in numbers)
    yield name, blurred or faint
