"""``manage.py import_usage DIR``: a simulated company's employees, tasks and events into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DataError, IntegrityError
from django.utils import timezone

from metering.simulation.importing import load
from metering.simulation.world import Unreadable, read


class Command(BaseCommand):
    help = (
        "Load employees, tasks and events (csv or json) of one simulated world through the ledger's ingest."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="holds employees, tasks and events, each .csv or .json")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            world = read(folder)
            done, moved = load(world, timezone.now())
        except Unreadable as error:
            raise CommandError(f"Nothing was imported.\n{error}") from error
        except (DataError, IntegrityError) as error:
            raise CommandError(f"Nothing was imported.\nThe database does not take it: {error}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{len(world.workers):,} people, {len(world.jobs):,} tasks; {done.written:,} events written, "
            f"{done.duplicates:,} were here already, {done.refused:,} refused. Times moved by {moved.days // 7} weeks."
        )
        if done.refused:
            self.stderr.write("Why each was refused stands with it (UsageRefusal).")
