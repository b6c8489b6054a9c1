"""Maps and decisions of the three apps: whole, in the order that the import contracts hold, dated, with a reason."""

import re
import tomllib
from itertools import pairwise

import pytest

from tests.documents import ROOT, documents

NAMES = sorted(documents())
# The words by which a reason is given.
REASON = r"\b(because|so that|[Ss]o|otherwise|Otherwise|since|would|cannot|could|why)\b"
DECISIONS = [name for name in NAMES if name.endswith("/decisions.md")]


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions_are_short_dated_and_have_a_reason(name: str):
    parts = re.split(r"^- ", documents()[name], flags=re.M)[1:]
    assert len(parts) > 10
    for part in parts:
        title = part.splitlines()[0]
        assert len(part.strip().splitlines()) <= 10, title
        assert re.match(r"\*\*[^*]+\*\* \(2\d{3}-\d\d-\d\d\)[.:,] ", part.replace("\n  ", " ")), title
        assert re.search(REASON, " ".join(part.split())), f"no reason: {title}"


NO_ROOM = {"__pycache__", "migrations", "static", "templatetags", "management", "docs", "templates"}


def rooms_of_the_map(app: str) -> dict[str, int]:
    """Each room that the map names, with the number of its row."""
    rows = re.findall(r"^\| (`.+?) \|", documents()[f"{app}/docs/map.md"], re.M)
    cells = [(cell, number) for number, row in enumerate(rows) for cell in re.findall(r"`([\w./]+)`", row)]
    return {cell.rstrip("/"): number for cell, number in cells}


@pytest.mark.parametrize("app", ["agents", "metering", "portal"])
def test_the_map_names_every_room_and_no_other(app: str):
    rooms = {path.name for path in (ROOT / app).iterdir() if path.is_dir()} - NO_ROOM
    rooms |= {path.name for path in (ROOT / app).glob("*.py")} - {"__init__.py"}
    named = rooms_of_the_map(app)
    assert rooms - set(named) == set()
    assert [name for name in named if not (ROOT / app / name).exists()] == []


@pytest.mark.parametrize("app", ["agents", "metering", "portal"])
def test_the_map_shows_the_order_that_the_import_contracts_hold(app: str):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if app in one.get("containers", []))
    rows = {name.removesuffix(".py"): row for name, row in rooms_of_the_map(app).items()}
    order = [
        [rows[room] for room in re.findall(r"\w+", layer) if room in rows and room not in NO_ROOM]
        for layer in layers
    ]
    order = [numbers for numbers in order if numbers]
    assert len(order) > 5
    wrong = [(above, below) for above, below in pairwise(order) if max(above) > min(below)]
    assert wrong == []
