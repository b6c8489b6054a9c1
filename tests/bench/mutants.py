"""What the tests notice when a rule is changed: mutmut over the rules, in a copy outside of the repository.

``python -m tests.bench.mutants FOLDER PART [NAME…]``: PART is a row of ``[tool.mutants]`` in pyproject.toml; NAME
picks mutants, as ``*tokens*`` or, for every tenth, ``*_?3 *_??3``. A second run goes on where the first one ended.
Prints, for each module, how many mutants the tests killed, and each survivor.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[2]
# Tests of the rules are pure: they need settings, no database and none of the fixtures. Hypothesis repeats itself.
ENVIRONMENT = {"CI": "1", "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PLAIN = ["--noconftest", "-p", "pytest_django.plugin", "-p", "no:cacheprovider", "--assert=plain", "--tb=no"]


def copied(folder: Path, part: str) -> None:
    """The files of the working tree, and mutmut's settings for this part."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    for name in filter(None, listed.split("\0")):
        there = folder / name
        if not there.exists() or there.read_bytes() != (ROOT / name).read_bytes():
            there.parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, there)
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutants"][part]
    settings = {
        "source_paths": ["agents", "metering", "portal"],
        "only_mutate": own["modules"],
        "also_copy": ["templates", "manage.py"],
        "track_dependencies": False,
        "pytest_add_cli_args": PLAIN
        + own.get("arguments", [])
        + [word for test in own.get("without", []) for word in ("--deselect", test)],
        "pytest_add_cli_args_test_selection": own["tests"],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    with (folder / "pyproject.toml").open("a") as file:
        file.write("\n".join(["", "[tool.mutmut]", *lines, ""]))


def results(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Module, mutant and what became of it, for each mutant that was tried."""
    for file in sorted((folder / "mutants").rglob("*.py.meta")):
        module = str(file.relative_to(folder / "mutants")).removesuffix(".meta")
        for mutant, code in json.loads(file.read_text())["exit_code_by_key"].items():
            if code is not None:
                yield module, mutant, status_by_exit_code[code]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("part")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--processes", default="1")
    asked = parser.parse_args()
    folder = asked.folder.resolve() / asked.part
    if folder.is_relative_to(ROOT):
        parser.error("Choose a folder outside of the repository.")
    copied(folder, asked.part)
    command = [
        str(Path(sys.executable).parent / "mutmut"),
        "run",
        "--max-children",
        asked.processes,
        *asked.names,
    ]
    environment = os.environ | ENVIRONMENT | {"PORTAL_HOME": str(folder / "home")}
    subprocess.run(command, cwd=folder, env=environment, check=True)
    found = list(results(folder))
    print()
    for module in dict.fromkeys(module for module, _, _ in found):
        count = Counter(status for name, _, status in found if name == module)
        noticed = count["killed"] + count["timeout"]
        print(f"{module}: {noticed} of {count.total()} killed ({noticed / count.total():.1%})")
    print(
        *[f"{status}: {mutant}" for _, mutant, status in found if status not in ("killed", "timeout")],
        sep="\n",
    )


if __name__ == "__main__":
    main()
