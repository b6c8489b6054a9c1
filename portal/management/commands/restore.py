"""``manage.py restore``: what ``backup`` wrote, into an empty database and a new portal folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import backup, words
from portal.embedded import Trouble


class Command(BaseCommand):
    help = "Restores a backup into an empty database and a new PORTAL_HOME, and compares every table's rows."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder that “backup” wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            about = backup.restore(options["folder"].absolute())
        except (Trouble, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        rows = words.plural(sum(about["rows"].values()), "row")
        self.stdout.write(
            f"Restored {rows} of {words.plural(len(about['rows']), 'table')}, from {about['made_at']}."
        )
        self.stdout.write("Now verify the trail: manage.py audit")
