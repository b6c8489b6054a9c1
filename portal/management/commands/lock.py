"""``manage.py lock``: write both lock files anew from ``pyproject.toml``, with hashes and without any address."""

import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal"]
CONTENTS = [
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--no-emit-find-links",
]
FILES = {
    "requirements.lock": [],
    # What runs is pinned alike where it is tested.
    "requirements-dev.lock": ["--extra", "dev", "--constraint", "requirements.lock"],
}


class Command(BaseCommand):
    help = "Write requirements.lock and requirements-dev.lock anew from pyproject.toml."

    def handle(self, *args: Any, **options: Any) -> None:
        for file, more in FILES.items():
            made = subprocess.run([*COMPILE, *CONTENTS, *more, "--output-file", file], cwd=settings.BASE_DIR)
            if made.returncode:
                raise CommandError(
                    f"{file} could not be written; it is as it was. Is uv installed ('Test it')?"
                )
            print(f"{file} is written.")
