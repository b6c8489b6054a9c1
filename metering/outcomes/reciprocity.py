"""Circles of mutual acceptance: A confirms B's work and B A's, or through others. They count for nobody. Pure."""

from collections.abc import Iterable
from datetime import timedelta

WINDOW = timedelta(days=365)

Pair = tuple[int, int]  # who accepted, whose work


def closed_by(new: Pair, earlier: Iterable[Pair]) -> set[Pair]:
    """The pairs, of ``new`` and those within the window before it, that it puts into a circle; none: it closes none."""
    pairs = {*earlier, new}
    by, of = new
    after = _reached(of, pairs)
    if by not in after:
        return set()
    before = _reached(by, {(end, start) for start, end in pairs})
    return {(start, end) for start, end in pairs if start in after and end in before}


def _reached(start: int, pairs: set[Pair]) -> set[int]:
    """Everybody whom a way of pairs leads to from ``start``, itself included."""
    ways: dict[int, list[int]] = {}
    for here, there in pairs:
        ways.setdefault(here, []).append(there)
    found, todo = {start}, [start]
    while todo:
        for there in ways.get(todo.pop(), ()):
            if there not in found:
                found.add(there)
                todo.append(there)
    return found
