"""Gives role groups the permissions that each plug-in lists (run after every migrate)."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS

from portal import plugins
from portal.permissions import Role


def sync(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    create_permissions(sender, using=using, verbosity=0)
    listed = plugins.by_app()[sender.name].role_permissions
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        wanted = {permission.partition(".")[2] for permission in listed.get(role, ())}
        own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
        group.permissions.remove(*own.exclude(codename__in=wanted))
        group.permissions.add(*own.filter(codename__in=wanted))
