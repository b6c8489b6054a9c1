from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MeteringConfig(AppConfig):
    name = "metering"
    verbose_name = "Metering"

    def ready(self) -> None:
        from metering import events
        from metering.budgets import runaway, words
        from portal.audit.sentences import register
        from portal.people.roles import sync
        from portal.reasons import declare

        register(events.Event)
        declare(words.REFUSALS, words.KINDS)
        declare(runaway.REASONS)
        post_migrate.connect(sync, sender=self)
