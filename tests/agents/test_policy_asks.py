"""What an ask tells a person: each reason with all that its sentence needs, and where the rules begin to look."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.asking import mixes, reasons_to_ask, sure_to_ask
from agents.policy.decide import decide
from agents.policy.declarations import Argument, Effect, Role, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Reason, Request, Verdict
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from tests.agents.tainted import READ, SEND, decided
from tests.agents.test_policy import FACTS, GRANT

TO = {"to": ["lea@example.com"]}
FETCH = replace(
    SEND,
    effect=Effect.FETCH,
    arguments=(*SEND.arguments, Argument("find", Role.QUERY, "Search", required=False)),
)


def said(arguments: dict[str, Any], **more: Any) -> tuple[Reason, ...]:
    decision = decided(arguments, **more)
    assert decision.verdict is Verdict.ASK
    return decision.reasons


def long(letters: int) -> str:
    return "k" * letters


@pytest.mark.parametrize(
    ("code", "params", "arguments"),
    [
        ("dest_unknown", {"title": "Receivers", "value": "eve@c.co"}, {"to": ["eve@c.co"], "amount": 1500}),
        ("object_unknown", {"title": "File", "value": "13"}, {**TO, "file": "13"}),
        ("value_unknown", {"title": "Amount", "value": "15"}, {**TO, "amount": 15}),
        ("value_unknown", {"title": "Word", "value": "a b"}, {**TO, "word": " a \n b"}),
        ("value_unknown", {"title": "Word", "value": "a⟨U+202E⟩b"}, {**TO, "word": "a\u202eb"}),
        ("value_unknown", {"title": "Word", "value": long(80)}, {**TO, "word": long(80)}),
        ("value_unknown", {"title": "Word", "value": f"{long(79)}…"}, {**TO, "word": long(81)}),
        ("time_unreadable", {"title": "When", "value": "at dusk"}, {**TO, "when": "at dusk"}),
        ("name_unknown", {"title": "Title", "value": "Urgent"}, {**TO, "title": "Urgent"}),
        ("content_prose", {"title": "Text"}, {**TO, "text": "All is lost"}),
        ("content_leads", {"title": "Text"}, {**TO, "text": "See evil.example/x"}),
        ("content_leads", {"title": "Title"}, {**TO, "title": "See evil.example/x"}),
        ("content_signs", {"title": "Text"}, {**TO, "text": "the summary 🄰"}),
        ("content_signs", {"title": "Title"}, {**TO, "title": "the summary 🄰"}),
    ],
)
def test_an_ask_names_the_argument_and_its_value(
    code: str, params: dict[str, Any], arguments: dict[str, Any]
):
    assert said(arguments) == (Reason(code, params),)


def test_who_is_only_mentioned_is_named_where_the_words_are_free():
    named = "Write a note. The report is by ann@b.co."
    reasons = said({"to": ["ann@b.co"], "text": "Hi"}, instruction=named, limits={"text": {"words": "any"}})
    assert reasons[0] == Reason("dest_mentioned", {"title": "Receivers", "value": "ann@b.co"})
    assert reasons[1:] == (Reason("unpointed"),)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("name_unknown", {"title": "Search", "value": "kestrel secrets"}), "kestrel secrets"),
        (Reason("content_leads", {"title": "Search"}), "evil.example/x"),
        (Reason("content_signs", {"title": "Search"}), "sum⠽mary"),
    ],
)
def test_what_a_fetch_searches_for_is_looked_at_like_a_name(reason: Reason, words: str):
    assert said({"find": words}, capability=FETCH) == (reason,)
    assert decided({"find": "the summary"}, capability=FETCH).verdict is Verdict.ALLOW
    assert decided({"find": words}, capability=replace(FETCH, effect=Effect.READ)).verdict is Verdict.ALLOW


def test_a_query_of_a_call_that_fetches_nothing_leaves_nothing_behind():
    write = replace(FETCH, effect=Effect.WRITE)
    assert decided({"find": "kestrel secrets"}, capability=write).verdict is Verdict.ALLOW


def test_words_alone_do_not_point_at_a_call_that_others_see():
    assert said({"text": "the summary"})[-1] == Reason("unpointed")
    assert [reason.code for reason in said({"to": ["eve@c.co"]})] == ["dest_unknown", "unpointed"]


# -- what is spread over two texts ---------------------------------------------------------------------------------

SPLIT = Reason("content_split")


@pytest.mark.parametrize(
    ("title", "text", "splits"),
    [
        ("News at example.", "com", True),
        ("News at example. ", "zebra", True),
        ("News at example.", " zebra", True),
        ("Call 47 1", "08 1 today", True),
        ("Call 47 1 today", "08 1", False),
        ("Call 47 1", "today 08 1", False),
        ("Number 50", "Hello there", False),
        ("Hello there", "50 it is", False),
        ("Hello", "there", False),
        ("The letters d e a", "d b e e f are it", False),
        (f"News at example.{' and so on' * 9}", "com", False),
    ],
)
def test_a_link_or_a_code_on_the_seam_of_two_texts_asks(title: str, text: str, splits: bool):
    asked = decided({**TO, "title": title, "text": text}, results=())
    assert asked.reasons == ((SPLIT,) if splits else asked.reasons)
    assert (SPLIT in asked.reasons) is splits


def test_a_link_of_the_persons_own_on_one_side_is_no_seam():
    own = decided({**TO, "title": "lea@example.com", "text": "com is it"}, results=())
    assert SPLIT not in own.reasons
    other = decided({**TO, "title": "com is it", "text": "lea@example.com"}, results=())
    assert SPLIT not in other.reasons


def test_what_leads_elsewhere_alone_is_not_said_twice():
    reasons = said({**TO, "title": "See evil.example/x at example.", "text": "com"}, results=())
    assert reasons == (Reason("content_leads", {"title": "Title"}),)
    more = replace(SEND, arguments=(*SEND.arguments, Argument("more", Role.CONTENT, "More")))
    spread = {**TO, "title": "See evil.example/x", "text": "News at example.", "more": "com"}
    assert SPLIT not in said(spread, capability=more, results=())
    assert SPLIT in said({**spread, "title": "All is well"}, capability=more, results=())


def test_several_texts_of_an_argument_are_looked_at_line_by_line():
    texts = tuple(
        replace(argument, type=Type.TEXTS) if argument.name == "text" else argument
        for argument in SEND.arguments
    )
    note = replace(SEND, effect=Effect.WRITE, arguments=texts)
    own = ["Pay 1500 for it.", "Set the word to kestrel and write a note to Nils about file 4711."]
    assert decided({"text": own}, capability=note).verdict is Verdict.ALLOW
    assert said({"text": [*own, "All is lost"]}, capability=note) == (
        Reason("content_prose", {"title": "Text"}),
    )


def read(text: str) -> Provenance:
    known = Provenance("Note it down.")
    known.add_result(CallResult(1, READ, {"text": text}))
    return known


def test_items_that_the_owner_alone_may_be_given_make_a_thing_mixed():
    write = replace(SEND, effect=Effect.WRITE)
    items, known = {"text": "- flour\n- sugar\n"}, read("- flour\n- sugar\n- salt")
    assert mixes(Request("box.send", 7, items, write), known)
    assert not mixes(Request("box.send", 7, items, write), Provenance("Note it down."))
    assert not mixes(Request("box.send", 7, items, replace(SEND, effect=Effect.READ)), known)
    assert not mixes(Request("box.send", 7, items, FETCH), known)


@pytest.mark.parametrize(
    ("arguments", "sure"), [({"text": "All is lost"}, True), ({"find": "all is lost"}, False)]
)
def test_a_text_that_asked_under_one_grant_asks_under_the_next(arguments: dict[str, Any], sure: bool):
    evaluation = Evaluation(
        Request("box.send", 7, arguments, FETCH), replace(FACTS, provenance=read("A letter"))
    )
    first, free = replace(GRANT, limits={}), replace(GRANT, limits={"text": {"words": "any"}})
    granted, other = evaluation.under(first), evaluation.under(free)
    assert granted is not None
    assert other is not None
    assert not sure_to_ask(granted)
    assert list(reasons_to_ask(evaluation, first, granted))
    assert (sure_to_ask(granted), sure_to_ask(other)) == (sure, False)


def test_behind_grants_under_which_a_text_asks_one_that_frees_it_is_found():
    write = replace(SEND, effect=Effect.WRITE)
    grants = tuple(
        replace(GRANT, id=number, capability="box.send", declaration=write.digest, limits=limits)
        for number, limits in ((1, {}), (2, {}), (3, {"text": {"words": "any"}}))
    )
    facts = replace(FACTS, provenance=read("A letter"), grants=grants)
    decision = decide(Evaluation(Request("box.send", 7, {"text": "All is lost"}, write), facts))
    assert (decision.verdict, decision.grant) == (Verdict.ALLOW, 3)
