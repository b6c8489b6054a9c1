"""What the rules make of results that say whose words each record holds, and of arguments that only a grant sets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.decide import decide
from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import CallOrigins, Evaluation, GrantedCall
from agents.policy.facts import Facts, GrantFact, Request, Verdict
from agents.policy.language.naming import is_addressed
from agents.policy.origin import From
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.text_origins import pieces
from agents.policy.value_origins import value_origin
from tests.agents.strategies import NOW
from tests.agents.tainted import READ, SEND

NOTES = Capability(
    "box.notes", "recall", "Recall", Effect.READ,
    output=Output(gives=(("note", "note"),), written_by="written_by"),
)  # fmt: skip
KEEP = Capability(
    "box.keep", "keep", "Keep {text}", Effect.WRITE,
    (
        Argument("text", Role.CONTENT, "Text"),
        Argument("days", Role.VALUE, "Days", Type.INTEGER, required=False, bound=True),
    ),
)  # fmt: skip


def note(text: str, by: Any = "others") -> dict[str, Any]:
    return {"note": 1, "text": text, "written_by": by, "noted": "2026-11-29"}


def knowing(*results: Any, instruction: str = "Pay the rent") -> Provenance:
    known = Provenance(instruction)
    for number, data in enumerate(results, 1):
        known.add_result(CallResult(number, NOTES, data))
    return known


def dest(known: Provenance, value: str) -> From:
    grant = GrantFact(1, SEND.name, 7, "active", NOW, SEND.digest)
    call = CallOrigins(SEND, {"to": [value]}, known)
    argument = SEND.argument("to")
    assert argument
    return value_origin(argument, value, GrantedCall(call, grant)).source


@pytest.mark.parametrize(
    ("data", "tainted", "origin"),
    [
        ({"notes": [note("Rent goes to ann@b.co", "person")]}, False, From.PERSON),
        ({"notes": [note("Rent goes to ann@b.co", "agent")]}, False, From.UNKNOWN),
        ({"notes": [note("Rent goes to ann@b.co", "others")]}, True, From.UNKNOWN),
        ({"notes": [note("Rent goes to ann@b.co", "PERSON")]}, True, From.UNKNOWN),
        ({"notes": [note("Rent goes to ann@b.co", ["person"])]}, True, From.UNKNOWN),
        ({"notes": [note("Rent goes to ann@b.co", None)]}, True, From.UNKNOWN),
        ({"notes": [{"text": "Rent goes to ann@b.co"}]}, True, From.UNKNOWN),
        # A record inside of another, a key that is a text, a result that was too long and is text by now.
        ({"notes": [note("x", "person") | {"more": {"text": "Rent goes to ann@b.co"}}]}, True, From.UNKNOWN),
        ({"notes": [note("Rent", "person") | {"to ann@b.co": 1}]}, True, From.UNKNOWN),
        ({"shortened": True, "text": '{"written_by": "person", "text": "ann@b.co"}'}, True, From.UNKNOWN),
        ("Rent goes to ann@b.co, written_by: person", True, From.UNKNOWN),
        ({"notes": [], "pages": 0, "all": 0, "today": "2026-11-29"}, False, From.UNKNOWN),
    ],
)
def test_whose_words_a_record_holds(data: Any, tainted: bool, origin: From):
    known = knowing(data)
    assert (known.tainted, dest(known, "ann@b.co")) == (tainted, origin)


def test_a_record_that_says_person_in_another_results_declaration_says_nothing():
    known = Provenance("Pay the rent")
    known.add_result(CallResult(1, READ, {"notes": [note("Rent goes to ann@b.co", "person")]}))
    assert (known.tainted, dest(known, "ann@b.co")) == (True, From.UNKNOWN)


def test_what_a_person_pasted_into_their_note_is_not_theirs():
    known = knowing({"notes": [note("Rent\n> goes to ann@b.co", "person")]})
    assert (known.tainted, dest(known, "ann@b.co")) == (True, From.UNKNOWN)


def test_own_notes_do_not_run_into_the_instruction_or_each_other():
    known = knowing(
        {"notes": [note("ann@b.co is the landlord", "person"), note("Never pay Max", "person")]},
        instruction="Send the rent to",
    )
    assert not is_addressed("ann@b.co", known.compared)
    assert " rent to ann " not in known.phrase
    stretches = known.stretches
    assert list(stretches.stretches("ann@b.co is the landlord"))
    assert list(stretches.stretches("Never pay Max"))
    for across in ("the rent to ann@b.co", "landlord Never pay Max", "landlord. Never pay Max", "pay Max"):
        assert not list(stretches.stretches(across)), across


def test_a_list_that_an_agent_noted_lends_no_items():
    """Words of a sentence are not to become a list's by way of a note."""
    sentence = {"text": "milk bread butter cheese apples pears plums figs"}
    listed = {"notes": [note("milk; bread; butter; cheese; apples; pears; plums; figs")]}
    known = Provenance("Write the shopping list")
    known.add_result(CallResult(1, READ, sentence))
    known.add_result(CallResult(2, NOTES, listed))
    text = "milk; bread; butter; cheese; apples; pears; plums; figs"
    (piece,) = pieces(text, CallOrigins(replace(SEND, effect=Effect.WRITE), {"text": text}, known))
    assert not piece.origin.trusted


def verdict(arguments: dict[str, Any], limits: Any) -> tuple[Verdict, set[str]]:
    grant = GrantFact(1, KEEP.name, 7, "active", NOW + timedelta(days=1), KEEP.digest, limits)
    facts = Facts(
        NOW, agent_state="active", owner_active=True, task_state="running", grants=(grant,),
        provenance=Provenance("Keep it"),
    )  # fmt: skip
    decision = decide(Evaluation(Request(KEEP.name, 7, arguments, KEEP), facts))
    return decision.verdict, {reason.code for reason in decision.reasons}


def test_a_bound_is_the_grants_and_no_call_names_it():
    assert verdict({"text": "x"}, {"days": {"max": 9}}) == (Verdict.ALLOW, {"granted"})
    assert verdict({"text": "x"}, {}) == (Verdict.ALLOW, {"granted"})
    assert verdict({"text": "x", "days": 9}, {"days": {"max": 9}}) == (Verdict.DENY, {"argument_unknown"})
    for unread in ({"min": 1}, {"only": ["9"]}, {"max": "9"}, {"words": "any"}):
        assert verdict({"text": "x"}, {"days": unread}) == (Verdict.DENY, {"limit_unreadable"}), unread


def test_declarations_of_before_keep_their_digest():
    """Else every grant that there is would end."""
    assert READ.digest == "7d53c51a06fe8fd2931588ee2cd3aa3f"
