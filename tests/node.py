"""Real parts that run on Node: where the binary and the packages are that ``.ci/run`` installs."""

import os
import shutil
from pathlib import Path

import pytest

PACKAGES = Path(__file__).with_name("node_packages.txt")


def node(package: str) -> tuple[str, Path]:
    """The binary, and the folder in whose ``node_modules`` the package is.

    Skips the test where one is missing, unless this run must have all real parts.
    """
    folder = Path(os.environ.get("PORTAL_TESTS_NODE", "/nowhere"))
    found = shutil.which("node", path=os.pathsep.join([str(folder), os.environ.get("PATH", "")]))
    if found and (folder / "node_modules" / package).is_dir():
        return found, folder
    wanted = next(line for line in PACKAGES.read_text().split() if line.startswith(f"{package}@"))
    reason = (
        f"no {package} here: with Node 24, run `npm install {wanted}` in a folder, and name it in "
        "PORTAL_TESTS_NODE"
    )
    if os.environ.get("PORTAL_TESTS_NEED_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
