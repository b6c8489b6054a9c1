"""The table of settings is whole: every variable that the code reads, and no other."""

import ast
import re

from tests.documents import ROOT, documents

VARIABLE = re.compile(r"^(PORTAL|OPENAI|ANTHROPIC|DATABASE|BROKER|XDG)_[A-Z_]*[A-Z]$|^(HTTPS|NO)_PROXY$")
# Set by one process of ours for another, or by tests for themselves: nobody else sets them.
INNER = {"PORTAL_TESTS_OWN_URL", "PORTAL_DEMO_INSIDE"}


def read_by_the_code() -> set[str]:
    """Every text in the code that is the name of a variable."""
    from portal.env import KEPT

    found = {f"PORTAL_KEEP_{kind.upper()}" for kind in KEPT}
    for path in [*(ROOT / "portal").rglob("*.py"), *(ROOT / "agents").rglob("*.py"), *(ROOT / "metering").rglob("*.py"),
                 *(ROOT / "tests").glob("*.py"), ROOT / "manage.py"]:  # fmt: skip
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.match(node.value):
                found.add(node.value)
    return found - INNER


def documented() -> set[str]:
    rows = re.findall(r"^\| (`[^|]+`) \|", documents()["portal/docs/settings.md"], re.M)
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_variable_has_its_row_and_every_row_a_variable():
    assert documented() == read_by_the_code()


def test_every_variable_that_a_document_names_is_in_the_table():
    wrong = {
        (name, variable)
        for name, text in documents().items()
        for variable in re.findall(r"\b(?:PORTAL|OPENAI|ANTHROPIC|DATABASE|BROKER)_[A-Z_]+\b", text)
        if variable not in documented() and not any(known.startswith(variable) for known in documented())
    }
    assert wrong == set()


def test_the_bounds_that_the_table_says_are_those_of_the_code():
    from portal.env import KEPT

    text = documents()["portal/docs/settings.md"]
    said = {
        kind.lower(): (int(least), int(most))
        for kind, least, most in re.findall(
            r"^\| `PORTAL_KEEP_([A-Z_]+)` \| .*?: (\d+) to (\d+) \(\3\)", text, re.M
        )
    }
    assert said == KEPT


def test_the_defaults_that_the_table_says_are_those_of_the_code():
    code = "".join(
        (ROOT / "portal" / f"{name}.py").read_text() for name in ("settings", "env", "env_outgoing")
    )
    said = re.findall(r"^\| `[^|]+\| .*?Default: `([^`]+)`", documents()["portal/docs/settings.md"], re.M)
    assert len(said) > 6
    assert [default for default in said if default not in code] == []
