"""Rings in a reporting line, found by walks that pass nobody twice. Pure."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", int, str)


def closed(line: Mapping[Key, Key], starts: Iterable[Key]) -> list[list[Key]]:
    """Each ring that a walk up from one of ``starts`` runs into, once."""
    found: list[list[Key]] = []
    done: set[Key] = set()
    for start in starts:
        path: dict[Key, None] = {}
        here: Key | None = start
        while here is not None and here not in done and here not in path:
            path[here] = None
            here = line.get(here)
        if here is not None and here in path:
            way = list(path)
            found.append(way[way.index(here) :])
        done.update(path)
    return found


def in_words(ring: Iterable[object]) -> str:
    """``Ada → Lea → Ada``: each reports to the next."""
    names = [str(person) for person in ring]
    return " → ".join([*names, *names[:1]])
