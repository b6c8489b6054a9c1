"""Who is told, and who is named: nobody is told of what they did themselves."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from portal.people.models import Person
from portal.permissions import PortalPermission


def others(people: "Iterable[Person | None]", actor: Person | str | None) -> list[Person]:
    """Each of them once, without who did it."""
    found = {person.pk: person for person in people if person is not None}
    if isinstance(actor, Person):
        found.pop(actor.pk, None)
    return list(found.values())


def who(actor: Person | str | None) -> str:
    """As a notice names who did it; the portal's own parts are the portal."""
    return str(actor) if isinstance(actor, Person) else "The portal"


def holding(permission: str) -> list[Person]:
    """The people who have joined and hold this right by a role."""
    wanted = permission.partition(".")[2]
    found = Person.objects.joined().filter(held_since__isnull=True, groups__permissions__codename=wanted)
    return list(found.distinct().order_by("pk"))


def watching() -> list[Person]:
    """Auditors and admins."""
    found = {
        one.pk: one
        for right in (PortalPermission.READ_AUDIT, PortalPermission.MANAGE_PEOPLE)
        for one in holding(right)
    }
    return list(found.values())


def deciding(permission: str, row: models.Model) -> list[Person]:
    """Those of :func:`holding` for whom the row's ``decidable_by`` has it."""
    rows: Any = type(row)._default_manager
    return [one for one in holding(permission) if rows.decidable_by(one).filter(pk=row.pk).exists()]
