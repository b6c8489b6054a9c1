"""What a decision says beside its verdict: the grant's end, a yes from before, a second person, the envelope."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.asking import needs_second_person
from agents.policy.decide import decide
from agents.policy.declarations import Argument, Effect, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Agreed, Reason, Request, Verdict
from agents.policy.limits import is_number
from agents.policy.mixing import Mixed
from agents.policy.reasons import KINDS, value_of
from tests.agents.test_policy import FACTS, GOOD, GRANT, MOVE, decided

GRANTED = Reason("granted", {"until": GRANT.ends_at.isoformat()})
OUTSIDE = frozenset({("mail.read", 7)})
YES = Agreed("mail.move", 7, 1, 1, GOOD)
DELETE = replace(MOVE, effect=Effect.DESTRUCTIVE)
DELETES = {"declaration": DELETE.digest, "limits": {"folder": {"only": ["*"]}, "message": {"only": ["*"]}}}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({}, (GRANTED,)),
        ({"agreed": (YES,)}, (GRANTED, Reason("agreed"))),
        ({"shadow": True}, (GRANTED, Reason("shadow"))),
        ({"shadow": True, "agreed": (YES,)}, (GRANTED, Reason("agreed"), Reason("shadow"))),
    ],
)
def test_a_permit_says_until_when_and_why_nobody_was_asked(
    facts: dict[str, Any], reasons: tuple[Reason, ...]
):
    decision = decided(**facts)
    assert (decision.verdict, decision.reasons, decision.grant) == (Verdict.ALLOW, reasons, 1)
    assert decision.would is bool(facts.get("shadow"))


def test_a_refusal_names_the_capability_that_nobody_offers_or_granted():
    long = Request("c" * 81, 7, {}, None)
    assert decide(Evaluation(long, FACTS)).reasons == (Reason("unknown", {"capability": "c" * 80}),)
    assert decided(grants=()).reasons == (Reason("no_grant", {"capability": "mail.move"}),)


@pytest.mark.parametrize(("attended", "verdict"), [(True, Verdict.ASK), (False, Verdict.DENY)])
def test_outside_the_envelope_a_task_that_runs_alone_can_be_queued_anew(attended: bool, verdict: Verdict):
    decision = decided(envelope=OUTSIDE, attended=attended)
    (said,) = decision.reasons
    assert (decision.verdict, said.code) == (verdict, "outside_envelope")
    assert said.params["capability"] == "mail.move"
    assert said.params["again"] is (not attended)


@pytest.mark.parametrize(
    ("answered", "how"),
    [("open", "open"), ("refused", "refused"), ("expired", "expired"), ("dead", "dead"), ("lost", "dead")],
)
def test_an_ask_from_before_says_what_became_of_it(answered: str, how: str):
    decision = decided(grant={"always_ask": True}, answered=answered)
    assert (decision.verdict, decision.reasons) == (Verdict.DENY, (Reason("asked_before", {"how": how}),))


def test_what_was_allowed_before_asks_again_and_says_so():
    decision = decided(grant={"always_ask": True}, answered="approved")
    assert decision.reasons == (Reason("grant_asks"), Reason("asked_again"))
    assert decided(grant={"always_ask": True}, asks_left=0).reasons == (Reason("too_many_asks"),)
    assert decided(grant={"always_ask": True}, asks_left=1).reasons == (Reason("grant_asks"),)


@pytest.mark.parametrize("known", [FACTS.provenance, None])
def test_a_yes_from_before_answers_for_the_grant_and_never_for_a_deletion(known: Any):
    def told(capability: Any, grant: dict[str, Any], *agreed: Agreed) -> set[str]:
        found = decided(capability=capability, grant=grant, agreed=agreed, provenance=known)
        return {reason.code for reason in found.reasons} - {"origins_unknown", "granted", "agreed"}

    assert told(MOVE, {"always_ask": True}) == {"grant_asks"}
    assert told(MOVE, {"always_ask": True}, YES) == set()
    assert told(DELETE, DELETES, YES) == {"destructive"}
    assert told(DELETE, DELETES | {"always_ask": True}, YES) == {"destructive"}
    assert told(DELETE, DELETES | {"always_ask": True}) == {"destructive", "grant_asks"}


# -- a second person ----------------------------------------------------------------------------------------------

MAIL = replace(
    MOVE,
    second_person="outside",
    arguments=(
        Argument("to", Role.DEST, "To", Type.TEXTS),
        Argument("copy", Role.DEST, "Copy", Type.TEXTS, required=False),
        Argument("text", Role.CONTENT, "Text"),
    ),
)


@pytest.mark.parametrize(
    ("when", "arguments", "needed"),
    [
        ("outside", {"to": ["a@b.co", "c@b.co"], "text": "Hi"}, False),
        ("outside", {"to": ["a@b.co", "c@d.co"], "text": "Hi"}, True),
        ("outside", {"to": ["a@b.co"], "copy": ["c@d.co"], "text": "Hi"}, True),
        ("outside", {"text": "c@d.co"}, False),
        ("always", {"to": ["a@b.co"], "text": "Hi"}, True),
        ("", {"to": ["a@b.co"], "text": "Hi"}, True),
    ],
)
def test_mail_inside_the_company_needs_no_second_person(when: str, arguments: dict[str, Any], needed: bool):
    request = Request("mail.move", 7, arguments, replace(MAIL, second_person=when))
    evaluation = Evaluation(request, replace(FACTS, company_domains=frozenset({"b.co"})))
    assert needs_second_person(evaluation, replace(GRANT, second_person=True)) is needed
    assert needs_second_person(evaluation, GRANT) is False


# -- a value in a sentence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None), ("News", "News"), ("k" * 81, "k" * 80), ("a\u202eb", "a⟨U+202E⟩b"), (7, "7"), (1.5, "1.5"),
        (["a"], "['a']"), ({"a": 1}, []), (True, []),
    ],
)  # fmt: skip
def test_a_reason_keeps_a_short_text_of_a_value(value: object, kept: object):
    assert value_of(value) == kept
    assert is_number(value) is (kept in ("7", "1.5"))


@pytest.mark.parametrize(("value", "said"), [(None, "not given"), ("News", "“News”"), ([], "something else")])
def test_a_value_is_quoted(value: object, said: str):
    assert KINDS["quoted"](value) == said


@pytest.mark.parametrize(
    ("put", "asked", "found"),
    [
        ("/files/mia", "/files/mia/notes", 3),
        ("/files/mia/notes", "/files/mia", 3),
        ("/files/mia/", "/files/mia", 3),
        ("/files/./mia//x", "/FILES/mia/x", 3),
        ("/files/mia", "/files/mia2", None),
        ("a//b", "a/b", 3),
        ("/", "/home", 3),
        ("/a/b", "a/b", None),
        ("a.b", "a", 3),
        ("", "a", None),
    ],
)
def test_what_was_put_somewhere_is_found_above_and_below(put: str, asked: str, found: int | None):
    mixed = Mixed()
    mixed.put("file", put, 3)
    assert mixed.call("file", asked) == found


def test_a_bare_number_is_a_thing_of_its_kind_only_and_the_first_call_counts():
    mixed = Mixed()
    mixed.put("file", "13", 3)
    mixed.put("file", "13", 4)
    assert [mixed.call(kind, "13") for kind in ("file", "", "event")] == [3, 3, None]


def test_a_grant_that_does_not_cover_the_call_hides_none_behind_it():
    others = (replace(GRANT, id=2, connection=8), replace(GRANT, id=3, state="revoked"), GRANT)
    assert decided(grants=others).grant == 1
    assert decided(grants=others[:2]).reasons == (Reason("grant_inactive", {"state": "revoked"}),)
