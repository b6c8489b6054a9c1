"""The decision on a call, rule by rule."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.decide import decide
from agents.policy.declarations import A_DAY, Argument, Capability, Effect, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Decision, Facts, GrantFact, Request, StopFact, Verdict
from agents.policy.provenance import Provenance
from portal.reasons import because, render_reason
from tests.agents.strategies import NOW

MOVE = Capability(
    "mail.move",
    "move messages",
    "Move {message} to {folder}",
    Effect.WRITE,
    (
        Argument("message", Role.OBJECT, "Message", longest=10),
        Argument("folder", Role.DEST, "Folder"),
        Argument("marks", Role.NAME, "Marks", Type.TEXTS, required=False, longest=2),
        Argument("quiet", Role.VALUE, "Quiet", Type.FLAG, required=False),
        Argument("count", Role.VALUE, "Count", Type.INTEGER, required=False),
        Argument("a_day", Role.VALUE, "Calls a day", Type.INTEGER, kind=A_DAY, required=False, bound=True),
    ),
)
GRANT = GrantFact(
    1, "mail.move", 7, "active", NOW + timedelta(days=1), MOVE.digest, {"folder": {"only": ["News*"]}}
)
FACTS = Facts(
    NOW,
    agent_state="active",
    owner_active=True,
    task_state="running",
    grants=(GRANT,),
    provenance=Provenance("Sort the inbox."),
)
GOOD = {"message": "17", "folder": "Newsletters"}


def decided(
    arguments: Any = None, capability: Capability | None = MOVE, grant: Any = None, **facts: Any
) -> Decision:
    """The decision where all is well but for what is said."""
    found = replace(FACTS, **facts)
    if grant is not None:
        found = replace(found, grants=(replace(GRANT, **grant),))
    return decide(
        Evaluation(Request("mail.move", 7, GOOD if arguments is None else arguments, capability), found)
    )


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def test_a_live_grant_that_covers_it_allows() -> None:
    decision = decided()
    assert (decision.verdict, decision.grant, decision.would) == (Verdict.ALLOW, 1, False)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("stopped", {"stops": (StopFact("Everything", "Ada Osei", "a test"),)}),
        ("agent_inactive", {"agent_state": "paused"}),
        ("agent_inactive", {"agent_state": "anything else"}),
        ("owner_left", {"owner_active": False}),
        ("connection_anothers", {"anothers": "Lea Brandt"}),
        ("person_left", {"barred": "left"}),
        ("person_unshared", {"barred": "unshared"}),
        ("task_not_running", {"task_state": "waiting"}),
        ("connection_inactive", {"connection_active": False}),
        ("no_grant", {"grants": ()}),
        ("no_grant", {"grant": {"connection": 8}}),
        ("no_grant", {"grant": {"capability": "mail.read"}}),
        ("grant_inactive", {"grant": {"state": "revoked"}}),
        ("grant_inactive", {"grant": {"state": "requested"}}),
        ("grant_ended", {"grant": {"ends_at": NOW}}),
        ("declaration_changed", {"grant": {"declaration": "another"}}),
        ("uses_spent", {"grant": {"uses_left": 0}}),
        ("day_spent", {"grant": {"limits": {"a_day": {"max": 2}}, "used_today": 2}}),
        ("outside_hours", {"grant": {"hours": (0, 24), "zone": "Mars/Base"}}),
        ("outside_hours", {"grant": {"hours": (8, 18)}, "now": NOW.replace(hour=18)}),
        ("outside_hours", {"grant": {"hours": (22, 6)}, "now": NOW.replace(hour=6)}),
        ("outside_hours", {"grant": {"hours": (8, 18), "zone": "Asia/Tokyo"}}),
        ("outside_envelope", {"envelope": frozenset()}),
        ("outside_envelope", {"envelope": frozenset({("mail.move", 8)})}),
        ("asked_before", {"grant": {"always_ask": True}, "answered": "refused"}),
        ("too_many_asks", {"grant": {"always_ask": True}, "asks_left": 0}),
        ("limit_unreadable", {"grant": {"limits": {"colour": {"only": ["red"]}}}}),
        ("outside_limits", {"grant": {"limits": {"folder": {"only": ["Archive"]}}}}),
        ("outside_limits", {"grant": {"limits": {"folder": {}}}}),
        ("outside_limits", {"grant": {"limits": {"count": {"max": 3}}}}),
    ],
)
def test_denied(code: str, facts: dict[str, Any]) -> None:
    decision = decided(**facts)
    assert decision.verdict is Verdict.DENY
    assert code in codes(decision)
    assert all(render_reason(because(one.code, **one.params)).endswith(".") for one in decision.reasons)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("argument_unknown", {**GOOD, "colour": "red"}),
        ("argument_missing", {"message": "17"}),
        ("argument_missing", {**GOOD, "message": ""}),
        ("argument_type", {**GOOD, "message": 17}),
        ("argument_type", {**GOOD, "quiet": "yes"}),
        ("argument_type", {**GOOD, "quiet": 1}),
        ("argument_type", {**GOOD, "count": True}),
        ("argument_type", {**GOOD, "count": 1.0}),
        ("argument_type", {**GOOD, "marks": "a"}),
        ("argument_type", {**GOOD, "marks": ["a", 1]}),
        ("argument_large", {**GOOD, "message": [[[[["17"]]]]]}),
        ("argument_large", {**GOOD, "count": 10**400}),
        ("argument_long", {**GOOD, "message": "1" * 11}),
        ("argument_long", {**GOOD, "marks": ["a", "b", "c"]}),
    ],
)
def test_arguments_that_cannot_be_read_are_denied(code: str, arguments: dict[str, Any]) -> None:
    decision = decided(arguments)
    assert decision.verdict is Verdict.DENY
    assert code in codes(decision)


def test_an_unknown_capability_is_denied() -> None:
    assert codes(decided(capability=None)) == {"unknown"}


DESTROY = replace(MOVE, effect=Effect.DESTRUCTIVE)
OUTWARDS = replace(MOVE, second_person="outside")


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("grant_asks", {"grant": {"always_ask": True}}),
        ("destructive", {"capability": DESTROY, "grant": {"declaration": DESTROY.digest}}),
        ("outside_envelope", {"envelope": frozenset(), "attended": True}),
        ("second_person", {"grant": {"second_person": True}}),
        (
            "second_person",
            {"capability": OUTWARDS, "grant": {"declaration": OUTWARDS.digest, "second_person": True}},
        ),
        ("origins_unknown", {"provenance": None}),
    ],
)
def test_asks(code: str, facts: dict[str, Any]) -> None:
    decision = decided(**facts)
    assert decision.verdict is Verdict.ASK
    assert code in codes(decision)
    assert decision.second_person is (code == "second_person")
    again = decided(**facts, answered="approved")
    assert (again.verdict, codes(again)) == (Verdict.ASK, {*codes(decision), "asked_again"})
    assert decided(**facts, answered="approved", asks_left=0).verdict is Verdict.DENY
    for said in ("refused", "expired", "dead", "open"):
        assert codes(decided(**facts, answered=said)) == {"asked_before"}


@pytest.mark.parametrize(("hours", "hour"), [((8, 18), 8), ((8, 18), 17), ((22, 6), 23), ((22, 6), 5)])
def test_within_its_hours_a_grant_holds(hours: tuple[int, int], hour: int) -> None:
    assert decided(grant={"hours": hours}, now=NOW.replace(hour=hour)).verdict is Verdict.ALLOW


def test_a_grant_that_does_not_ask_is_used_before_one_that_does() -> None:
    asking, plain = replace(GRANT, id=2, always_ask=True), replace(GRANT, id=3)
    assert decided(grants=(asking, plain)).grant == 3
    assert decided(grants=(asking, replace(plain, uses_left=0))).grant == 2


def test_the_reason_of_the_live_grant_is_the_one_that_is_given() -> None:
    live, ended = replace(GRANT, limits={"folder": {"only": ["Archive"]}}), replace(GRANT, state="revoked")
    assert codes(decided(grants=(live, ended))) == {"outside_limits"}


@pytest.mark.parametrize("always_ask", [False, True])
def test_in_shadow_reads_run_and_the_rest_is_only_recorded(always_ask: bool) -> None:
    for effect in Effect:
        capability = replace(MOVE, effect=effect)
        grant = {"declaration": capability.digest, "always_ask": always_ask}
        assert decided(capability=capability, grant=grant, shadow=True).would is (effect is not Effect.READ)
