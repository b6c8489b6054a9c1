"""What the start page is made of: each app brings its parts, and a person sees those that concern them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest


@dataclass(frozen=True)
class Part:
    """One section of the start page. ``count`` is how many things in it need the reader; 0: it only informs.

    ``order`` sorts within the column. ``template`` is included with ``context`` beside the page's own.
    """

    template: str
    context: dict[str, Any]
    order: int
    column: Literal["main", "aside"] = "main"
    count: int = 0


def parts(request: HttpRequest) -> Iterable[Part]:
    """The portal's own parts."""
    return list(_parts(request))


def _parts(request: HttpRequest) -> Iterator[Part]:
    yield from ()
