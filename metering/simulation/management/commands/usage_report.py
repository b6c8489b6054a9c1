"""``manage.py usage_report --per-person|--signals --out FILE``: what a simulated company's pages would show."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from metering.simulation import reporting


class Command(BaseCommand):
    help = (
        "Write every shown figure, or every signal, of a simulated company. Refused for any other database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--per-person", action="store_true", help="employee_id,metric,value,better")
        what.add_argument("--signals", action="store_true", help="event_id,task_id,signal")
        parser.add_argument("--out", type=Path, required=True, help="the CSV file to write")

    def handle(self, *args: Any, out: Path, per_person: bool, **options: Any) -> None:
        try:
            reporting.marked()
            if per_person:
                header: tuple[str, ...] = ("employee_id", "metric", "value", "better")
                count = reporting.written(out, header, reporting.per_person())
            else:
                header = ("event_id", "task_id", "signal")
                count = reporting.written(out, header, reporting.signals(timezone.now()))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{count:,} rows in {out}")
