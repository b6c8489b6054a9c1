"""Makes the plug-ins known, once, when Django has loaded all models: reasons, system checks, roles, the beat table."""

from django.apps import apps
from django.core.checks import register
from django.db.models.signals import post_migrate

from portal import celery, checks, plugins, reasons  # noqa: F401  (the portal's checks register themselves)
from portal.people import roles


def connect() -> None:
    """Raises ImproperlyConfigured, in one line, for a plug-in that is missing or wrong."""
    found = plugins.by_app()
    for plugin in found.values():
        reasons.declare({}, plugin.reason_kinds)
    for name, plugin in found.items():
        reasons.declare(plugin.reasons)
        for check in plugin.checks:
            register(check)
        post_migrate.connect(roles.sync, sender=apps.get_app_config(name.rpartition(".")[2]))
    beats = {name: beat for plugin in found.values() for name, beat in plugin.beats.items()}
    table = {name: {"task": beat.worker, "schedule": beat.when} for name, beat in beats.items()}
    celery.app.conf.beat_schedule = table
