"""``manage.py rotate_keys``: encrypt all stored secrets with the first key of ``PORTAL_ENCRYPTION_KEYS``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit.record import PORTAL
from portal.keys.rotation import counted, rotate


class Command(BaseCommand):
    help = (
        "Encrypt all stored secrets with the first key of PORTAL_ENCRYPTION_KEYS. Afterwards the other keys can go. "
        "Exit code 1: some secrets cannot be decrypted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", action="store_true", help="only count them")

    def handle(self, *args: Any, **options: Any) -> None:
        found = counted() if options["count"] else rotate(PORTAL)
        older = "with an older key" if options["count"] else "were encrypted anew"
        print(f"{found.total} secrets: {found.current} had the first key, {found.older} {older}.")
        if found.lost:
            raise CommandError(
                f"{found.lost} cannot be decrypted. Bring back the key they were stored with, or enter them again."
            )
