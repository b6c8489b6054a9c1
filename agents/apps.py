from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = "Agents"

    def ready(self) -> None:
        from agents import events
        from portal.audit.sentences import register
        from portal.people.roles import sync

        register(events.Event)
        post_migrate.connect(sync, sender=self)
