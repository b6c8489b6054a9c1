"""A copy of the project in which a test adds or deletes a connector, and runs commands on it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = Path("portal") / "settings.py"
# What this run's own database and settings are: the copy's commands have their own.
OURS = re.compile("PORTAL_(?!TESTS_N).*|DATABASE_.*|DJANGO_.*|PYTEST_.*|BROKER_URL|PGHOST")


class Project:
    def __init__(self, folder: Path) -> None:
        self.root = folder / "copy"
        self.home = folder / "home"
        self.temporary = folder / "temporary"
        left_out = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "bench", "pictures")
        shutil.copytree(ROOT, self.root, ignore=left_out)

    def lines(self, before: str, after: str) -> None:
        """Change ``settings.PLUGINS``, the one line that a connector has outside of its folder."""
        written = (self.root / SETTINGS).read_text()
        assert written.count(before) == 1
        (self.root / SETTINGS).write_text(written.replace(before, after))

    def delete(self, kind: str) -> None:
        shutil.rmtree(self.root / "agents" / "connectors" / kind)
        self.lines(f'    "agents.connectors.{kind}",\n', "")

    def add(self, kind: str) -> Path:
        """The new connector's folder, empty."""
        self.lines("PLUGINS = [\n", f'PLUGINS = [\n    "agents.connectors.{kind}",\n')
        folder = self.root / "agents" / "connectors" / kind
        folder.mkdir()
        return folder

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def test(self, *paths: str, **variables: str) -> str:
        # Where all runs share one folder, each that begins shuts it to others, and a database in it cannot start.
        own = f"--basetemp={self.temporary}"
        return self._run("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", own, *paths, **variables)

    def _run(self, *arguments: str, **variables: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**kept, **variables, "PORTAL_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, f"{' '.join(arguments)}\n{run.stdout[-6000:]}\n{run.stderr[-3000:]}"
        return run.stdout
