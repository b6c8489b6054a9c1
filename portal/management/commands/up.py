"""``manage.py up``: run everything, in this terminal."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.embedded import Trouble
from portal.up.run import say, up


class Command(BaseCommand):
    help = "Runs the whole portal: database, web server, worker and clock. Ctrl-C stops all of it."
    requires_system_checks = []  # they load every page, and a start should take seconds; verify runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
        parser.add_argument(
            "--empty", action="store_true", help="no sample company: asks for the first admin instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            up(settings.PORTAL_HOME, options["host"], options["port"], empty=options["empty"])
        except Trouble as trouble:
            sys.exit(str(trouble))
        except KeyboardInterrupt:
            sys.exit("Stopped before it was up.")
        say("Stopped.")
