"""``manage.py audit``: verify that no entry of the trail was changed or removed since it was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import words
from portal.audit import chain


class Command(BaseCommand):
    help = "Verify the audit trail: recompute its chain of digests. Exit code 1 names the first broken entry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--holds",
            metavar="ID:DIGEST",
            help="what an earlier run printed last: also finds that the newest entries were cut off",
        )

    def handle(self, *args: Any, holds: str | None = None, **options: Any) -> None:
        broken = chain.first_broken()
        if broken is not None:
            raise CommandError(
                f"The trail is broken at entry {broken}: it, or the one before it, was tampered with."
            )
        if holds:
            try:
                mark = chain.Mark.parsed(holds)
            except ValueError as error:
                raise CommandError(
                    "--holds is what an earlier run printed: an id, a colon, a digest."
                ) from error
            if not chain.holds(mark):
                raise CommandError(f"Entry {mark.id} with that digest is not there: the trail was cut short.")
        count, newest = chain.last()
        self.stdout.write(f"The trail is whole: {words.plural(count, 'entry', 'entries')}.")
        if newest:
            self.stdout.write(f"Keep this elsewhere, for --holds of a later run: {newest}")
