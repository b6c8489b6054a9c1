"""``manage.py audit``: verify that no entry of the trail was changed or removed, here and against the marks outside."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal import words
from portal.audit import archive, chain, checking, exporting, marks, seals
from portal.audit.seals import Seal
from portal.reasons import render_reason


class Command(BaseCommand):
    help = (
        "Verify the audit trail: recompute its chain, and compare it with the marks outside of the database. "
        "Exit code 1 says what is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--holds",
            metavar="NUMBER:DIGEST",
            help="what an earlier run printed last: also finds that the newest entries were cut off",
        )
        parser.add_argument("--export", type=Path, metavar="FILE", help="write all that is digested to FILE")
        parser.add_argument(
            "--archive", type=Path, metavar="FOLDER", help="move old segments to files in FOLDER"
        )
        parser.add_argument(
            "--older-than", type=int, default=365, metavar="DAYS", help="how old a segment is archived (365)"
        )
        parser.add_argument(
            "--archived", type=Path, metavar="FOLDER", help="verify the files of archived segments too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found, compared = checking.look()
        if found:
            raise CommandError(render_reason(found))
        if options["holds"]:
            _holds(options["holds"])
        if options["archived"] and (problems := list(archive.wrong(options["archived"]))):
            raise CommandError("\n".join(problems))
        try:
            self._tell(compared)
            if options["export"]:
                self._export(options["export"])
            if options["archive"]:
                self._archive(options["archive"], options["older_than"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _tell(self, compared: int) -> None:
        here, unsealed, archived = chain.counts()
        more = f", {unsealed} of them not sealed yet" if unsealed else ""
        more += f"; {words.plural(archived, 'entry', 'entries')} in archived segments" if archived else ""
        self.stdout.write(f"The trail is whole: {words.plural(here, 'entry', 'entries')}{more}.")
        if compared:
            self.stdout.write(f"Compared with {words.plural(compared, 'mark')} in {settings.TRAIL_MARKS}.")
            self.stdout.write(f"The marks' public key: {marks.public_key()}")
        if newest := Seal.objects.last():
            self.stdout.write(f"Keep this elsewhere, for --holds of a later run: {newest}")

    def _export(self, file: Path) -> None:
        seals.seal()
        numbers = exporting.newest(2**62)
        with file.open("x") as handle:
            handle.writelines(f"{line}\n" for line in exporting.lines(numbers))
        self.stderr.write(f"Wrote {words.plural(len(numbers), 'seal')} to {file}.")

    def _archive(self, folder: Path, days: int) -> None:
        due = archive.due(timezone.now() - timedelta(days=days))
        for segment in due:
            self.stderr.write(f"Archived segment {segment} in {archive.archive(segment, folder)}.")
        if not due:
            kept = Seal.objects.values("segment").distinct().count()
            self.stderr.write(f"None of {words.plural(kept, 'segment')} ended {days} days ago.")


def _holds(given: str) -> None:
    if not (said := re.fullmatch(r"(\d+):([0-9A-Fa-f]{64})", given)):
        raise CommandError("--holds is what an earlier run printed: a number, a colon, a digest.")
    if not chain.holds(int(said[1]), said[2].lower()):
        raise CommandError(f"Seal {said[1]} with that digest is not there: the trail was cut short.")
