"""What of a group may be shown, so that no figure and no difference of figures tells of one person. Pure.

A figure stands for at least ``K`` people besides the viewer, who can take their own share out of it. So
many must have *cost* something: where one of twenty used a model with a price, the cost is theirs. A
breakdown is a partition: what is too small is shown together, and where that is still too small the
smallest of what could be shown joins it, so that taking shown figures from the total never leaves fewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

K = 5
WITHHELD = "The figures of a group are shown only when enough people stand behind each of them."
REST = "Other models"


@dataclass(frozen=True, slots=True)
class Part:
    """What one person brought to one slice. ``micros``: millionths of a dollar; None: not priced."""

    person: int
    slice: str
    micros: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """``micros`` None: not priced."""

    label: str
    micros: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """What is shown of a group. ``slices`` add up to ``total``; none where they would say too much."""

    total: Figure
    slices: tuple[Figure, ...]


def minimum(asked: int) -> int:
    """The least number of people behind a figure: a setting can only make it stricter."""
    return max(K, asked)


def publish(parts: Iterable[Part], *, viewer: int, asked: int = K) -> Group | None:
    """What ``viewer`` may be shown of these parts; None: nothing, for whatever reason."""
    k = minimum(asked)
    cells: dict[str, list[Part]] = {}
    for part in parts:
        cells.setdefault(part.slice, []).append(part)
    whole = [part for cell in cells.values() for part in cell]
    if not _enough(whole, viewer, k):
        return None
    return Group(_figure("", whole), _partition(cells, viewer, k))


def _partition(cells: dict[str, list[Part]], viewer: int, k: int) -> tuple[Figure, ...]:
    shown = {label: cell for label, cell in cells.items() if _enough(cell, viewer, k)}
    rest = [part for label, cell in cells.items() if label not in shown for part in cell]
    while rest and shown and not _enough(rest, viewer, k):
        smallest = min(shown, key=lambda label: (len(_people(shown[label])), label))
        rest += shown.pop(smallest)
    if not shown:
        return ()
    figures = [_figure(label, shown[label]) for label in sorted(shown)]
    return (*figures, _figure(REST, rest)) if rest else tuple(figures)


def _enough(parts: list[Part], viewer: int, k: int) -> bool:
    others = [part for part in parts if part.person != viewer]
    if len(_people(others)) < k:
        return False
    costs_something = any(part.micros for part in parts)
    return not costs_something or len(_people([part for part in others if part.micros])) >= k


def _people(parts: list[Part]) -> set[int]:
    return {part.person for part in parts}


def _figure(label: str, parts: list[Part]) -> Figure:
    priced = [part.micros for part in parts if part.micros is not None]
    return Figure(label, sum(priced) if priced else None)
