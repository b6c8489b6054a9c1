"""What the rail is made of: each app brings its links, and may add to a link of an app below it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from portal.permissions import PortalPermission


@dataclass(frozen=True)
class Link:
    """One line of the rail. ``order`` sorts; ``icon`` is a heroicon; ``end`` puts it at the foot."""

    title: str
    url: str
    icon: str
    order: int
    count: int = 0  # what waits there; shown from 1 on
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


def links(request: HttpRequest) -> Iterator[Link | Addition]:
    """The portal's own links."""
    person = request.user
    yield Link("Needs you", reverse("home"), "inbox", 0, key="home")
    if person.has_perm(PortalPermission.MANAGE_PEOPLE):
        yield Link("People", reverse("people:list"), "users", 80, key="people")
        yield Link("Teams", reverse("teams:list"), "user-group", 81)
    if person.has_perm(PortalPermission.READ_AUDIT):
        yield Link("Audit trail", reverse("audit:list"), "finger-print", 90)
    yield Link(str(person), reverse("people:profile"), "user-circle", 99, key="profile", end=True)
