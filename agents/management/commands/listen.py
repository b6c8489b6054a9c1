"""``manage.py listen``: hear at once what happens in connections, until it is told to stop."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from agents.hearing.process import Process
from portal.up import signals


class Command(BaseCommand):
    help = "Listens to connections that tell at once what happens, such as new mail. Ctrl-C stops it."
    requires_system_checks = []
    stealth_options = ("began",)

    def handle(self, *args: Any, began: Callable[[], object] = lambda: None, **options: Any) -> None:
        signals.interrupt()
        Process().run(began)
