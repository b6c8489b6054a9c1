"""Nobody is told of what they did themselves."""

from collections.abc import Iterable

from portal.people.models import Person


def others(people: "Iterable[Person | None]", actor: Person | str | None) -> list[Person]:
    """Each of them once, without who did it."""
    found = {person.pk: person for person in people if person is not None}
    if isinstance(actor, Person):
        found.pop(actor.pk, None)
    return list(found.values())


def holding(permission: str) -> list[Person]:
    """The people who have joined and hold this right by a role."""
    wanted = permission.partition(".")[2]
    found = Person.objects.joined().filter(held_since__isnull=True, groups__permissions__codename=wanted)
    return list(found.distinct().order_by("pk"))
