"""Who holds which rights on agents and connections: guardian's own tables, read in one statement.

Guardian's helpers answer the same; they ask several times, and for each object anew.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models

from portal.people.models import Person
from portal.permissions import codename

Rights = type[models.Model]  # a room's direct-foreign-key table of rights, of people or of teams


def reached(
    person: Person, permissions: Iterable[str], people: Rights, teams: Rights
) -> "models.QuerySet[Any, Any]":
    """For ``pk__in``: the objects on which the person, or a team of theirs, holds any of ``permissions``."""
    wanted = {"permission__codename__in": [codename(one) for one in permissions]}
    own = people._default_manager.filter(user=person, user__is_active=True, **wanted)
    shared = teams._default_manager.filter(group__user=person, group__user__is_active=True, **wanted)
    return own.values("content_object_id").union(shared.values("content_object_id"))


def held(person: Person, target: models.Model, people: Rights, teams: Rights) -> frozenset[str]:
    """The permissions that the person, or a team of theirs, holds on ``target``, as in ``permissions.py``."""
    own = people._default_manager.filter(user=person, user__is_active=True, content_object=target)
    shared = teams._default_manager.filter(
        group__user=person, group__user__is_active=True, content_object=target
    )
    names = own.values_list("permission__codename").union(shared.values_list("permission__codename"))
    return frozenset(f"{target._meta.app_label}.{name}" for (name,) in names)
