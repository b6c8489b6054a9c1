"""What a declaration says: what a grant may narrow, its digest, a call in words; and what a call brought back."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.policy.evaluation import CallOrigins, Evaluation, GrantedCall
from agents.policy.facts import Agreed, Request
from agents.policy.limits import ANY_WORDS
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult, Identifier
from tests.agents.test_policy import FACTS, GRANT

TO = Argument("to", Role.DEST, "Receiver")
TITLE = Argument("title", Role.NAME, "Title")
TEXT = Argument("text", Role.CONTENT, "Text")
QUERY = Argument("query", Role.QUERY, "Query")
POST = Capability(
    "x.post", "post", "Post {title} to {to}", Effect.WRITE, (TO, TITLE, TEXT, QUERY), tells="to"
)


def test_a_grant_may_narrow_where_it_goes_and_what_it_touches_and_free_only_words():
    assert [role for role in Role if Argument("x", role, "X").limitable] == [
        Role.DEST,
        Role.OBJECT,
        Role.VALUE,
    ]
    assert [role for role in Role if Argument("x", role, "X").worded] == [Role.NAME, Role.CONTENT]


def test_an_argument_is_found_by_its_name():
    assert POST.argument("title") == TITLE
    assert POST.argument("body") is None


def test_every_part_of_a_declaration_is_pinned_and_a_later_one_only_where_it_says_something():
    assert POST.digest == "0a993eca7970d3f5ffd9b430003dadb2"
    assert replace(POST, max_days=91).digest != POST.digest
    for said in ({"called": ("page",)}, {"place": True}, {"special": ("Trash",)}, {"longest": 3}):
        other = replace(POST, arguments=(replace(TO, **said), TITLE, TEXT, QUERY))
        assert other.digest != POST.digest


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Ann", "Ann"), ("", "…"), (None, "…"), (0, "0"), ("a\n  b", "a b"), ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"), ("a\u202eb", "a⟨U+202E⟩b"), (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d", 5], "a, b, c and 2 more"), (["a", "b", "c", "d"], "a, b, c and 1 more"),
        (["a\u200b"], "a⟨U+200B⟩"), ([], ""),
    ],
)  # fmt: skip
def test_a_call_in_words_shows_short_values_in_which_nothing_hides(value: Any, shown: str):
    assert POST.sentence({"to": value, "title": "News"}) == f"Post News to {shown}"


@pytest.mark.parametrize(
    ("effect", "told", "reaches", "shared", "worded"),
    [
        (Effect.READ, "", False, False, "title text"), (Effect.FETCH, "", False, True, "title text query"),
        (Effect.WRITE, "", False, False, "title text"), (Effect.WRITE, "ann@b.co", True, True, "title text"),
        (Effect.WRITE, None, False, False, "title text"), (Effect.IRREVERSIBLE, "", True, True, "title text"),
        (Effect.DESTRUCTIVE, "", True, True, "title text"),
    ],
)  # fmt: skip
def test_who_sees_what_a_call_does_and_which_words_it_holds(
    effect: Effect, told: Any, reaches: bool, shared: bool, worded: str
):
    given = {"to": told, "title": "News", "text": "All is well", "query": "rain"}
    call = CallOrigins(replace(POST, effect=effect), given, Provenance(""))
    assert (call.reaches_others, call.shared) == (reaches, shared)
    assert " ".join(argument.name for argument in call.worded) == worded


def test_a_write_that_tells_nobody_reaches_nobody_and_words_that_are_not_given_bind_nobody():
    call = CallOrigins(replace(POST, tells=""), {"to": "ann@b.co", "title": "", "text": "Hi"}, Provenance(""))
    assert not call.reaches_others
    assert [argument.name for argument in call.worded] == ["text"]


def test_words_are_bound_to_the_persons_where_neither_grant_nor_person_frees_them():
    call = CallOrigins(POST, {"title": "News", "text": "Hi"}, Provenance(""))
    free = replace(GRANT, limits={"text": ANY_WORDS})
    assert GrantedCall(call, replace(GRANT, limits={})).bound == ("title", "text")
    assert GrantedCall(call, free).bound == ("title",)
    assert GrantedCall(call, free).free(TEXT)
    assert not GrantedCall(call, free).free(TITLE)
    assert GrantedCall(call, free, Agreed("x.post", 7, 1, 1, {})).bound == ()


def test_a_call_that_nobody_declares_has_no_yes():
    agreed = Agreed("x.post", 7, 1, 1, {})
    facts = replace(FACTS, agreed=(agreed,))
    assert Evaluation(Request("x.post", 7, {}, POST), facts).agreed(GRANT) is agreed
    assert Evaluation(Request("x.post", 7, {}, None), facts).agreed(GRANT) is None


@pytest.mark.parametrize(
    ("yes", "counts"),
    [
        ({}, True), ({"arguments": {"to": "ann", "title": "Other"}}, True), ({"arguments": {"to": "bob"}}, False),
        ({"capability": "x.other"}, False), ({"connection": 8}, False), ({"grant": 2}, False), ({"version": 2}, False),
    ],
)  # fmt: skip
def test_a_yes_counts_for_the_same_call_with_other_words_under_the_same_grant(yes: Any, counts: bool):
    agreed = replace(Agreed("x.post", 7, 1, 1, {"to": "ann"}), **yes)
    request = Request("x.post", 7, {"to": "ann", "title": "News"}, POST)
    assert (Evaluation(request, replace(FACTS, agreed=(agreed,))).agreed(GRANT) is agreed) is counts


def test_an_argument_has_the_values_of_a_list_or_one():
    assert list(TO.values("ann")) == ["ann"]
    assert list(TO.values(["ann", ["bob"]])) == ["ann", "bob"]


def test_what_is_found_out_about_a_call_is_found_out_once():
    call = CallOrigins(POST, {}, Provenance(""))
    assert call.found("words") is None
    assert call.once("words", lambda: 1) == 1
    assert call.once("words", lambda: 2) == 1
    assert call.found("words") == 1


# -- what came back ---------------------------------------------------------------------------------------------------

LIST = replace(POST, effect=Effect.READ, output=Output(gives=(("id", "file"), ("size", "amount"))))
DATA = [
    {"id": "f-1", "size": 3, "of": {"id": 7, "first name": "Ann"}},
    {"id": True},
    {"id": None},
    {"id": ["x"]},
    "end",
]


def test_records_texts_and_identifiers_of_a_result():
    result = CallResult(1, LIST, DATA)
    first, inner = DATA[0], DATA[0]["of"]
    assert result.records() == [first, inner, *DATA[1:4]]
    assert list(result.texts()) == ["f-1", "first name", "Ann", "x", "end"]
    assert result.identifiers() == [
        Identifier("file", "f-1", first),
        Identifier("file", "7", inner),
        Identifier("amount", "3", first),
    ]


def test_of_a_foreign_tool_every_key_is_a_text_that_others_wrote():
    assert list(CallResult(1, replace(LIST, foreign=True), {"id": "a", 3: "b"}).texts()) == ["id", "a", "b"]


def test_a_result_can_be_identifiers_and_nothing_else():
    capability = replace(LIST, output=Output(gives=(("", "file"), ("id", "mail"))))
    assert CallResult(1, capability, ["a", 2, {"id": "c"}]).identifiers() == [
        Identifier("file", "a", None),
        Identifier("file", "2", None),
        Identifier("file", "c", None),
        Identifier("mail", "c", {"id": "c"}),
    ]
