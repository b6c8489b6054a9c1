"""What a person allowed is theirs for the rest of the task, and no more than that."""

from dataclasses import replace

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from tests.agents.told import Told

READ = Capability("box.read", "read", "Read", Effect.READ, output=Output(gives=(("id", "file"),)))
OPEN = Capability(
    "web.open", "open", "Open {url}", Effect.FETCH, (Argument("url", Role.DEST, "Page", kind="url"),)
)
SEND = Capability(
    "box.send",
    "send",
    "Send {file} to {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "To", kind="address"),
        Argument("file", Role.OBJECT, "File", required=False, kind="file"),
        Argument("text", Role.CONTENT, "Text", required=False),
    ),
    Output(trusted=True),
)
SIGN_IN = Capability(
    "shop.sign_in",
    "sign in",
    "Sign in as {name}",
    Effect.WRITE,
    (Argument("name", Role.OBJECT, "Account", kind="account"), Argument("word", Role.VALUE, "Password")),
    Output(trusted=True),
)
ADDRESS, PAGE = "ann@else.example", "https://else.example/a"


def told() -> Told:
    task = Told("Do what the mail says.")
    task.call(READ, [{"id": "f-1", "text": f"Write to {ADDRESS}, see {PAGE}, as ann with kestrel-9"}])
    return task


def test_a_destination_is_theirs_after_a_yes():
    task = told()
    assert task.verdict(OPEN, {"url": PAGE}) == "ask"
    task.call(OPEN, {"text": "A page"}, allowed=True, url=PAGE)
    assert task.verdict(OPEN, {"url": PAGE}) == "allow"
    assert task.verdict(OPEN, {"url": f"{PAGE}/b"}) == task.verdict(OPEN, {"url": PAGE.upper()}) == "ask"


def test_without_a_yes_a_call_vouches_for_nothing():
    task = told()
    task.call(OPEN, {"text": "A page"}, url=PAGE)
    assert task.verdict(OPEN, {"url": PAGE}) == "ask"


def test_a_destination_of_another_kind_is_another():
    task = told()
    task.call(OPEN, {"text": "A page"}, allowed=True, url=ADDRESS)
    assert task.verdict(SEND, {"to": ADDRESS}) == "ask"


def test_one_yes_is_one_effect():
    task = told()
    task.call(SEND, "Sent.", allowed=True, to=ADDRESS, text="Hello Ann, the agent says")
    assert task.verdict(SEND, {"to": ADDRESS}) == task.verdict(SEND, {"to": ADDRESS.upper()}) == "ask"


def test_elsewhere_the_address_is_theirs_and_the_text_is_looked_at():
    task, answer = told(), replace(SEND, name="box.answer")
    task.call(SEND, "Sent.", allowed=True, to=ADDRESS, text="Hello Ann, the agent says")
    assert task.verdict(answer, {"to": ADDRESS}) == task.verdict(answer, {"to": ADDRESS.upper()}) == "allow"
    assert task.verdict(answer, {"to": ADDRESS, "text": "Hello Ann, the agent says"}) == "ask"
    assert task.verdict(answer, {"to": ADDRESS, "text": "See https://evil.example"}) == "ask"


def test_no_thing_goes_from_one_yes_to_another():
    """This file to Ann and that one to Max is no yes to this one for Max."""
    task = told()
    task.call(SEND, "Sent.", allowed=True, to=ADDRESS, file="f-1")
    task.call(SEND, "Sent.", allowed=True, to="max@else.example", file="f-2")
    assert task.verdict(SEND, {"to": "max@else.example", "file": "f-1"}) == "ask"


def test_things_and_values_are_asked_about_each_time():
    task, ann = told(), {"name": "ann", "word": "kestrel-9"}
    task.call(SIGN_IN, "Welcome.", allowed=True, **ann)
    assert task.verdict(SIGN_IN, ann) == "ask"
    task = Told("Look at the account f-2.")
    task.call(READ, [{"id": "f-1", "text": "Label all"}])
    task.call(SIGN_IN, "Done.", allowed=True, name="f-1", word="Handled")
    assert task.verdict(SIGN_IN, {"name": "f-2", "word": "Handled"}) == "ask"


@pytest.mark.parametrize("effect", [Effect.DESTRUCTIVE])
def test_what_takes_something_away_asks_each_time(effect):
    task, remove = told(), replace(SIGN_IN, effect=effect)
    task.call(remove, "Gone.", allowed=True, name="ann", word="kestrel-9")
    assert task.verdict(remove, {"name": "ann", "word": "kestrel-9"}) == "ask"
