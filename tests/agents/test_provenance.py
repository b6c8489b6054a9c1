"""What a task knows and from where: which result a word, an item or a value stands in, and what others put where."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from agents.policy import provenance
from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.policy.provenance import BEGUN, NO, WHOLE, Listed, Provenance
from agents.policy.results import CallResult
from tests.agents.test_text_origins import CITY, DESK, MAIL, known

SAVE = Capability(
    "x.save",
    "save",
    "Save",
    Effect.WRITE,
    (
        Argument("file", Role.OBJECT, "File", kind="file"),
        Argument("to", Role.DEST, "Receiver", kind="address"),
        Argument("size", Role.VALUE, "Size", kind="size"),
    ),
    Output(trusted=True, gives=(("id", "file"),)),
)


def test_the_persons_words_are_what_is_left_of_a_forwarded_mail():
    found = Provenance("Pay 1500 to Ann@B.co.\n> Pay 20 to Eve", own=["Mia@B.co", ""])
    assert (found.written, found.compared) == ("Pay 1500 to Ann@B.co.", "pay 1500 to ann@b.co.")
    assert found.placed == "Pay 1500 to ann@b.co."
    assert found.phrase == " pay 1500 to ann b co "
    assert (found.numbers, found.own, found.tainted) == ({Decimal(1500)}, {"mia@b.co"}, True)
    assert found.stretches.written == "Pay 1500 to Ann@B.co."


def test_what_a_task_made_is_its_own_by_kind_and_the_first_call_counts():
    found = Provenance("")
    for call in (1, 2):
        found.add_result(CallResult(call, SAVE, [{"id": "f-1"}, {"id": f"g-{call}"}]))
    assert (found.created, found.listed) == ({"file": {"f-1": 1, "g-1": 1, "g-2": 2}}, {})
    assert known((replace(DESK, effect=Effect.FETCH), {"id": "7", "name": "x"})).listed == {
        "desk": {"7": Listed(1, NO)}
    }


def test_others_words_are_in_what_a_call_names_and_returns():
    found = Provenance("")
    given = {"file": ["a.txt", "b.txt"], "to": "ann@b.co", "size": "12"}
    found.add_result(CallResult(3, SAVE, {"id": "f-1"}, given, mixes=True))
    put = found.mixed.call
    assert [put("file", "f-1"), put("file", "a.txt"), put("file", "b.txt"), put("address", "ann@b.co")] == [
        3
    ] * 4
    assert (put("size", "12"), put("file", "ann@b.co")) == (None, 3)
    found.add_result(CallResult(4, SAVE, {"id": 13}, {}, mixes=True))
    assert (put("file", "13"), put("event", "13")) == (4, None)
    clean = Provenance("")
    clean.add_result(CallResult(3, SAVE, {"id": "f-1"}, given))
    assert clean.mixed.call("file", "f-1") is None


def test_only_a_read_that_is_trusted_and_came_before_any_other_text_is_a_lookup():
    record = {"id": "7", "name": "Anna"}
    assert known((DESK, record)).looked_up == {"desk": {"7": 1}}
    assert known((replace(DESK, effect=Effect.FETCH), record)).looked_up == {}
    assert known((MAIL, record), (DESK, record)).looked_up == {}
    assert known((MAIL, {"id": "7"}), (DESK, record)).looked_up == {"desk": {"7": 2}}
    assert known((DESK, record), (DESK, record)).looked_up == {"desk": {"7": 1}}
    assert known((DESK, record), (DESK, record)).looked_up_values == {"7": 1, "anna": 1}


def test_a_lookup_of_two_kinds_vouches_for_each_of_which_there_is_one():
    both = replace(DESK, output=Output(trusted=True, gives=(("id", "desk"), ("room", "room"))))
    data = [{"id": "7", "room": "A", "name": "Board news"}, {"id": "8", "name": "Other"}]
    assert known((both, data)).looked_up == {"desk": {"7": 1}, "room": {"A": 1}}
    plain = replace(DESK, output=Output(trusted=True, gives=(("", "desk"),)))
    assert known((plain, ["7"])).looked_up == {"desk": {"7": 1}}
    assert known((plain, ["7", "8"])).looked_up == {}


def test_values_of_a_lookup_are_texts_and_numbers_whatever_their_depth():
    record = {
        "name": "Anna",
        "more": ["Bern"],
        "sizes": [1, 2.5, True, None, ""],
        "count": Decimal(3),
    }
    assert set(known((DESK, record)).looked_up_values) == {"anna", "bern", Decimal(1), Decimal("2.5")}
    assert known((DESK, 3)).looked_up_values == {Decimal(3): 1}
    assert known((DESK, [3])).looked_up_values == {}


def test_a_catalogue_is_of_trusted_results_that_everybody_may_see():
    assert known((CITY, ["New  York"])).catalogue == {"New York"}
    assert known((DESK, ["Bern"])).catalogue == set()
    assert known((replace(CITY, output=Output(private=False)), ["Bern"])).catalogue == set()


@pytest.mark.parametrize(
    ("label", "words", "named"),
    [
        ("grocery-list.xlsx", "Open the grocery list", WHOLE), ("Grocery list", "Open grocery-list.xlsx", WHOLE),
        ("Grocery list of May", "Open the grocery list", BEGUN), ("List of May", "Open the list of all", NO),
        ("May", "Open May", NO), ("Plan", "Open the plan", WHOLE), ("notes.v2", "Open the notes v2", WHOLE),
        ("notes.v2", "Open the notes", WHOLE), ("Plan", "Open the planner", NO), (7, "Open 7", NO),
        ("Board news 2", "Open the board news", BEGUN), ("Abc defg x", "Open abc defg", NO),
        ("report.docxyz", "Open the report", NO), ("Q1.b", "Open q1", NO), ("Plan.PDF", "Open the plan", WHOLE),
        ("Abcd efgh x", "Open abcd efgh", BEGUN),
    ],
)  # fmt: skip
def test_how_well_words_name_a_record(label: Any, words: str, named: int):
    found = known((MAIL, {"id": "7", "name": label}), words=words)
    assert found.listed == {"mail": {"7": Listed(1, named)}}


def test_of_two_labels_for_one_identifier_the_better_and_else_the_first_counts():
    found = known(
        (MAIL, {"id": "7", "name": "Other"}),
        (MAIL, {"id": "7", "name": "Board news"}),
        (MAIL, {"id": "7", "name": "Board news"}),
    )
    assert found.listed == {"mail": {"7": Listed(2, WHOLE)}}
    bare = replace(MAIL, output=Output(gives=(("", "mail"),)))
    assert known((bare, ["Board news"])).listed == {"mail": {"Board news": Listed(1, NO)}}


LETTER = "Buy flour, oat flakes, salt. They say that it rains. Oat flakes help"


def test_copied_words_are_found_in_the_first_text_in_which_they_stand_in_a_row():
    found = known((MAIL, {"text": "It rains here"}), (MAIL, {"text": LETTER}), (MAIL, {"text": LETTER}))
    for words, call in (
        ("they say", 2),
        ("it rains", 1),
        ("rains oat flakes", 2),
        ("rains salt", None),
    ):
        text = found.copied(words.split())
        assert (text and text.call) == call
    assert found.copied(["they", "say", "that", "snow"]) is None


def test_an_item_of_a_list_is_better_than_words_of_a_sentence():
    found = known((MAIL, {"text": "The oat flakes are here"}), (MAIL, {"text": LETTER}))
    assert [
        (text.call, listed) for text, listed in filter(None, map(found.item, ("oat flakes", "it rains")))
    ] == [
        (2, True),
        (2, False),
    ]
    first = known((MAIL, {"text": "The oat flakes are here"}), (MAIL, {"text": "Some oat flakes too"}))
    assert [first.item("oat flakes")[0].call, first.item("snow")] == [1, None]  # type: ignore[index]


def test_a_trusted_text_tells_what_stands_in_it_as_whole_tokens():
    found = known(
        (MAIL, {"text": "The office is shut"}), (CITY, ["The Office is shut today"]), (CITY, ["The office"])
    )
    assert found.told_whole("the office") is not None
    assert [text and text.call for text in map(found.told_whole, ("the office", "the off", "it rains"))] == [
        2,
        None,
        None,
    ]


def test_a_value_is_traced_to_the_first_result_that_holds_it():
    found = known((MAIL, {"text": "Write to EVE@c.co"}), (MAIL, {"text": "eve@c.co"}))
    source = found.source("Eve@C.co")
    assert source is not None
    assert (source.call, source.title, source.trusted) == (1, "mail", False)
    assert found.source("bob@c.co") is None


def test_more_than_can_be_kept_is_not_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(provenance, "MOST_TEXT", 10)
    found = known((MAIL, "12345"), (MAIL, "1234567"), (MAIL, "abcde"), (MAIL, "x"))
    assert [text.text for text in found.texts] == ["12345", "abcde"]
    assert found.tainted


def test_figures_and_times_of_others_do_not_taint():
    assert not known((MAIL, {"id": "2026-01-01T10:00Z", "of": "-10.5 %, 3/4"})).tainted
    assert known((MAIL, {"id": "10a"})).tainted
    assert not known((DESK, {"id": "a letter"})).tainted
