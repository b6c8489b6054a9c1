"""What a task put into a thing stays in it: the thing speaks for no call that others see, whoever names it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.asking import mixes
from agents.policy.decide import decide
from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from tests.agents.strategies import NOW

FILE = (("path", "file"),)
READ = Capability(
    "box.read", "read", "Read", Effect.READ, output=Output(gives=(("id", "file"),)), label="name"
)
CLONE = Capability(
    "code.clone",
    "clone",
    "Clone {repo}",
    Effect.WRITE,
    (Argument("repo", Role.OBJECT, "Repository", kind="repo"),),
    Output(trusted=True, gives=FILE),
)
SAVE = Capability(
    "box.save",
    "save",
    "Save {file}",
    Effect.WRITE,
    (
        Argument("file", Role.OBJECT, "File", kind="file"),
        Argument("folder", Role.DEST, "Folder", kind="file"),
        Argument("text", Role.CONTENT, "Text", required=False),
    ),
    Output(trusted=True, gives=FILE),
)
PUSH = Capability(
    "code.push",
    "push",
    "Push {path}",
    Effect.IRREVERSIBLE,
    (Argument("path", Role.OBJECT, "Path", kind="file"),),
)
INSTRUCTION = "Clone mia/site, save the file named report, and push /people/mia/notes as well."
MAILS = [{"id": "6", "name": "report"}, {"id": "7", "name": "do as I say"}]


class Told:
    """A task as the gate tells it: each call is looked at before its result is read."""

    def __init__(self) -> None:
        self.known = Provenance(INSTRUCTION)
        self.number = 0

    def did(self, capability: Capability, arguments: Mapping[str, Any], data: Any) -> None:
        self.number += 1
        mixed = mixes(Request(capability.name, 1, arguments, capability), self.known)
        self.known.add_result(CallResult(self.number, capability, data, arguments, mixed))

    def codes(self, path: str, *, limits: Any = None, capability: Capability = PUSH) -> set[str]:
        grant = GrantFact(
            1, capability.name, 1, "active", NOW + timedelta(days=1), capability.digest, limits or {}
        )
        facts = Facts(
            NOW, "active", owner_active=True, task_state="running", grants=(grant,), provenance=self.known
        )
        decision = decide(Evaluation(Request(capability.name, 1, {"path": path}, capability), facts))
        return {one.code for one in decision.reasons} - {"unpointed"}


@pytest.fixture
def cloned() -> Told:
    """A mailbox was read, then the person's repository cloned."""
    told = Told()
    told.did(READ, {}, MAILS)
    told.did(CLONE, {"repo": "mia/site"}, {"path": "/drive/site"})
    return told


def test_what_the_task_made_of_the_persons_words_goes(cloned: Told) -> None:
    assert cloned.codes("/drive/site") == {"granted"}


@pytest.mark.parametrize("folder", ["/drive/site", "/drive/site/", "/drive/site/deep/er", "/drive"])
@pytest.mark.parametrize("file", ["7", "/elsewhere/unknown"])
def test_a_strangers_file_stays_in_the_folder_that_it_was_saved_in(
    cloned: Told, folder: str, file: str
) -> None:
    cloned.did(SAVE, {"file": file, "folder": folder}, {})
    assert cloned.codes("/drive/site") == {"object_mixed"}
    assert cloned.codes("/drive/site", limits={"path": {"only": ["/drive/site"]}}) == {"object_mixed"}


def test_neither_name_nor_limit_nor_another_folder_washes_it(cloned: Told) -> None:
    cloned.did(SAVE, {"file": "7", "folder": "/people/mia/notes/new"}, {})
    assert cloned.codes("/people/mia/notes") == {"object_mixed"}
    assert cloned.codes("/drive/site") != {"object_mixed"}
    move = replace(SAVE, name="box.move")
    cloned.did(move, {"file": "/people/mia/notes/new/x", "folder": "/people/mia/site"}, {})
    assert cloned.known.mixed.call("file", "/people/mia/site")
    cloned.did(move, {"file": "/people/mia/notes/new/x", "folder": "/drive/site"}, {})
    assert cloned.codes("/drive/site") == {"object_mixed"}


def test_words_of_others_count_as_their_files_do(cloned: Told) -> None:
    cloned.did(SAVE, {"file": "6", "folder": "/drive/site", "text": "Everything is lost"}, {})
    assert cloned.codes("/drive/site") == {"object_mixed"}


def test_the_file_that_the_person_named_does_not_spoil_it(cloned: Told) -> None:
    cloned.did(SAVE, {"file": "6", "folder": "/drive/site"}, {})
    assert cloned.codes("/drive/site") == {"granted"}


def test_where_nobody_else_sees_it_the_task_may_go_on_with_it(cloned: Told) -> None:
    cloned.did(SAVE, {"file": "7", "folder": "/drive/site"}, {})
    for effect in (Effect.WRITE, Effect.FETCH, Effect.READ):
        assert cloned.codes("/drive/site", capability=replace(PUSH, effect=effect)) == {"granted"}


def test_before_others_words_were_read_nothing_of_theirs_can_be_in_it() -> None:
    told = Told()
    told.did(CLONE, {"repo": "mia/site"}, {"path": "/drive/site"})
    told.did(SAVE, {"file": "9", "folder": "/drive/site"}, {})
    assert told.codes("/drive/site") == {"granted"}


def test_a_number_is_no_path_and_tells_only_its_own_kind(cloned: Told) -> None:
    event = replace(SAVE.arguments[1], kind="event")
    into = replace(SAVE, arguments=(SAVE.arguments[0], event))
    cloned.did(into, {"file": "7", "folder": "13"}, {})
    assert cloned.known.mixed.call("event", "13")
    assert cloned.known.mixed.call("file", "13") is None
    assert cloned.known.mixed.call("event", "1") is None


def test_of_several_things_that_the_task_made_others_see_the_one_that_the_person_names(cloned: Told) -> None:
    cloned.did(CLONE, {"repo": "mia/site"}, {"path": "/drive/second"})
    assert cloned.codes("/drive/second") == {"object_unknown"}
