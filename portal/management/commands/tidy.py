"""``manage.py tidy``: format Python, templates and style sheets, each by its own tool; ``--check`` only compares."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import cssbeautifier
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

APPS = ("templates", "portal", "metering", "agents")
DJANGOFMT = ["--line-length", "120", "--indent-width", "2", "--custom-blocks", "partialdef,empty_state"]


def tidied(sheet: str) -> str:
    """A style sheet with one declaration on each line."""
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.end_with_newline = True
    options.space_around_combinator = True
    return str(cssbeautifier.beautify(sheet, options))


class Command(BaseCommand):
    help = "Format Python (ruff), templates (djangofmt) and style sheets (cssbeautifier)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail where something would")

    def handle(self, *args: Any, **options: Any) -> None:
        check = ["--check"] if options["check"] else []
        folders = [name for name in APPS if any((settings.BASE_DIR / name).rglob("*.html"))]
        failed = [
            command[0]
            for command in (
                [sys.executable, "-m", "ruff", "format", *check, "."],
                [str(Path(sys.executable).with_name("djangofmt")), *DJANGOFMT, *check, *folders],
            )
            if subprocess.run(command, cwd=settings.BASE_DIR).returncode
        ]
        for path in sorted((settings.BASE_DIR / "portal" / "static").rglob("*.css")):
            before = path.read_text()
            if (after := tidied(before)) != before:
                print(f"{'Would format' if check else 'Formatted'} {path.relative_to(settings.BASE_DIR)}")
                failed += ["cssbeautifier"] if check else []
                if not check:
                    path.write_text(after)
        if failed:
            raise CommandError("Something is not formatted: run manage.py tidy.")
