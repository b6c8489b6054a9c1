"""``manage.py backup``: database, keys and mailboxes into a new folder, also while the portal runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import backup, words
from portal.embedded import Trouble


class Command(BaseCommand):
    help = "Writes a backup into a new folder: the database, keys, mailboxes and marks. The portal may run meanwhile."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="a folder that does not exist yet; it will hold keys and mail"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            about = backup.backup(options["folder"].absolute())
        except (Trouble, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        rows = words.plural(sum(about["rows"].values()), "row")
        self.stdout.write(
            f"Wrote {rows} of {words.plural(len(about['rows']), 'table')} to {options['folder']}."
        )
        links = [f"{name} is a link." for name in about["links"]]
        for line in [*backup.elsewhere(), *links]:
            self.stdout.write(f"Not in this backup: {line}")
