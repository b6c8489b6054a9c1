"""What comes from elsewhere: dependencies only with hashes, and no code from a model, a mail or a form."""

import ast
import re

import pytest

from tests.documents import ROOT

# Rooms on a call's way, from the model's wish to the effect, and what reads foreign text.
WAY = sorted(
    path
    for app in ("agents", "metering", "portal")
    for path in (ROOT / app).rglob("*.py")
    if not {"migrations", "management", "tests", "sample", "up", "embedded", "docs"}
    & set(path.relative_to(ROOT).parts)
)
RUNS = {"eval", "exec", "compile", "__import__"}
MODULES = {"subprocess", "pickle", "marshal", "shelve", "code", "runpy", "ctypes", "pty", "multiprocessing"}
# What starts PostgreSQL's own programs for an operator at the terminal, the process beside a worker's pool, and our own
# program that reads a document with bounds and nothing of ours in reach: with arguments of ours. And what deploys a
# release: git, and the commands of a file that an admin pinned, as the user whom the operator named.
RELEASES = {
    f"agents/connectors/deploy/releases/{name}.py" for name in ("commands", "git", "starting", "trees")
}
OPERATORS = {"portal/backup.py", "agents/runtime/beside.py", "agents/connectors/mail/attached.py", *RELEASES}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_pinned_with_hashes(name: str):
    text = (ROOT / name).read_text()
    pinned = re.split(r"^(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.M), flags=re.M)[1:]
    assert len(pinned) > 30
    for entry in pinned:
        assert re.match(r"[\w.\[\]-]+==\S+", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


def test_nothing_on_the_way_of_a_call_runs_code():
    assert len(WAY) > 200
    found = set()
    for path in WAY:
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in RUNS:
                found.add((name, called.id))
            if isinstance(called, ast.Attribute) and ast.unparse(called) in {"os.system", "os.popen"}:
                found.add((name, ast.unparse(called)))
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {(name, module) for module in modules if module.split(".")[0] in MODULES}
            if isinstance(node, ast.Name) and node.id == "Template":
                found.add((name, node.id))
    assert {(name, what) for name, what in found if name not in OPERATORS} == set()
