"""The values of arguments and results as plain data: is one given at all, and what lies in a list or a record?"""

from collections.abc import Iterator, Mapping
from typing import Any

DEEPEST = 12  # levels that are read; what lies deeper vouches for nothing


def given(value: Any) -> bool:
    return value is not None and value not in ("", [])


def leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    """Every scalar in a value; keys of records are not data."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        if depth < DEEPEST:
            for element in value:
                yield from leaves(element, depth + 1)
    elif value is not None:
        yield value


def walk(data: Any, depth: int = 0) -> Iterator[Any]:
    """A value and all that lies in it. What lies too deep is a text that anybody may have written."""
    yield data
    if isinstance(data, Mapping | list | tuple):
        if depth == DEEPEST:
            yield "…"
            return
        for element in data.values() if isinstance(data, Mapping) else data:
            yield from walk(element, depth + 1)
