"""``manage.py up``: run everything, in this terminal."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.up.options import add_to
from portal.up.run import say, up


class Command(BaseCommand):
    help = "Runs the whole portal: database, web server, worker, clock and listener. Ctrl-C stops all of it."
    requires_system_checks = []  # they load every page, and a start should take seconds; verify runs them

    def add_arguments(self, parser: CommandParser) -> None:
        add_to(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        up(settings.PORTAL_HOME, options["host"], options["port"], empty=options["empty"])
        say("Stopped.")
