"""One direction inside each app: no two rooms import each other, no round of modules, no import inside a function."""

import ast
from collections import Counter

from tests.import_graph import Import, _of_tree, circles, imports, mutual_rooms, sources

FOUND = imports()

# Imports inside functions: where, and why it cannot stand at the top.
READY = "models are there only when Django is ready"
PROCESS = "each process loads its own part only"
HTML = "only who reads a mail in HTML waits for its libraries: no web process, no clock and no command does"
INSIDE: dict[str, str] = {
    "agents.connectors.mail.attached._text": HTML,
    "agents.connectors.mail.body._html": HTML,
    "agents.connectors.mail.invitations._notes": HTML,
    "portal.apps.ready": READY,
    "agents.management.commands.demo._demo": "runs in a database of its own, which the command makes first",
    "agents.runtime.providers.build": "loads the model libraries, which take seconds",
    "portal.up.child.web": PROCESS,
    "portal.up.child.worker": PROCESS,
    "portal.up.child.beat": PROCESS,
}


def test_no_two_rooms_import_each_other():
    assert mutual_rooms(FOUND) == {}, "move what both need down, or what uses both up"


def test_no_modules_import_each_other_in_a_round():
    assert circles(FOUND) == []


def test_imports_stand_at_the_top_of_a_module():
    hidden = Counter(f"{found.by}.{found.function}" for found in FOUND if found.function)
    unknown = {place: number for place, number in hidden.items() if place not in INSIDE}
    assert unknown == {}, "an import inside a function hides a direction: say here why it has to"
    assert sorted(set(INSIDE) - set(hidden)) == [], "no longer there: take it out of the list"


def test_the_graph_sees_what_it_is_to_see():
    """A pair, a round of three and a hidden import, made up: the tests above would name each."""
    text = "import a.two.x\ndef late():\n    from a.three import y\n"
    modules = dict.fromkeys(("a.one.m", "a.two.x", "a.three", "a.three.y"), sources()["portal.urls"])
    found = list(_of_tree("a.one.m", ast.parse(text), modules))
    assert found == [Import("a.one.m", "a.two.x", ""), Import("a.one.m", "a.three.y", "late")]
    back = [
        *found,
        Import("a.two.z", "a.one.m", ""),
        Import("a.three.y", "a.four", ""),
        Import("a.four", "a.one.m", ""),
    ]
    assert list(mutual_rooms(back)) == [("a.one", "a.two")]
    assert circles(back) == [["a.four", "a.one.m", "a.three.y"]]
