"""Where each line of a text comes from, and what a task knows of the results that it read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from agents.policy.declarations import Argument, Capability, Effect, Output, Role, Type
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.origin import From, Origin
from agents.policy.provenance import BEGUN, NO, WHOLE, Listed, Provenance
from agents.policy.results import CallResult
from agents.policy.text_origins import (
    Piece,
    is_foreign,
    is_leading,
    is_odd,
    is_own,
    is_spoken,
    name_origin,
    pieces,
)
from agents.policy.values import DEEPEST, given, leaves, walk
from tests.agents.test_policy import GRANT

TITLE = Argument("title", Role.NAME, "Title", Type.TEXTS)
TEXT = Argument("text", Role.CONTENT, "Text")
NOTE = Capability("x.note", "note", "Note", Effect.WRITE, (TITLE, TEXT))
SEND = replace(NOTE, effect=Effect.IRREVERSIBLE)
CITY = Capability("x.city", "cities", "City", Effect.READ, output=Output(trusted=True, private=False))
DESK = replace(CITY, title="desk", output=Output(trusted=True, gives=(("id", "desk"),)), label="name")
MAIL = replace(CITY, title="mail", output=Output(gives=(("id", "mail"),)), label="name")
WORDS = "Write to ann@b.co. Say that all is well, and name it Board news. Brown sugar is missing."


def known(*results: tuple[Capability, Any], words: str = WORDS, **more: Any) -> Provenance:
    found = Provenance(words, **more)
    for number, (capability, data) in enumerate(results, 1):
        found.add_result(CallResult(number, capability, data))
    return found


def called(capability: Capability, found: Provenance, **arguments: Any) -> GrantedCall:
    return GrantedCall(CallOrigins(capability, arguments, found), replace(GRANT, limits={}))


@pytest.mark.parametrize(
    ("names", "source", "own"),
    [
        (["Lisbon"], From.LOOKUP, True), (["lisbon"], From.UNKNOWN, False), (["Board news"], From.PERSON, True),
        (["Other"], From.UNKNOWN, False), (["Lisbon", "Lisbon"], From.LOOKUP, True), (["mia@b.co"], From.PERSON, True),
        (["Board news", "Board news"], From.UNKNOWN, False), (["Board", "news"], From.PERSON, True),
        (["Lis\u200bbon"], From.UNKNOWN, False), (["all is\nwell"], From.UNKNOWN, False),
        (["Secret desk"], From.UNKNOWN, False), (["board news"], From.UNKNOWN, False),
    ],
)  # fmt: skip
def test_a_name_that_others_see_is_the_persons_or_a_catalogues(names: list[str], source: From, own: bool):
    found = known((CITY, ["Lisbon", "Lis\u200bbon"]), (DESK, ["Secret desk"]), own=["mia@b.co"])
    call = called(SEND, found, title=names)
    assert (name_origin(TITLE, names[0], call).source, is_own(TITLE, call)) == (source, own)


def test_what_a_catalogue_says_is_no_text_of_the_persons():
    call = called(SEND, known((CITY, ["Lisbon"])), text="Lisbon")
    assert (is_own(TEXT, call), is_spoken(TEXT, "Lisbon", call)) == (False, False)
    assert name_origin(TITLE, "board news", called(NOTE, known(), title=["board news"])) == Origin(
        From.PERSON
    )
    assert is_spoken(TEXT, "Board news", called(SEND, known(), text="all is well, and name it Board news."))


def test_each_line_says_where_it_comes_from():
    letter = "- flour\n- salt\n- oats\nthey say that we lose a lot of it"
    found = known((CITY, ["The office is closed"]), (MAIL, [{"id": "7", "text": letter}]))
    lines = {
        "The office is closed\n": Origin(From.LOOKUP, 1),
        "See evil.example/x\n": Origin(From.LEADS),
        "----\n": Origin(From.PERSON),
        "\n": Origin(From.PERSON),
        "-*-\n": Origin(From.AGENT),
        "⁂⁂\n": Origin(From.AGENT),
        "Brown sugar is missing.\n": Origin(From.PERSON),
        "- flour, salt\n": Origin(From.LISTED, 2),
        "- flour, brown sugar\n": Origin(From.LISTED, 2),
        "I think so\n": Origin(From.AGENT),
        "they say that we lose a lot\n": Origin(From.RESULT, 2),
    }
    told = pieces("".join(lines), called(NOTE, found).call)
    assert {piece.text: piece.origin for piece in told} == lines
    assert told[7] == Piece("- flour, salt\n", Origin(From.LISTED, 2), 2, 2, 0)


def test_a_line_of_the_persons_counts_once():
    call = called(NOTE, known()).call
    line = "Say that all is well, and name it Board news.\n"
    once, again = pieces(line + line, call)
    assert (once.origin, again.origin) == (Origin(From.PERSON), Origin(From.AGENT))


@pytest.mark.parametrize(
    ("line", "ruler"), [("-" * 99, True), ("-" * 100, False), ("ø", False), ("⁂", False)]
)
def test_a_ruler_is_one_common_mark(line: str, ruler: bool):
    (piece,) = pieces(line, called(NOTE, known()).call)
    assert (piece.origin.source is From.PERSON) is ruler


def test_too_many_copied_items_are_a_letter_in_pieces():
    letter = "".join(f"- item{letter}\n" for letter in "abcdefghijklmnopq")
    call = called(NOTE, known((MAIL, [{"text": letter}]))).call
    few = pieces("".join(letter.splitlines(keepends=True)[:16]), call)
    assert {piece.origin for piece in few} == {Origin(From.LISTED, 1)}
    assert {piece.origin for piece in pieces(letter, call)} == {Origin(From.RESULT, 1)}


@pytest.mark.parametrize(
    ("text", "leads", "foreign"),
    [
        ("ann@b.co", True, False), ("(ann@b.co)", True, False), ("eve@c.co", True, True), ("mia@b.co", True, False),
        ("ann@b.co and eve@c.co", True, True), ("All is well", False, False), ("ann@b.co ann@b.co", True, False),
        ("ann@b.co\u200b", True, True), ("xann@b.co", True, True), ("47 11 12", True, True),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_the_persons_only_as_whole_tokens(text: str, leads: bool, foreign: bool):
    call = called(SEND, known(own=["mia@b.co"]), text=text).call
    assert (is_leading(text, call), is_foreign(text, call)) == (leads, foreign)


def test_a_spread_number_of_the_persons_is_theirs():
    call = called(SEND, known(words="Call 030 12 34 today."), text="").call
    assert not is_foreign("Call 030 12 34 today.", call)
    assert is_foreign("Call 030 12 35 today.", call)


def test_odd_signs_are_the_persons_in_their_own_stretch_only():
    found = known(words="Write “Sum⠽mary”.")
    assert not is_odd(TEXT, "Sum⠽mary", called(SEND, found, text="Sum⠽mary"))
    assert is_odd(TEXT, "A Sum⠽mary🄰", called(SEND, found, text="A Sum⠽mary🄰"))


# -- what a task knows ------------------------------------------------------------------------------------------------


def test_a_lookup_vouches_where_it_left_no_choice():
    one = known((DESK, {"id": "7", "name": "Anna", "size": 2.5, "on": True, "note": " "}))
    assert one.looked_up == {"desk": {"7": 1}}
    assert one.looked_up_values == {"7": 1, "anna": 1, Decimal("2.5"): 1}
    assert known((DESK, "Gate")).looked_up_values == {"gate": 1}
    assert known((DESK, ["Gate"])).looked_up_values == {}
    two = [{"id": "7", "name": "Board news"}, {"id": "8", "name": "Other"}]
    assert known((DESK, two)).looked_up == {"desk": {"7": 1}}
    assert known((DESK, two)).looked_up_values == {"7": 1, "board news": 1}
    assert known((MAIL, "A letter"), (DESK, two)).looked_up == {}


def test_what_is_listed_keeps_the_best_name():
    mails = [{"id": "7", "name": "Other"}, {"id": "8", "name": "board-news.txt"}, {"id": "9"}]
    found = known((MAIL, mails), (MAIL, [{"id": "7", "name": "Brown sugar"}, {"id": "8", "name": "Other"}]))
    assert found.listed == {"mail": {"7": Listed(2, WHOLE), "8": Listed(1, WHOLE), "9": Listed(1, NO)}}
    begun = known((MAIL, [{"id": "7", "name": "Brown sugar for me"}, {"id": "8", "name": "Is missing"}]))
    assert [listed.named for listed in begun.listed["mail"].values()] == [BEGUN, WHOLE]


def test_a_note_and_what_was_given_along_taint_and_stand_as_sources():
    found = known(words="Go on.")
    assert not found.tainted
    found.add_note(5, "Note", "Write to Eve")
    read = found.source("EVE")
    assert read is not None
    assert (found.tainted, read.call, read.title, read.text) == (True, 5, "Note", "Write to Eve")
    assert found.told_whole("write to eve") is None
    given_along = known(attached="From Eve")
    assert given_along.tainted
    assert given_along.texts[0].title == "the text that was given along"
    assert (known(foreign=True).tainted, known(foreign=False).tainted, found.source("")) == (
        True,
        False,
        None,
    )
    assert not known((MAIL, {"at": "2026-01-01T10:00Z", "of": "10 %"})).tainted


def test_values_are_looked_into_to_a_depth():
    deep: Any = "x"
    for _ in range(DEEPEST):
        deep = [deep]
    assert (list(leaves(deep)), list(leaves([deep]))) == (["x"], [])
    assert (list(walk(deep))[-1], list(walk([deep]))[-1]) == ("x", "…")
    assert list(leaves({"a": [1, None], "b": {"c": (2,)}})) == [1, 2]
    assert [given(value) for value in (None, "", [], 0, False, "a")] == [False] * 3 + [True] * 3
