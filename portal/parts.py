"""What plug-ins put into the frame and on the start page: links of the rail, additions to them, bars, parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Link:
    """One line of the rail. ``order`` sorts; ``icon`` is a heroicon; ``end`` puts it at the foot."""

    title: str
    url: str
    icon: str
    order: int
    count: int = 0  # what waits there; shown from 1 on
    twice: int = 0  # how many of these another link counts as well
    key: str = ""  # the name by which others add to it
    end: bool = False
    under: tuple[str, ...] = ()  # further paths whose pages belong to it
    current: bool = False


@dataclass(frozen=True)
class Addition:
    """What another app adds to the link of that ``key``: to its count, and pages that belong under it."""

    key: str
    count: int = 0
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """What is said in red above a page, such as a stop that touches it: what, why, who did it and when, who can end it.

    ``url``: where more is said; none: nowhere.
    """

    title: str
    text: str = ""
    by: str = ""
    at: datetime | None = None
    quiet: str = ""
    url: str = ""


@dataclass(frozen=True)
class HomePart:
    """One section of the start page, sorted by ``order``. ``count``: how many things in it need the reader."""

    template: str
    context: dict[str, Any]
    order: int
    column: Literal["main", "aside"] = "main"
    count: int = 0
