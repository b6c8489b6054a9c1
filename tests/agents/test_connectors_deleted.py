"""Delete a connector's folder and its one line, and everything of it is gone and everything else runs."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from agents.connectors import connectors
from tests.agents import playgrounds
from tests.agents.project_copy import ROOT, Project


def traces(kind: str, project: Path) -> list[str]:
    """Lines outside of the history of migrations that still name the connector, its capabilities, tables or pages."""
    names = [capability.name for capability in connectors()[kind].capabilities]
    models = [model.__name__ for model in apps.get_app_config(kind).get_models()]
    told = [
        rf"connectors[./]{kind}\b",
        rf"""kind ?=+ ?["']{kind}["']""",
        *(rf"{re.escape(name)}\b" for name in names),
        *(rf"\b{kind}\.{model}\b" for model in models),
        # A name of one plain word (Link, Reply) is no trace by itself.
        *(rf"\b{model}\b" for model in models if len(re.findall("[A-Z]", model)) > 1),
    ]
    told += [rf"{name.replace('.', '_')}(?![A-Za-z])" for name in names]
    named = re.compile("|".join([*told, rf"""["']{kind}:"""]))
    elsewhere = re.compile("|".join(told))  # another connector's folder holds words of its own system
    return [
        f"{path.relative_to(project)}:{number}: {line.strip()}"
        for folder in ("portal", "metering", "agents", "templates")
        for path in sorted((project / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".js"} and "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (elsewhere if "connectors" in path.parts else named).search(line)
    ]


@pytest.mark.parametrize("kind", playgrounds.kinds())
def test_without_its_folder_and_its_line_nothing_is_left_of_it(kind: str, tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert traces(kind, ROOT), "what is searched for is found where it is"
    tables = " ".join(model._meta.db_table for model in apps.get_app_config(kind).get_models())
    project.delete(kind)
    assert traces(kind, project.root) == []
    # Its database is migrated from nothing.
    project.test("tests/agents/remaining.py", DELETED=kind, DELETED_TABLES=tables)
