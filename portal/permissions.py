"""Permissions that belong to a role, not to an object, and the roles that hold them."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class PortalPermission(models.TextChoices):
    MANAGE_PEOPLE = "portal.manage_people", "Invite, move and deactivate people; manage teams"
    MANAGE_KEYS = "portal.manage_keys", "Encrypt stored secrets with a new key"
    READ_AUDIT = "portal.read_audit", "Read the audit trail"


class TeamPermission(models.TextChoices):
    """Not rows of guardian: it follows from managing people, or from leading the team (``Team.permits``)."""

    MEMBERS = "portal.manage_members", "Add members and end memberships"


class Role(models.TextChoices):
    """Staff roles. Each is an auth group of the same name; a person may hold several."""

    ADMIN = "admin", "Admin"
    FINANCE = "finance", "Finance"
    AUDITOR = "auditor", "Auditor"


# Role permissions of this app. Other apps list theirs in their own permissions.py.
ROLE_PERMISSIONS: dict[Role, list[str]] = {
    Role.ADMIN: [PortalPermission.MANAGE_PEOPLE, PortalPermission.MANAGE_KEYS],
    Role.AUDITOR: [PortalPermission.READ_AUDIT],
}


def codename(permission: str) -> str:
    return permission.partition(".")[2]


def declared(permissions: type[models.TextChoices]) -> "list[tuple[str, str | StrPromise]]":
    """An app's permissions in the shape of ``Meta.permissions``."""
    return [(codename(value), label) for value, label in permissions.choices]
