"""A connector is a whole: its folder is found by walking, it has tests of its own, and nobody reaches into it."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from agents.connectors import connectors
from tests.agents import playgrounds
from tests.test_architecture import MODULES, ROOT, name_of

KIND = pytest.mark.parametrize("kind", playgrounds.kinds())
ROOM = "agents.connectors"
# What a connector's code may use of this app. Everything else reaches it through the gate.
LENT = {
    f"{ROOM}.base",
    f"{ROOM}.confined",
    f"{ROOM}.deployments",
    f"{ROOM}.desk",
    f"{ROOM}.health",
    f"{ROOM}.measuring",
    f"{ROOM}.results",
    f"{ROOM}.watched",
    f"{ROOM}.the_desk",
    f"{ROOM}.plugins",
    f"{ROOM}.previews",
    f"{ROOM}.offline",
    f"{ROOM}.lasting",
    f"{ROOM}.outgoing",
    f"{ROOM}.secrets_of",
    "agents.policy",
    "agents.storable",
}
# Who gets hold of a connector's object: to describe what it offers, to add and test a connection. The gate has it by
# the connection's row.
REACH = {
    "agents.card.card",
    "agents.connections.actions",
    "agents.connections.models",
    "agents.gallery.needs",
    "agents.hearing.wanted",
    "agents.queue.examples",
}


def imports(path: Path) -> set[str]:
    """What a module imports, as ``package.module`` and as ``package.module.name``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return found


def of(kind: str) -> Path:
    return ROOT / "agents" / "connectors" / kind


def test_every_folder_has_its_line_and_every_line_its_folder():
    lines = {name.removeprefix(f"{ROOM}.") for name in settings.PLUGINS if name.startswith(f"{ROOM}.")}
    assert lines == set(playgrounds.kinds()) == set(connectors())


@KIND
def test_it_brings_tests_of_its_own(kind: str):
    tests = sorted((of(kind) / "tests").glob("test_*.py"))
    written = [
        node.name
        for path in tests
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert written, "without tests of its own nobody knows what it should do"
    assert any(str(of(kind)).startswith(str(ROOT / path)) for path in _collected()), "pytest collects them"


def _collected() -> list[str]:
    import tomllib

    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]


@KIND
def test_nobody_imports_it(kind: str):
    """The registry loads it by its line; without the line it is gone."""
    within = f"{ROOM}.{kind}"
    others = [path for path in MODULES if not path.is_relative_to(of(kind))]
    assert [
        name_of(path) for path in others if {name for name in imports(path) if _is_in(name, within)}
    ] == []


@KIND
def test_it_uses_no_other_room(kind: str):
    """What it may do is decided before it is called: nothing in it can ask the gate, the queue or another connector."""
    lent = LENT | {f"{ROOM}.{kind}"}
    wrong = {
        f"{name_of(path)} → {name}"
        for path in MODULES
        if path.is_relative_to(of(kind))
        for name in imports(path)
        if name.startswith("agents.") and not any(_is_in(name, allowed) for allowed in lent)
    }
    assert {line for line in wrong if not line.endswith(("→ agents.connectors", "→ agents"))} == set()


def test_only_the_gate_and_the_connections_reach_connectors():
    """By the registry as little as by an import: ``connectors()`` is the way to every one of them."""
    reaching = {name_of(path) for path in MODULES if f"{ROOM}.connectors" in imports(path)}
    assert {name for name in reaching if not name.startswith("agents.pages.")} <= REACH


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


CLIENTS = {"aiohttp", "http.client", "httpcore2", "httpx", "httpx2", "requests", "urllib.request", "urllib3"}
CLIENTS |= {"slack_sdk"}  # opens connections of its own


@KIND
def test_it_reaches_other_systems_by_the_one_way_out(kind: str):
    """``agents.connectors.outgoing``: no HTTP client of its own, and no socket that it opens itself."""
    for path in of(kind).rglob("*.py"):
        if "tests" in path.parts:
            continue
        assert not imports(path) & CLIENTS, path
        assert not re.search(r"create_connection\(|socket\.socket\(|open_connection\(", path.read_text()), (
            path
        )
