from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = "Agents"

    def ready(self) -> None:
        from agents import events, reasons
        from agents.connectors.checks import second_people_are_the_default
        from agents.registry.reach import reach
        from metering.budgets import keepers
        from portal.audit.sentences import register
        from portal.people.roles import sync

        register(events.Event)
        reasons.register()
        keepers.register(reach)
        checks.register(second_people_are_the_default)
        post_migrate.connect(sync, sender=self)
