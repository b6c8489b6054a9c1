"""The house rules that a machine can hold: rooms, directions, the one door to state, lengths, what pages hold."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tables import APPS, app_of, models_of

ROOT = Path(__file__).resolve().parent.parent
LAYER = {name: level for level, name in enumerate(APPS)}
MODULES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if not {"migrations", "tests"} & set(path.relative_to(ROOT).parts)
)
TEMPLATES = sorted(path for folder in ("templates", *APPS) for path in (ROOT / folder).rglob("*.html"))
ACTIONS = [path for path in MODULES if path.name == "actions.py" or path.parent.name == "lifecycle"]

# Public functions of an actions.py, or of agents/lifecycle, that are no verb of their own, and why.
NO_VERB = {
    "agents.approvals.actions.answer": "chooses between the two verbs approve and refuse",
    "agents.approvals.actions.cancel_asks": "locks the tasks of all, then runs a verb on each ask",
    "agents.approvals.actions.ask_whether": "part of the verb that closes a call as unknown",
    "agents.approvals.actions.open_ask": "part of the gate's decision, whose entry it shares",
    "agents.approvals.actions.propose": "requests by the verb of grants, in one transaction with the ask's row",
    "agents.connections.actions.test": "tries outside of a transaction, then calls the verb",
    "agents.lifecycle.halting.begin": "a part of every verb that stops something",
    "agents.lifecycle.halting.end": "a part of every verb that lifts a stop",
    "agents.lifecycle.halting.end_all": "a part of the verb that ends what was stopped",
    "agents.lifecycle.halting.notify_workers": "a part of setting and lifting",
    "agents.lifecycle.tasks.cancel_barred": "runs a verb on each task",
    "agents.lifecycle.tasks.claim_task": "a conditional update; what follows it is the verb",
    "agents.lifecycle.tasks.park_task": "takes the lock under which the verb runs",
    "agents.queue.actions.hand_over": "from process to process between two steps, not an event",
    "agents.queue.actions.renew": "the heartbeat of a worker, not an event",
    "agents.schedules.actions.locked": "reads a schedule's row for the verbs on it",
    "agents.schedules.actions.new_key": "makes the key, which the verb that stores it sees only encrypted",
    "agents.lifecycle.stops.lift_stop": "an agent's stop is lifted by the verb that lets it work again",
    "agents.lifecycle.stops.set_stop": "agents and tasks are stopped by the verbs of their rooms",
    "metering.signals.actions.call_useful": "leaves no entry: others read the trail, signals are one's own",
    "portal.admin_requests.actions.prove": "counts each try, also a wrong one, then calls the verb",
    "portal.accounts.actions.create_first_admin": "invites and joins, both of them verbs",
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_the_top_level_holds_the_three_apps_and_nothing_unexpected():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    top = {line.split("/")[0] for line in listed}
    folders = {line.split("/")[0] for line in listed if "/" in line}
    assert folders <= {"portal", "agents", "metering", "templates", "tests", ".ci"}
    files = {"manage.py", "conftest.py", "pyproject.toml", "README.md", ".gitignore", "LICENSE"}
    assert top - folders <= files | {"requirements.lock", "requirements-dev.lock"}


def test_the_import_contracts_hold():
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


def test_foreign_keys_point_down_the_layers():
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in models_of()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        and LAYER.get(app_of(field.related_model), -1) > LAYER[app_of(model)]
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("path", ACTIONS, ids=name_of)
def test_every_public_function_of_an_actions_module_is_a_verb(path: Path):
    module = importlib.import_module(name_of(path))
    silent = [
        f"{module.__name__}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and not hasattr(function, "event")
    ]
    assert [name for name in silent if name not in NO_VERB] == []


def test_the_policy_uses_the_standard_library_only():
    for path in (ROOT / "agents" / "policy").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names or name.startswith("agents.policy"), (
                    path,
                    name,
                )


def test_only_the_gate_performs_calls():
    callers = {
        name_of(path)
        for path in MODULES
        if re.search(r"\.(perform|reconcile|observe|verified|news)\(", path.read_text())
    }
    assert callers == {
        "agents.gate.events",
        "agents.gate.outcomes",
        "agents.gate.performing",
        "agents.gate.shadow_observer",
    }


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short_and_say_what_they_are_for(path: Path):
    source = path.read_text()
    assert len(source.splitlines()) <= 300, "split it: 300 lines is the end"
    if source.strip() and path.name != "apps.py" and "management/__init__" not in str(path):
        assert ast.get_docstring(ast.parse(source)), "the first line says what the room is for"


@pytest.mark.parametrize("path", [one for one in MODULES if one.name == "views.py"], ids=name_of)
def test_views_are_thin_and_fetch_through_the_viewer(path: Path):
    source = path.read_text()
    assert not re.search(r"\.objects\.(get|all)\(", source), "fetch through visible_to(person)"
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.body[0].lineno + 1
            assert length <= 25, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_are_short_and_keep_the_content_security_policy(path: Path):
    source = path.read_text()
    assert len(source.splitlines()) <= 200, "put a part of it into a file of its own"
    assert max(map(len, source.splitlines()), default=0) <= 160, "what the formatter cannot break: break it"
    assert not re.search(r"\sstyle=|<style(?! id=.mail)|\son[a-z]+=|javascript:", source), "nothing inline"
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert "|safe" not in source
    assert not re.search(r"https?://(?!www\.w3\.org)", source), "nothing from elsewhere"


def test_an_agent_acts_as_itself():
    """``Acting(agent)``, so that the trail has its number: a name alone would read as if the portal had acted."""
    named = [
        f"{path}:{call.lineno}"
        for path in MODULES
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and call.args
        and re.fullmatch(r"str\(([\w.]+\.)?agent\)", ast.unparse(call.args[0]))
    ]
    assert named == []


def test_test_files_are_short():
    long = [
        path.name
        for folder in ("tests", "agents")
        for path in (ROOT / folder).rglob("test_*.py")
        if len(path.read_text().splitlines()) > 200
    ]
    assert long == []


def test_reasons_are_declared_codes_with_their_parameters():
    """No sentence is stored: ``Reason`` and ``because`` take a code of the tables and exactly its parameters."""
    from portal.reasons import codes

    wrong = []
    for path in MODULES:
        for call in (one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in {"Reason", "because", "_said"} or not call.args:
                continue
            code, spread = call.args[0], any(one.arg is None for one in call.keywords)
            given = {one.arg for one in call.keywords}
            if name == "Reason" and len(call.args) > 1:
                second = call.args[1]
                spread = spread or isinstance(second, ast.Name)
                given |= {one.value for one in second.keys} if isinstance(second, ast.Dict) else {"a text"}
            if isinstance(code, ast.Constant) and not spread and codes().get(code.value) != given:
                wrong.append(f"{name_of(path)}:{call.lineno} {code.value} {sorted(given)}")
    assert not wrong
