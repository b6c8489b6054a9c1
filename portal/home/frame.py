"""The frame around every page: the rail's links and bars, gathered from the apps when a whole page is rendered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal import plugins, words
from portal.parts import Addition, Bar, Link

NOTICES = "notices"  # the link whose count is kept live


@dataclass(frozen=True)
class Frame:
    rail: list[Link]
    rail_end: list[Link]
    count: int  # of everything that needs the reader, each once; in the title and on the phone's menu button
    unread: int  # notices
    bars: list[Bar]

    @property
    def mark(self) -> str:
        """What the page's title begins with: ``(3) ``."""
        return f"({words.capped(self.count)}) " if self.count else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: a part for htmx, which has no rail, costs no query."""
    return {"frame": SimpleLazyObject(lambda: _frame(request)), "company": settings.COMPANY_NAME}


def _frame(request: HttpRequest) -> Frame:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.held_since:
        return Frame([], [], 0, 0, [])
    brought = [item for plugin in plugins.installed() for item in plugin.links(request)]
    shown = arranged(brought, request.path)
    rail = [link for link in shown if not link.end]
    bars = [bar for plugin in plugins.installed() for bar in plugin.bars(request)]
    count = sum(link.count - link.twice for link in rail)
    unread = sum(link.count for link in rail if link.key == NOTICES)
    return Frame(rail, [link for link in shown if link.end], count, unread, bars)


def arranged(brought: Iterable[Link | Addition], path: str) -> list[Link]:
    """The links in order, with what was added to them, the one that ``path`` belongs to marked current."""
    items = list(brought)
    additions = [item for item in items if isinstance(item, Addition)]
    own = [_with(item, additions) for item in items if isinstance(item, Link)]
    links = sorted(own, key=attrgetter("order", "title"))
    longest = max((_match(link, path) for link in links), default=0)
    return [replace(link, current=bool(longest) and _match(link, path) == longest) for link in links]


def _with(link: Link, additions: list[Addition]) -> Link:
    own = [addition for addition in additions if link.key and addition.key == link.key]
    return replace(
        link,
        count=link.count + sum(addition.count for addition in own),
        under=link.under + tuple(path for addition in own for path in addition.under),
    )


def _match(link: Link, path: str) -> int:
    """How many characters of ``path`` the link covers. The root covers only itself."""
    covering = [
        url for url in (link.url, *link.under) if path == url or (url != "/" and path.startswith(url))
    ]
    return max((len(url) for url in covering), default=0)
