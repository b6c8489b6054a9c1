"""``manage.py pictures``: draw the pictures of the docs anew, from a sample company of their own."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox: it may run as root. The rest keeps a browser without a network from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PERSON = "mia.park@example.com"
# The tour of the README: name, address, how many pixels high.
PAGES = [
    ("home", "/", 470),
    ("ask", "/asks/2/", 690),
    ("tonight", "/nights/", 620),
    ("agent", "/agents/1/", 700),
    ("stop", "/agents/1/stop/", 470),
]
WIDTH = 1100
QUALITY = 80
READY = "ask waiting"  # the line that ``up`` prints when the sample's task has come to its question


def chromium() -> str:
    """The browser's program, or nothing: ``PORTAL_CHROMIUM``, else one of the usual names."""
    return os.environ.get("PORTAL_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), "")


class Command(BaseCommand):
    help = "Draws the pictures of README.md and the docs from a fresh sample company. Needs Chromium."

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = settings.BASE_DIR / "portal" / "docs" / "pictures"
        parser.add_argument(
            "--to", type=Path, default=folder, metavar="FOLDER", help="where they go (the docs)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not chromium():
            raise CommandError("No Chromium here. Install it, or name its program in PORTAL_CHROMIUM.")
        options["to"].mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="portal-pictures-") as home, _portal(Path(home)) as address:
            rows = json.loads((Path(home) / "sample.json").read_text())
            password = next(row[3] for row in rows if row[1] == PERSON)
            for file in _draw(address, password, options["to"]):
                self.stdout.write(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


@contextmanager
def _portal(home: Path) -> Iterator[str]:
    """A portal of its own until we leave, by its address."""
    unset = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    process = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "up", "--port", "0"],
        env=environment | {"PORTAL_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    said, address = "", ""
    try:
        for line in process.stdout or []:
            said += line
            if found := re.search(r"runs at (http://\S+?)/\s", line):
                address = found[1]
            if READY in line:
                break
        else:
            raise CommandError(f"The sample company did not start:\n{said}")
        yield address
    finally:
        process.terminate()
        process.communicate()


def _draw(address: str, password: str, folder: Path) -> Iterator[Path]:
    from playwright.sync_api import sync_playwright  # late: only those who develop have it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(base_url=address, color_scheme="light")
        page.goto("/sign-in/")
        page.fill("input[name=username]", PERSON)
        page.fill("input[name=password]", password)
        page.locator("main form button").first.click()
        page.wait_for_url(f"{address}/")
        for name, path, height in PAGES:
            page.set_viewport_size({"width": WIDTH, "height": height})
            answer = page.goto(path)
            if answer is None or not answer.ok:
                raise CommandError(
                    f"{path} does not open: the sample company differs from what is drawn here."
                )
            page.wait_for_load_state("networkidle")
            # WebP is half of a PNG here, and Playwright itself writes none.
            shot = page.context.new_cdp_session(page).send(
                "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
            )
            file = folder / f"{name}.webp"
            file.write_bytes(base64.b64decode(shot["data"]))
            yield file
        browser.close()
