from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering"

    def ready(self) -> None:
        from metering import events
        from portal.audit.sentences import register
        from portal.people.roles import sync

        register(events.Event)
        post_migrate.connect(sync, sender=self)
