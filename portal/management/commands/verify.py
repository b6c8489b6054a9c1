"""``manage.py verify``: every gate in one go. What it runs is what a change must pass."""

import importlib.util
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
TOOLS = ("ruff", "djangofmt", "cssbeautifier", "mypy", "importlinter", "pytest")
GATES: dict[str, list[str]] = {
    "types": [*PYTHON, "mypy", "portal", "metering", "agents", "manage.py"],
    "lint": [*PYTHON, "ruff", "check", "."],
    "format": [*MANAGE, "tidy", "--check"],
    "imports": [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "checks": [*MANAGE, "check", "--fail-level", "WARNING"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    # Each process has a database server of its own; which tests stay together: tests/scheduling.py.
    # One more than cores: many tests wait for processes of their own.
    "tests": [*PYTHON, "pytest", "--dist", "loadfile", "-n", str(min((os.cpu_count() or 1) + 1, 8))],
}

# Tests set up Django themselves, on a database of their own: nothing of this process' settings goes along. And they
# start hundreds of processes, of which each would compile the whole portal anew.
NOT_THEIRS = {"DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}


class Command(BaseCommand):
    help = "Lint, types, import contracts, system checks, migrations, tests: all that a change must pass."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=GATES, nargs="+", help="some of the gates")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [
            name
            for name in TOOLS
            if not importlib.util.find_spec(name) and not Path(sys.executable).with_name(name).exists()
        ]
        if missing:
            raise CommandError(f"{', '.join(missing)} not installed. Follow 'Test it' in README.md.")
        chosen = [name for name in GATES if name in (options["only"] or GATES)]
        others = [name for name in chosen if name != "tests"]
        with ThreadPoolExecutor(
            os.cpu_count()
        ) as pool:  # the types alone would keep one processor busy for a minute
            passed = list(pool.map(partial(_pass, quietly=True), others))
        passed += [_pass(name) for name in chosen if name == "tests"]
        failed = [name for name in chosen if name not in passed]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}")
        print("Every gate is passed.")


def _pass(name: str, *, quietly: bool = False) -> str:
    """Run one gate; its name if it is passed. ``quietly``: what it says is shown when it has ended."""
    began = time.monotonic()
    if not quietly:
        print(f"── {name}", flush=True)
    environment = {key: value for key, value in os.environ.items() if key not in NOT_THEIRS}
    run = subprocess.run(
        GATES[name],
        cwd=settings.BASE_DIR,
        env=environment,
        text=True,
        stdout=subprocess.PIPE if quietly else None,
        stderr=subprocess.STDOUT if quietly else None,
    )
    said = f"── {name}\n{run.stdout}" if quietly else ""
    print(f"{said}   {'FAILED' if run.returncode else 'ok'} in {time.monotonic() - began:.0f} s", flush=True)
    return "" if run.returncode else name
