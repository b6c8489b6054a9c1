"""The recipe is true: the files that it shows are a connector, in the pages and under the contract of all."""

import re
from pathlib import Path

from tests.agents.project_copy import ROOT, Project

RECIPE = ROOT / "agents" / "docs" / "connector.md"
FILE = re.compile(
    r"^(In its folder \*tests\*, )?`(\w+\.py)`[^\n]*\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL
)


def test_the_recipe_goes_the_whole_way(tmp_path: Path) -> None:
    found = FILE.findall(RECIPE.read_text())
    files = {f"tests/{name}" if own else name: text for own, name, text in found}
    assert {"__init__.py", "plugin.py", "connector.py", "tests/playground.py"} <= set(files)
    code = "".join(text for name, text in files.items() if not name.startswith("tests/"))
    assert len([line for line in code.splitlines() if line.strip()]) <= 60, "a connector is a short thing"
    project = Project(tmp_path)
    folder = project.add("notes")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    project.manage("check", "--fail-level", "WARNING")
    suites = sorted(
        path.relative_to(ROOT) for path in (ROOT / "tests" / "agents").glob("test_connectors*.py")
    )
    others = [
        str(path) for path in suites if path.name not in {Path(__file__).name, "test_connectors_deleted.py"}
    ]
    said = project.test("tests/agents/added.py", "agents/connectors/notes", *others, "-k", "notes", "-v")
    (passed,) = re.findall(r"(\d+) passed", said)
    assert int(passed) >= 15, said
