"""Reads who holds which rights on agents and connections, from guardian's tables, in one statement.

Guardian's helpers answer the same; they ask several times, and for each object anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from portal.people.models import Person
from portal.permissions import codename
from portal.teams.models import Team

# A room's direct-foreign-key tables of rights: those of people, those of teams' groups.
PeopleRights = type[UserObjectPermissionBase]
TeamRights = type[GroupObjectPermissionBase]


def reached(
    person: Person, permissions: Iterable[str], people: PeopleRights, teams: TeamRights
) -> "models.QuerySet[Any, Any]":
    """For ``pk__in``: the objects on which the person, or a team of theirs, holds any of ``permissions``."""
    wanted = {"permission__codename__in": [codename(permission) for permission in permissions]}
    own, shared = _rows(person, people, teams)
    return (
        own.filter(**wanted)
        .values("content_object_id")
        .union(shared.filter(**wanted).values("content_object_id"))
    )


def held(person: Person, target: models.Model, people: PeopleRights, teams: TeamRights) -> frozenset[str]:
    """The permissions that the person, or a team of theirs, holds on ``target``, as in ``permissions.py``."""
    own, shared = (rows.filter(content_object=target) for rows in _rows(person, people, teams))
    names = own.values_list("permission__codename").union(shared.values_list("permission__codename"))
    return frozenset(f"{target._meta.app_label}.{name}" for (name,) in names)


def people_with(
    target: models.Model, permission: str, people: PeopleRights, teams: TeamRights
) -> models.QuerySet[Person]:
    """The active people who hold ``permission`` on ``target``, themselves or by a team: ``reached`` the other way."""
    right = {"permission__codename": codename(permission), "content_object": target.pk}
    own, shared = people._default_manager.filter(**right), teams._default_manager.filter(**right)
    holding = models.Q(pk__in=own.values("user")) | models.Q(groups__in=shared.values("group"))
    found: models.QuerySet[Person] = Person.objects.active().filter(holding).distinct()
    return found


def _rows(
    person: Person, people: PeopleRights, teams: TeamRights
) -> "tuple[models.QuerySet[Any, Any], models.QuerySet[Any, Any]]":
    """The rows that give the person something: their own, and those of their teams' groups."""
    if not person.is_active:
        return people._default_manager.none(), teams._default_manager.none()
    groups = Person.groups.through._default_manager.filter(person_id=person.pk).values("group_id")
    return people._default_manager.filter(user=person), teams._default_manager.filter(group_id__in=groups)


@dataclass(frozen=True)
class Holder:
    """A person or a team, and the permissions that they hold on one object."""

    holder: Person | Team
    rights: frozenset[str]

    @property
    def team(self) -> bool:
        return isinstance(self.holder, Team)

    @property
    def key(self) -> str:
        """Names this line in the form that ends it."""
        return f"{'team' if self.team else 'person'}-{self.holder.pk}"


def holders(target: models.Model, people: PeopleRights, teams: TeamRights) -> list[Holder]:
    """Everybody who holds something on ``target``: people by name, then teams by name."""
    found: dict[Person | Team, set[str]] = {}
    rows = people._default_manager.filter(content_object=target).select_related("user", "permission")
    for row in rows:
        found.setdefault(row.user, set()).add(row.permission.codename)
    rows = teams._default_manager.filter(content_object=target).select_related("group__team", "permission")
    for row in rows:
        found.setdefault(row.group.team, set()).add(row.permission.codename)
    label = target._meta.app_label
    every = [Holder(who, frozenset(f"{label}.{name}" for name in names)) for who, names in found.items()]
    return sorted(every, key=lambda holder: (holder.team, str(holder.holder).casefold()))
