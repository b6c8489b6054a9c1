"""The portal's own links of the rail."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from portal.notices import reading
from portal.parts import Addition, Link
from portal.people.models import Person
from portal.permissions import PortalPermission


def links(request: HttpRequest) -> Iterator[Link | Addition]:
    person: Person = request.user  # type: ignore[assignment]
    yield Link("Home", reverse("home"), "inbox", 0, key="home")
    unread, waiting = reading.unread(person)
    yield Link("Notices", reverse("notices:list"), "bell", 1, count=unread, twice=waiting, key="notices")
    if person.has_perm(PortalPermission.MANAGE_PEOPLE):
        yield Link("People", reverse("people:list"), "users", 80, key="people")
        yield Link("Teams", reverse("teams:list"), "user-group", 81)
    if person.has_perm(PortalPermission.MANAGE_KEYS):
        yield Link("Encryption", reverse("keys:keys"), "lock-closed", 85)
    if person.has_perm(PortalPermission.READ_AUDIT):
        yield Link("Audit log", reverse("audit:list"), "finger-print", 90)
    yield Link(str(person), reverse("people:profile"), "user-circle", 99, key="profile", end=True)
