"""What an answer may give back to whom it came from, what only its person reads, and notes: what asks, and what not."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.answers import unanswered
from agents.policy.asking import untrusted_arguments
from agents.policy.decide import decide
from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import CallOrigins, Evaluation, GrantedCall
from agents.policy.facts import Facts, GrantFact, Request
from agents.policy.limits import ANY_WORDS
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.shapes import shape
from tests.agents.strategies import NOW

READ = Capability(
    "post.read",
    title="read",
    says="Read",
    effect=Effect.READ,
    output=Output(trusted=False, gives=(("id", "message"),), author="from"),
)
DRAFT = Capability(
    "post.draft",
    title="draft",
    says="Draft",
    effect=Effect.WRITE,
    arguments=(
        Argument("answers", Role.OBJECT, "Answers", required=False, kind="message", answers=True),
        Argument("to", Role.DEST, "To", kind="address", type=Type.TEXTS),
        Argument("subject", Role.NAME, "Subject"),
        Argument("text", Role.CONTENT, "Text"),
        Argument("why", Role.NOTE, "Why", required=False),
    ),
)
MAIL = {
    "id": "m1",
    "from": "Ann <ann@out.example>",
    "subject": "Order #10432 and key 771-993-20",
    "text": "Hello,\nwhen does order #10432 come? My code is 55 66 77 88.\nSee http://x.example/a1b2c3 please.",
}
GRANT = GrantFact(
    1, DRAFT.name, 1, "active", NOW, DRAFT.digest, {"to": {"only": ["*"]}, "subject": ANY_WORDS, "text": ANY_WORDS}
)  # fmt: skip


def codes(**call: Any) -> set[str]:
    known = Provenance("Sort the inbox and draft answers.", own=["mia@example.com"])
    known.add_result(CallResult(1, READ, MAIL))
    given = {"answers": "m1", "to": ["ann@out.example"], "subject": "Re: Hello", "text": "Hello.", **call}
    origins = CallOrigins(DRAFT, given, known)
    return {reason.code for reason in untrusted_arguments(GrantedCall(origins, GRANT))}


QUOTED = "Hello Ann,\n\n> when does order #10432 come?\n\nSoon.\n"
OTHER = ["bob@out.example"]
CALLS = [
    ({}, set()),
    ({"subject": f"Re: {MAIL['subject']}"}, set()),
    ({"subject": MAIL["subject"]}, set()),
    ({"subject": f"Re: Re: {MAIL['subject']}"}, {"content_leads"}),
    ({"subject": "Re: Order #10432"}, {"content_leads"}),
    ({"subject": "Re: Order #10433 and key 771-993-20"}, {"content_leads"}),
    ({"subject": f"Re: {MAIL['subject']}", "to": OTHER}, {"content_leads"}),
    ({"subject": f"Re: {MAIL['subject']}", "to": ["ann@out.example", *OTHER]}, {"content_leads"}),
    ({"subject": f"Re: {MAIL['subject']}", "answers": ""}, {"content_leads"}),
    ({"subject": f"Re: {MAIL['subject']}", "answers": "m2"}, {"content_leads", "object_unknown"}),
    ({"text": QUOTED}, set()),
    ({"text": QUOTED.replace("#10432", "#10499")}, {"content_leads"}),
    ({"text": QUOTED.replace("> ", "")}, {"content_leads"}),
    ({"text": QUOTED + "The code is 99812."}, {"content_leads"}),
    ({"text": "> My code is 55 66 77 88.\n> when does order #10432 come?\n"}, {"content_leads"}),
    ({"text": "> See http://x.example/a1b2c3 please.\n"}, {"content_leads"}),
    ({"text": "> order #104\n"}, set()),
    ({"text": QUOTED, "to": OTHER}, {"content_leads"}),
    ({"why": "code 55 66 77 88, see http://x.example"}, set()),
]


@pytest.mark.parametrize(
    ("call", "asks"), CALLS, ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:60]
)
def test_an_author_gets_their_own_words_back_and_nobody_else(call, asks):
    assert codes(**call) == asks


def test_no_call_that_others_see_gives_anything_back():
    known = Provenance("Sort the inbox.")
    known.add_result(CallResult(1, READ, MAIL))
    given = {"answers": "m1", "to": ["ann@out.example"], "subject": MAIL["subject"]}
    sent = CallOrigins(replace(DRAFT, effect=Effect.IRREVERSIBLE), given, known)
    assert unanswered(DRAFT.arguments[2], MAIL["subject"], sent) == MAIL["subject"]


TELL = Capability(
    "room.tell",
    title="tell",
    says="Tell {to}",
    effect=Effect.IRREVERSIBLE,
    arguments=(
        Argument("to", Role.DEST, "To", kind="reader", type=Type.TEXTS),
        Argument("text", Role.CONTENT, "Text"),
    ),
)


def told(*to: str, text: str = "It came from outside.", tells: bool = True, **grant: Any) -> set[str]:
    known = Provenance("Sort the inbox and tell me.", own=["mia@example.com"])
    known.add_result(CallResult(1, READ, MAIL))
    held = GrantFact(1, TELL.name, 1, "active", NOW.replace(year=2030), TELL.digest, **grant)
    facts = Facts(
        NOW, "active", owner_active=True, task_state="running", grants=(held,), provenance=known, tells=tells
    )
    request = Request(TELL.name, 1, {"to": list(to), "text": text}, TELL)
    return {reason.code for reason in decide(Evaluation(request, facts)).reasons}


def test_what_only_its_own_person_reads_needs_no_yes():
    assert told("mia@example.com") == {"granted"}
    assert told("Mia@Example.com") == {"granted"}
    assert told("mia@example.com", tells=False) == {"content_prose"}
    assert "content_prose" in told("mia@example.com", "eve@example.com")
    assert "content_prose" in told("eve@example.com")
    assert "content_prose" in told("mіa@example.com")  # a Cyrillic letter
    assert told("mia@example.com", text="See http://x.example/a1b2c3") == {"content_leads"}
    assert told("mia@example.com", text="It is 55 66 77 88") == {"content_leads"}
    assert told("mia@example.com", always_ask=True) == {"grant_asks"}
    assert told("mia@example.com", second_person=True) == {"second_person"}


def test_a_note_changes_neither_the_declaration_nor_the_shape_of_a_call():
    plain = replace(DRAFT, arguments=tuple(replace(one, answers=False) for one in DRAFT.arguments[:-1]))
    assert DRAFT.digest == plain.digest
    given = {"to": ["ann@out.example"], "subject": "a", "text": "b"}
    assert shape(DRAFT, 1, {**given, "why": "x"}) == shape(DRAFT, 1, given)
    assert replace(READ, output=replace(READ.output, author="")).digest == READ.digest
