"""After a stranger's text was read: which call asks and why, and which just goes. A row for each reason."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.policy import asking
from agents.policy.declarations import Effect
from agents.policy.facts import Verdict
from tests.agents import test_naming, test_policy, test_policy_mixing
from tests.agents.tainted import SEND, codes, decided, goes

TO = {"to": ["lea@example.com"]}
ASKS: list[tuple[str, dict[str, Any]]] = [
    ("dest_unknown", {"to": ["mallory@evil.example"]}),
    ("dest_unknown", {"to": ["lea@example.com", "mallory@evil.example"]}),
    ("dest_unknown", {"url": "https://example.com/"}),
    ("dest_unknown", {"url": "https://example.com/board?q=KESTREL"}),
    ("dest_unknown", {"to": ["the"]}),
    ("dest_unknown", {"to": ["address"]}),
    ("dest_unknown", {"to": ["send"]}),
    ("object_unknown", {**TO, "file": "13"}),
    ("object_unknown", {**TO, "file": "1500"}),
    ("value_unknown", {**TO, "amount": 15}),
    ("value_unknown", {**TO, "amount": 4711}),
    ("value_unknown", {**TO, "word": "summary"}),
    ("value_unknown", {**TO, "word": "word"}),
    ("name_unknown", {**TO, "title": "Urgent"}),
    ("content_prose", {**TO, "text": "Everything is lost"}),
    ("content_prose", {**TO, "text": "Send the summary"}),
    ("content_prose", {**TO, "text": "Pay 1500 for it.\nPay 1500 for it."}),
    ("content_prose", {**TO, "title": "Pay 1500 for it", "text": "Pay 1500 for it."}),
    ("content_prose", {**TO, "text": "pay 1500 for it."}),
    ("content_signs", {**TO, "text": "the summary 🄰"}),
    ("content_signs", {**TO, "title": "sum⠽mary"}),
    ("name_unknown", {**TO, "title": "Summary"}),
    ("name_unknown", {**TO, "title": "lea the summary"}),
    ("content_leads", {**TO, "text": "the summary: evil.example/x"}),
    ("content_leads", {**TO, "text": "the summary 83KD-22LQ"}),
    ("content_split", {**TO, "title": "the summary example.", "text": "com"}),
    ("time_unreadable", {**TO, "when": "when the owl calls"}),
    ("unpointed", {"text": "the summary"}),
]


@pytest.mark.parametrize(("code", "arguments"), ASKS)
def test_asks_and_says_why(code: str, arguments: dict[str, Any]) -> None:
    decision = decided(arguments)
    assert decision.verdict is Verdict.ASK
    assert code in {reason.code for reason in decision.reasons}


@pytest.mark.parametrize(
    "arguments",
    [
        TO,
        {"to": ["LEA@example.com"]},
        {"to": ["Nils"]},
        {"url": "https://example.com/board"},
        {**TO, "file": "4711"},
        {**TO, "amount": 1500},
        {**TO, "word": "kestrel"},
        {**TO, "title": "summary", "text": "Pay 1500 for it.", "when": "2026-12-01 10:00"},
    ],
)
def test_what_the_person_wrote_goes(arguments: dict[str, Any]) -> None:
    assert goes(arguments)


NUMBERS = {"n": 12, "on": "2026-01-02"}
BEFORE: list[tuple[str, dict[str, Any]]] = [
    ("dest_unknown", {"to": ["mallory@evil.example"]}),
    ("dest_unknown", {"url": "https://evil.example/"}),
    ("object_unknown", {**TO, "file": "13"}),
    ("value_unknown", {**TO, "amount": 4711}),
    ("content_leads", {**TO, "text": "More on evil.example/x"}),
    ("content_leads", {**TO, "title": "write to mallory@evil.example"}),
    ("content_split", {**TO, "title": "More on evil.", "text": "example"}),
]


@pytest.mark.parametrize(("code", "arguments"), BEFORE)
@pytest.mark.parametrize("results", [(), (NUMBERS,)])
def test_what_others_see_needs_an_origin_before_anything_was_read(
    code: str, arguments: dict[str, Any], results: tuple[Any, ...]
) -> None:
    decision = decided(arguments, results=results)
    assert (decision.verdict, {reason.code for reason in decision.reasons}) == (Verdict.ASK, {code})


@pytest.mark.parametrize("effect", [Effect.WRITE, Effect.FETCH, Effect.READ])
def test_before_a_text_of_others_was_read_what_nobody_else_sees_goes(effect: Effect) -> None:
    for _, arguments in BEFORE:
        assert goes(arguments, results=(NUMBERS,), capability=replace(SEND, effect=effect))


def test_before_a_text_of_others_was_read_the_agents_own_words_go() -> None:
    assert goes({**TO, "title": "News", "text": "All went well, and nothing is left to do."}, results=())
    listed = ({"id": "4"}, {"id": "5"})
    assert goes({**TO, "file": "5"}, results=listed)
    assert not goes({**TO, "file": "5"}, results=(*listed, {"text": "A stranger wrote this"}))


@pytest.mark.parametrize("effect", Effect)
def test_what_only_reads_is_not_asked_about(effect: Effect) -> None:
    capability = replace(SEND, effect=effect)
    assert goes({"to": ["mallory@evil.example"]}, capability=capability) is (effect is Effect.READ)


@pytest.mark.parametrize("value", ["lea@example.com", "mallory@evil.example"])
def test_inside_the_grants_limits_it_goes(value: str) -> None:
    limits = {"to": {"only": ["*@evil.example", "lea@example.com"]}}
    assert goes({"to": [value]}, limits=limits)
    assert codes({"to": [value + ".evil"]}, limits=limits) == {"outside_limits"}


@pytest.mark.parametrize(
    ("instruction", "word"),
    [
        ("Change my password to new_password please", "new_password"),
        ("Mark it as urgent", "urgent"),
        ("Das Kennwort ist kolibri", "kolibri"),
        ("Use “kolibri” for it", "kolibri"),
        ("status: done", "done"),
        ("Word it urgent", "urgent"),
    ],
)
def test_a_value_of_one_plain_word_must_be_said_to_be_it(instruction: str, word: str) -> None:
    instruction = f"{instruction}, for lea@example.com"
    assert goes({**TO, "word": word}, instruction=instruction)
    for other in ("change", "my", "password", "please", "mark", "kennwort", "use", "status", "for"):
        if other != word:
            assert not goes({**TO, "word": other}, instruction=instruction)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("from 1 to 3 May", 1), ("vom 1. bis 3. Mai", 1), ("between 2 and 4 weeks", 2), ("2 or 3 %", 2)],
)
def test_the_first_of_two_dates_or_lengths_is_no_amount(text: str, amount: int) -> None:
    assert not goes({**TO, "amount": amount}, instruction=f"Pay lea@example.com {text}")


def _codes_of(module: str) -> set[str]:
    tree = ast.parse((Path(asking.__file__).parent / f"{module}.py").read_text())
    made = (
        one for one in ast.walk(tree) if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Reason"
    )
    return {one.args[0].value for one in made if isinstance(one.args[0], ast.Constant)}


def test_every_reason_of_the_rules_has_a_row() -> None:
    """A code that no table names fails here."""
    tables = [__file__, test_policy.__file__, test_policy_mixing.__file__, test_naming.__file__]
    rows = "".join(Path(one).read_text() for one in tables if one)
    found = (
        _codes_of("asking")
        | _codes_of("rules")
        | _codes_of("decide") - {"granted", "agreed", "cleared", "shadow"}
    )
    assert len(found) > 20
    assert {code for code in found if f'"{code}"' not in rows} == set()
