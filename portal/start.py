"""Makes the plug-ins known, once, when Django has loaded all models: reasons, notices, system checks, roles."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in
from django.core.checks import register
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate

from portal import checks, plugins, pooling, reasons  # noqa: F401  (the portal's checks register themselves)
from portal.notices import channels, kinds
from portal.permissions import Role
from portal.submissions import step_up


def connect() -> None:
    """Raises ImproperlyConfigured, in one line, for a plug-in that is missing or wrong."""
    user_logged_in.connect(step_up.signed_in)  # every way in, those of plug-ins too
    found = plugins.by_app()
    for plugin in found.values():
        reasons.declare({}, plugin.reason_kinds)
    for name, plugin in found.items():
        reasons.declare(plugin.reasons)
        kinds.declare(plugin.notices)
        channels.declare(plugin.notice_channels)
        for check in plugin.checks:
            register(check)
        post_migrate.connect(sync_roles, sender=apps.get_app_config(name.rpartition(".")[2]))


def sync_roles(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Give role groups the permissions that the plug-in lists. Run after every migrate."""
    create_permissions(sender, using=using, verbosity=0)
    listed = plugins.by_app()[sender.name].role_permissions
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        wanted = {permission.partition(".")[2] for permission in listed.get(role, ())}
        own = Permission.objects.using(using).filter(content_type__app_label=sender.label)
        group.permissions.remove(*own.exclude(codename__in=wanted))
        group.permissions.add(*own.filter(codename__in=wanted))
