"""README and docs as tests read them: their texts, code, links and what a code says."""

import ast
import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FOLDERS = ("portal/", "metering/", "agents/", "templates/", "tests/", ".ci/")


@cache
def documents() -> dict[str, str]:
    """README and all docs that git knows or would know, by their path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "README.md", "*/docs/*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return {name: (ROOT / name).read_text() for name in listed if (ROOT / name).exists()}


def blocks(text: str) -> list[tuple[str, str]]:
    """Fenced code: its language and its lines."""
    return [(language, body) for _, language, body in FENCE.findall(text)]


def prose(text: str) -> str:
    """The text without fenced code."""
    return FENCE.sub("", text)


def codes(text: str) -> list[str]:
    """Inline code, and each line of fenced code."""
    lines = [line.strip() for _, body in blocks(text) for line in body.splitlines()]
    return INLINE.findall(prose(text)) + lines


def anchors(text: str) -> set[str]:
    """The names that headings have in links."""
    heads = re.findall(r"^#+ (.+)$", prose(text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def commands(text: str) -> list[list[str]]:
    """Every ``manage.py …`` as its words, without what follows in the shell."""
    found = []
    for code in codes(text):
        for called in re.findall(r"manage\.py ([a-z_]+(?: [^&|;#]+)?)", code):
            words = called.split()
            found.append([word for word in words if word not in {"…", "..."}])
    return found


def missing_test(named: str) -> bool:
    """Is ``path::function`` no test that there is?"""
    path, _, name = named.partition("::")
    file = ROOT / path
    if not file.is_file():
        return True
    functions = {
        node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
    }
    return bool(name) and name not in functions


def missing_path(named: str) -> bool:
    """Is ``named`` a path of this project at which nothing lies?"""
    if "::" in named:
        return missing_test(named)
    return not (list(ROOT.glob(named.rstrip("/"))) if "*" in named else (ROOT / named).exists())


def resolves(dotted: str) -> bool:
    """Does ``agents.policy.decide`` name a module, or something in one?"""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False
