"""What the tests notice when a rule is changed: mutmut's mutants of the rules, in a copy outside of the repository.

``python -m tests.bench.mutants FOLDER PART [NAME…]``: PART is a row of ``[tool.mutants]`` in pyproject.toml; NAME
picks mutants, as ``*tokens*`` or, for every tenth, ``*_?3 *_??3``. A second run goes on where the first one ended, and
tries again what survived. Prints, for each module, how many mutants the tests killed, and each survivor.

A mutant that took too long is tried once more with four times the time, and counted apart. A part with
``database = true`` has a PostgreSQL in FOLDER and one database, made once, for all mutants: see ``kept_database.py``.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy, rmtree
from typing import Any

from mutmut.stats import status_by_exit_code

from portal.embedded import Server

ROOT = Path(__file__).parents[2]
# The fixtures of connectors and of the portal's machine are left out. Hypothesis repeats itself.
ENVIRONMENT = {"CI": "1", "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PLAIN = [
    "--noconftest",
    "-p",
    "pytest_django.plugin",
    "-p",
    "no:cacheprovider",
    "--assert=plain",
    "--tb=short",
]
SCENE = {"tests/builders.py", "tests/cast.py", "tests/agents/gated.py", "tests/agents/transcripts.py"}
KEPT = [
    "-p",
    "tests.fixtures",
    "-p",
    "tests.bench.kept_database",
]  # in this order: the second has the last word


def copied(folder: Path) -> None:
    """The files of the working tree. The database is made anew where the portal or its scene is another than before."""
    changed = set()
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    for name in filter(None, listed.split("\0")):
        there = folder / name
        if not there.exists() or there.read_bytes() != (ROOT / name).read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, there)
            changed.add(name)
    if any(name.endswith(".py") and (name in SCENE or not name.startswith("tests/")) for name in changed):
        rmtree(folder / "home", ignore_errors=True)


def set_up(folder: Path, own: dict[str, Any]) -> None:
    """mutmut's settings for this part, at the end of the copy's pyproject.toml."""
    settings = {
        "source_paths": ["agents", "metering", "portal"],
        "only_mutate": own["modules"],
        "also_copy": ["templates", "manage.py"],
        "pytest_add_cli_args": PLAIN
        + (KEPT if own.get("database") else [])
        + [word for test in own.get("without", []) for word in ("--deselect", test)],
        "pytest_add_cli_args_test_selection": own["tests"],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with (folder / "pyproject.toml").open("a") as file:
        file.write("\n".join(["", "[tool.mutmut]", *lines, ""]))


@contextmanager
def environment(folder: Path, own: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What the session finds around it: with a database, a server that ends with this process."""
    home = folder / "home"
    around = {**os.environ, **ENVIRONMENT, "PORTAL_HOME": str(home)}
    if not own.get("database"):
        yield around
        return
    with Server(home, temporary=True) as server:
        around |= {**server.variables, "PORTAL_MAIL_ROOT": str(home / "mailboxes")}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=folder, env=around, check=True)
        yield around


def metas(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """What mutmut keeps of each module."""
    for file in sorted((folder / "mutants").rglob("*.py.meta")):
        yield file, json.loads(file.read_text())


def reopen(folder: Path) -> None:
    """What was not killed has no end yet: tests may have been added since."""
    for file, kept in metas(folder):
        ends = kept["exit_code_by_key"]
        for mutant, code in ends.items():
            ends[mutant] = code if status_by_exit_code[code] == "killed" else None
        file.write_text(json.dumps(kept))


def results(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Module, mutant and what became of it, for each mutant that was tried."""
    for file, kept in metas(folder):
        module = str(file.relative_to(folder / "mutants")).removesuffix(".meta")
        for mutant, code in kept["exit_code_by_key"].items():
            if code is not None:
                yield module, mutant, status_by_exit_code[code]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("part")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--processes", default="1")
    asked = parser.parse_args()
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutants"][asked.part]
    folder = asked.folder.resolve() / asked.part
    if folder.is_relative_to(ROOT):
        parser.error("Choose a folder outside of the repository.")
    if own.get("database") and asked.processes != "1":
        parser.error("The tests of this part share one database: they run in one process.")
    copied(folder)
    set_up(folder, own)
    if not asked.names:  # those that are named are tried anyway
        reopen(folder)
    session = [sys.executable, "-P", "tests/bench/mutant_session.py"]
    with environment(folder, own) as around:
        around["PROCESSES"] = asked.processes
        names = asked.names
        for patience in ("1", "4"):
            around["PATIENCE"] = patience
            subprocess.run([*session, *names], cwd=folder, env=around, check=True)
            names = [mutant for _, mutant, status in results(folder) if status == "timeout"]
            if not names:
                break
    found = list(results(folder))
    print()
    for module in dict.fromkeys(module for module, _, _ in found):
        count = Counter(status for name, _, status in found if name == module)
        noticed = count["killed"] + count["timeout"]
        late = f", {count['timeout']} of them by taking too long" if count["timeout"] else ""
        print(f"{module}: {noticed} of {count.total()} killed ({noticed / count.total():.1%}){late}")
    print(
        *[f"{status}: {mutant}" for _, mutant, status in found if status not in ("killed", "timeout")],
        sep="\n",
    )


if __name__ == "__main__":
    main()
