from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        from portal import checks, events  # noqa: F401  (registers the system checks)
        from portal.audit import chain, marks
        from portal.audit.sentences import register
        from portal.people.roles import sync
        from portal.reasons import declare

        register(events.Event)
        declare({**chain.FAULTS, **marks.FAULTS})
        post_migrate.connect(sync, sender=self)
