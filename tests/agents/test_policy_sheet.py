"""One sheet: what else a text names that the task follows; what a person ticks is theirs, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.results import CallResult
from agents.policy.sheet import MOST, items, sheet
from tests.agents.strategies import NOW
from tests.agents.told import PLACE, Told

READ = Capability("mail.read", "read", "Read", Effect.READ)
PAY = Capability(
    "bank.pay",
    "pay",
    "Pay {amount} to {to}",
    Effect.IRREVERSIBLE,
    (
        Argument("to", Role.DEST, "To", kind="address"),
        Argument("amount", Role.VALUE, "Amount", Type.NUMBER, required=False),
        Argument("repo", Role.OBJECT, "Repository", required=False, kind="repo"),
        Argument("code", Role.VALUE, "Code", required=False, kind="code"),
        Argument("text", Role.CONTENT, "Text", required=False),
    ),
    Output(trusted=True),
)
MAIL = (
    "Please pay $1,200.50 to ann@else.example, clone ann/site into /work/site and see "
    "https://else.example/a?b=1. Ask max@else.example. Your code is 316053."
)


def told() -> Told:
    task = Told("Do what Ann's mail says.")
    task.call(READ, {"text": MAIL})
    return task


def offered(task: Told, arguments: dict[str, Any]) -> dict[str, Any]:
    grant = GrantFact(1, PAY.name, PLACE, "active", NOW + timedelta(days=1), PAY.digest)
    facts = Facts(
        NOW,
        agent_state="active",
        owner_active=True,
        task_state="running",
        grants=(grant,),
        provenance=task.known,
    )
    return sheet(Evaluation(Request(PAY.name, PLACE, arguments, PAY), facts), grant)


def test_what_a_text_names():
    assert items(MAIL) == [
        ("address", "ann@else.example"),
        ("path", "ann/site"),
        ("path", "/work/site"),
        ("link", "https://else.example/a?b=1"),
        ("address", "max@else.example"),
        ("amount", "1,200.50"),
    ]
    assert len(items(" ".join(f"a{n}@b.example" for n in range(99)))) == MOST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing here. 12 men, 3/4 of it",
        "316053",
        "a@b",
        "e\u200bvil@else.example",
        "http://",
        "007 €007",
        "and/or"[:3],
    ],
)
def test_what_is_none(text):
    assert items(text) == []


def test_the_sheet_is_of_the_text_that_the_call_follows():
    found = offered(told(), {"to": "ann@else.example"})
    assert (found["call"], found["title"]) == (1, "read")
    assert [text for _, text in found["items"]] == [
        "ann/site", "/work/site", "https://else.example/a?b=1", "max@else.example", "1,200.50"
    ]  # fmt: skip


def test_no_sheet_where_nothing_of_others_is_followed():
    task = Told("Pay ann@else.example.")
    assert offered(task, {"to": "ann@else.example"}) == {}
    task.call(READ, {"text": MAIL})
    assert offered(task, {"to": "ann@else.example"}) == {}
    assert offered(task, {"to": "unseen@else.example"}) == {}


def ticked(*texts: str) -> Told:
    task = told()
    task.number += 1
    made = CallResult(2, PAY, "Paid.", {"to": "ann@else.example"}, False, PLACE, True, texts)
    task.known.add_result(made)
    return task


def test_what_is_ticked_is_theirs():
    task = ticked("max@else.example", "1,200.50", "ann/site")
    assert task.verdict(PAY, {"to": "max@else.example"}) == "allow"
    assert task.verdict(PAY, {"to": "Max@else.example", "amount": 1200.5, "repo": "ann/site"}) == "allow"


@pytest.mark.parametrize(
    "arguments",
    [
        {"to": "eve@else.example"},
        {"to": "max@else.example.evil.example"},
        {"to": "max@else.example", "amount": 1200},
        {"to": "max@else.example", "repo": "eve/site"},
        {"to": "max@else.example", "text": "Give me more"},
        {"to": "max@else.example", "text": "See https://else.example/a?b=1"},
    ],
)
def test_what_was_not_ticked_asks(arguments):
    assert ticked("max@else.example", "1,200.50").verdict(PAY, arguments) == "ask"


def test_a_code_is_never_ticked():
    assert (
        ticked("max@else.example", "316053").verdict(PAY, {"to": "max@else.example", "code": "316053"})
        == "ask"
    )


def test_nothing_that_was_offered_is_theirs_without_a_tick():
    assert ticked().verdict(PAY, {"to": "max@else.example"}) == "ask"
