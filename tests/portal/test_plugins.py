"""The registry: a plug-in that is missing, wrong or twice there is one clear line at start."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from portal import plugins
from portal.celery import app
from portal.personal_data import PersonalData, Table
from portal.plugins import Beat, Plugin, problems

ROOT = Path(__file__).resolve().parents[2]
Put = Callable[[str, Any], str]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Makes ``name.plugin`` with this ``PLUGIN``."""

    def make(name: str, plugin: Any) -> str:
        package, module = ModuleType(name), ModuleType(f"{name}.plugin")
        package.__path__ = []
        module.PLUGIN = plugin
        monkeypatch.setitem(sys.modules, name, package)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return name

    yield make
    plugins._loaded.cache_clear()


def test_each_entry_of_the_settings_brings_its_plugin(settings: Any, put: Put) -> None:
    first, second = Plugin(), Plugin()
    settings.PLUGINS = [put("first_one", first), put("second_one", second)]
    assert plugins.by_app() == {"first_one": first, "second_one": second}
    assert plugins.installed() == (first, second)


def refused(settings: Any, *names: str) -> str:
    settings.PLUGINS = list(names)
    with pytest.raises(ImproperlyConfigured) as caught:
        plugins.installed()
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_a_path_that_nothing_is_at_is_named(settings: Any, put: Put) -> None:
    assert refused(settings, "agents.connectors.fax") == (
        "PLUGINS: there is no module agents.connectors.fax.plugin."
    )
    assert refused(settings, "nowhere") == "PLUGINS: there is no module nowhere.plugin."


def test_what_a_plugin_itself_misses_is_not_blamed_on_its_path(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'slack_sdk'", name="slack_sdk")

    monkeypatch.setattr(plugins, "import_module", broken)
    settings.PLUGINS = ["agents.connectors.slack"]
    with pytest.raises(ModuleNotFoundError, match="slack_sdk"):
        plugins.installed()


@pytest.mark.parametrize("wrong", [None, {"links": 1}, Plugin, "portal"])
def test_what_is_no_plugin_is_named(settings: Any, put: Put, wrong: Any) -> None:
    assert refused(settings, put("odd", wrong)) == "PLUGINS: odd.plugin.PLUGIN is no Plugin."


def test_an_entry_that_is_there_twice_is_named(settings: Any, put: Put) -> None:
    name = put("first_one", Plugin())
    assert refused(settings, name, name) == "PLUGINS: first_one is there twice."


@pytest.mark.parametrize(
    ("field", "value", "wanted"),
    [
        ("links", [], "function"),
        ("on_person_leaves", None, "function"),
        ("successor_form", "agents.succession.forms.SuccessorForm", "function"),
        ("urls", "agents.registry.urls", "list"),
        ("checks", len, "list"),
        ("beats", [Beat("portal.seal", 15)], "mapping"),
        ("personal_data", "agents.mydata", "PersonalData"),
    ],
)
def test_a_field_of_a_wrong_type_is_named(
    settings: Any, put: Put, field: str, value: Any, wanted: str
) -> None:
    said = refused(settings, put("odd", Plugin(**{field: value})))
    assert said == f"PLUGINS: odd: {field} is no {wanted}."


class Happened(models.TextChoices):
    THIS = "odd.happened", "happened to"


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ({"urls": [("a/", "odd.urls")]}, "module of URLs odd.urls"),
        ({"events": Happened}, "event odd.happened"),
        ({"reasons": {"odd": "It is odd."}}, "reason odd"),
        ({"reason_kinds": {"odd": str}}, "kind of a reason's field odd"),
        ({"beats": {"odd": Beat("odd.odd", 1)}}, "beat odd"),
        ({"database_grants": {"odd_table": "SELECT"}}, "table odd_table"),
        (
            {"personal_data": PersonalData("Odd", (Table("odd", "odd.Odd", ("person",), "Odd.", "Gone."),))},
            "personal data odd",
        ),
    ],
)
def test_what_two_plugins_bring_is_named(brought: dict[str, Any], said: str) -> None:
    found = {"first_one": Plugin(**brought), "second_one": Plugin(**brought)}
    assert list(problems(found)) == [f"second_one and first_one both bring the {said}."]


def test_what_is_installed_has_no_problem_and_every_beat_has_its_worker() -> None:
    assert list(problems(plugins.by_app())) == []
    app.loader.import_default_modules()
    assert {beat.worker for beat in plugins.beats().values()} <= set(app.tasks)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("agents.connectors.fax", "there is no app agents.connectors.fax."),
        ("agents.policy", "there is no module agents.policy.plugin."),
    ],
)
def test_a_wrong_line_is_one_line_of_every_command(tmp_path: Path, name: str, said: str) -> None:
    odd = f"from portal.settings import *\nPLUGINS.append({name!r})\nINSTALLED_APPS.append({name!r})\n"
    (tmp_path / "odd_settings.py").write_text(odd)
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "odd_settings"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert run.stderr.strip() == f"PLUGINS: {said}"


def test_a_field_that_is_left_out_brings_nothing() -> None:
    plugin = Plugin()
    assert [*plugin.links(None), *plugin.home_parts(None), *plugin.leaving_means(None)] == []
