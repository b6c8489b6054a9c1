"""What a refusal tells a person: each reason with all that its sentence needs; and the sizes at which one begins."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.declarations import Argument, Role, Type
from agents.policy.facts import Reason, StopFact, Verdict
from agents.policy.rules import against_arguments, against_everything, special
from tests.agents.strategies import NOW
from tests.agents.test_policy import FACTS, GOOD, MOVE, decided

STOP = StopFact("Everything", "Ada Osei", "a test")
HOURS = {"begins": 8, "ends": 18, "zone": "UTC"}


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        (
            Reason(
                "stopped", {"scope": "Everything", "who": "Ada Osei", "why": "a test", "lifts": STOP.lifts}
            ),
            {"stops": (STOP,)},
        ),
        (Reason("agent_inactive", {"state": "stopped"}), {"agent_state": "paused"}),
        (Reason("agent_inactive", {"state": "retired"}), {"agent_state": "retired"}),
        (Reason("owner_left"), {"owner_active": False}),
        (Reason("person_left"), {"barred": "left"}),
        (Reason("person_unshared"), {"barred": "unshared"}),
        (Reason("task_not_running", {"state": "waiting"}), {"task_state": "waiting"}),
        (Reason("connection_anothers", {"whose": "Lea Brandt"}), {"anothers": "Lea Brandt"}),
        (Reason("connection_inactive"), {"connection_active": False}),
        (Reason("grant_inactive", {"state": "revoked"}), {"grant": {"state": "revoked"}}),
        (Reason("grant_ended", {"at": NOW.isoformat()}), {"grant": {"ends_at": NOW}}),
        (Reason("declaration_changed", {"capability": "mail.move"}), {"grant": {"declaration": "another"}}),
        (Reason("uses_spent"), {"grant": {"uses_left": 0}}),
        (Reason("uses_spent"), {"grant": {"uses_left": -1}}),
        (Reason("outside_hours", HOURS), {"grant": {"hours": (8, 18)}, "now": NOW.replace(hour=18)}),
        (Reason("outside_hours", HOURS), {"grant": {"hours": (8, 18)}, "now": NOW.replace(hour=7)}),
        (
            Reason("limit_unreadable", {"argument": "colour", "capability": "mail.move"}),
            {"grant": {"limits": {"colour": {"only": ["red"]}}}},
        ),
        (
            Reason("limit_unreadable", {"argument": "folder", "capability": "mail.move"}),
            {"grant": {"limits": {"folder": {"words": "any"}}}},
        ),
        (
            Reason(
                "outside_limits", {"title": "Folder", "limit": {"only": ["Archive"]}, "value": "Newsletters"}
            ),
            {"grant": {"limits": {"folder": {"only": ["Archive"]}}}},
        ),
    ],
    ids=lambda part: part.code if isinstance(part, Reason) else "",
)
def test_a_refusal_names_what_speaks_against_the_call_and_nothing_else(reason: Reason, facts: dict[str, Any]):
    assert decided(**facts).reasons == (reason,)


def test_the_last_use_of_a_grant_is_one():
    assert decided(grant={"uses_left": 1}).verdict is Verdict.ALLOW


def test_of_an_agent_that_a_stop_pauses_the_stop_speaks():
    paused = replace(FACTS, agent_state="paused", stops=(STOP,))
    assert [reason.code for reason in against_everything(paused)] == ["stopped"]
    retired = replace(paused, agent_state="retired")
    assert [reason.code for reason in against_everything(retired)] == ["stopped", "agent_inactive"]


@pytest.mark.parametrize(
    ("reason", "arguments"),
    [
        (
            Reason("argument_unknown", {"capability": "mail.move", "argument": "c" * 40}),
            {**GOOD, "c" * 41: "red"},
        ),
        (Reason("argument_missing", {"argument": "folder"}), {"message": "17"}),
        (Reason("argument_missing", {"argument": "folder"}), {**GOOD, "folder": []}),
        (Reason("argument_type", {"argument": "message", "type": "text"}), {**GOOD, "message": 17}),
        (Reason("argument_type", {"argument": "marks", "type": "texts"}), {**GOOD, "marks": "a"}),
        (Reason("argument_long", {"argument": "message", "longest": 10}), {**GOOD, "message": "1" * 11}),
        (Reason("argument_long", {"argument": "marks", "longest": 2}), {**GOOD, "marks": ["a", "b", "c"]}),
        (Reason("argument_large"), {**GOOD, "count": 2**256}),
        (Reason("argument_large"), {**GOOD, "marks": ["a"] * 9_998}),
        (Reason("argument_long", {"argument": "marks", "longest": 2}), {**GOOD, "marks": ["a"] * 9_997}),
        (
            Reason("argument_long", {"argument": "message", "longest": 10}),
            {"folder": "News", "message": "a" * (1_000_000 - len("foldermessageNews"))},
        ),
        (Reason("argument_large"), {"message": "a" * 999_980, "folder": {"b" * 100: "c"}}),
        (Reason("argument_large"), {**GOOD, "message": "a" * 1_000_000}),
        (Reason("argument_large"), {**GOOD, "a" * 1_000_000: "red"}),
        (Reason("argument_large"), {**GOOD, "message": {"a": {"b": {"c": ("d",)}}}}),
        (Reason("argument_large"), {**GOOD, "message": {"a": [("b", [])]}}),
    ],
    ids=lambda part: part.code if isinstance(part, Reason) else "",
)
def test_a_refusal_names_the_argument_that_cannot_be_read(reason: Reason, arguments: dict[str, Any]):
    assert list(against_arguments(MOVE, arguments)) == [reason]


@pytest.mark.parametrize(
    "arguments",
    [
        {**GOOD, "message": "1" * 10}, {**GOOD, "marks": ["a", "b"]}, {**GOOD, "quiet": True},
        {**GOOD, "count": 2**255}, {**GOOD, "quiet": None}, {**GOOD, "marks": []}, {**GOOD, "count": 0},
    ],
)  # fmt: skip
def test_arguments_up_to_their_bounds_are_read(arguments: dict[str, Any]):
    assert list(against_arguments(MOVE, arguments)) == []


@pytest.mark.parametrize(
    ("value", "read"),
    [(1, True), (1.5, True), (True, False), (float("nan"), False), (float("inf"), False), ("1", False)],
)
def test_a_number_is_finite_and_no_flag(value: object, read: bool):
    amount = replace(MOVE, arguments=(Argument("amount", Role.VALUE, "Amount", Type.NUMBER),))
    assert (list(against_arguments(amount, {"amount": value})) == []) is read


@pytest.mark.parametrize(
    ("value", "acts"),
    [
        ("INBOX", True), ("inbox", True), ("[Inbox]", True), ("inbox/a", True), ("a/INBOX", True), ("a\\inbox", True),
        ("a.(inbox) ", True), ("lnbox", True), ("{inbox}", True), ("outbox", False), ("inboxes", False), ("", False),
    ],
)  # fmt: skip
def test_a_value_that_other_programs_act_on_is_known_in_any_spelling_and_above_others(value: str, acts: bool):
    folder = Argument("folder", Role.DEST, "Folder", special=("INBOX",))
    assert special(folder, value) is acts


def test_a_special_value_needs_a_limit_that_names_it():
    move = replace(
        MOVE, arguments=(*MOVE.arguments, Argument("also", Role.NAME, "Also", Type.TEXTS, special=("Spam",)))
    )
    grant = {"declaration": move.digest}
    said = Reason("special_value", {"title": "Also", "value": "spam"})
    assert decided({**GOOD, "also": ["a", "spam"]}, move, grant).reasons == (said,)
    named = grant | {"limits": {"also": {"only": ["a", "spam"]}}}
    assert said not in decided({**GOOD, "also": ["a", "spam"]}, move, named).reasons


@pytest.mark.parametrize(("hours", "hour", "inside"), [((8, 18), 8, True), ((8, 18), 18, False), ((22, 6), 22, True),
    ((22, 6), 6, False), ((22, 6), 12, False), ((8, 8), 3, True)])  # fmt: skip
def test_hours_begin_with_the_first_and_end_before_the_last(hours: tuple[int, int], hour: int, inside: bool):
    facts = {"grant": {"hours": hours}, "now": NOW.replace(hour=hour)}
    assert ("outside_hours" in {reason.code for reason in decided(**facts).reasons}) is not inside
