"""A text line by line: what a stretch can be used for, how items are counted, and which links are the person's."""

from dataclasses import replace
from typing import Any

import pytest

from agents.policy.evaluation import GrantedCall
from agents.policy.limits import ANY_WORDS
from agents.policy.origin import From, Origin
from agents.policy.text_origins import is_foreign, is_odd, is_own, is_spoken, name_origin, pieces
from tests.agents.test_text_origins import CITY, DESK, MAIL, NOTE, SEND, TEXT, TITLE, called, known

LETTER = "- flour\n- oat flakes\n- salt, pepper, brown sugar\nThe rain is heavy today, they say that it stays"


def origins(text: str, words: str = "", *results: tuple[Any, Any], **more: Any) -> list[Origin]:
    results = results or ((MAIL, [{"text": "Hello"}, {"text": LETTER}]),)
    found = pieces(text, called(NOTE, known(*results, words=words, **more)).call)
    assert "".join(piece.text for piece in found) == text
    return [piece.origin for piece in found]


def sources(text: str, words: str = "", *results: tuple[Any, Any], **more: Any) -> list[str]:
    return [origin.source.value for origin in origins(text, words, *results, **more)]


def test_stretches_that_touch_are_two():
    for names in (["好。", "行。"], ["行。", "好。"]):
        assert is_own(TITLE, called(SEND, known(words="好。行。"), title=names))
    assert not is_own(TITLE, called(SEND, known(words="好。行。"), title=["好。行。", "行。"]))
    assert not is_own(TITLE, called(SEND, known(words="Use Ann Lee."), title=["Ann Lee", "Lee"]))
    assert not is_own(TITLE, called(SEND, known(words="Use Ann Lee."), title=["Ann", "Ann Lee"]))
    assert is_own(TITLE, called(SEND, known(words="Use Ann Lee and Lee."), title=["Ann Lee", "Lee"]))


def test_each_argument_is_looked_at_for_itself_and_only_once():
    words = "Name it Board news and say: all is well"
    call = called(SEND, known(words=words), title=["Board news"], text="All is lost")
    assert (is_own(TITLE, call), is_own(TEXT, call)) == (True, False)
    free = replace(call.grant, limits={"text": ANY_WORDS})
    assert not is_own(TEXT, GrantedCall(call.call, free))
    both = called(SEND, known(words=words), title=["all is well"], text="all is well")
    assert (is_own(TITLE, both), is_own(TEXT, both)) == (True, False)
    assert is_own(TEXT, GrantedCall(both.call, replace(call.grant, limits={"title": ANY_WORDS})))


def test_a_name_is_a_phrase_and_a_text_is_not():
    words = "Write to the board news people."
    assert is_own(TITLE, called(SEND, known(words=words), title=["board news"]))
    assert not is_own(TEXT, called(SEND, known(words=words), text="board news"))
    assert is_own(TEXT, called(SEND, known(words=words), text="board"))
    assert is_own(TEXT, called(SEND, known(own=["mia@b.co"]), text="mia@b.co"))
    assert is_own(TEXT, called(SEND, known(words="All is well.\nGo on."), text="All is well.\nGo on."))
    assert not is_own(TITLE, called(SEND, known(words="Use all\nis"), title=["all\nis"]))
    assert not is_own(TEXT, called(SEND, known(words="Use “all\u200b is” now"), text="all\u200b is"))


def test_only_what_the_owner_alone_sees_may_be_spelled_anew():
    for capability, source in ((NOTE, From.PERSON), (SEND, From.UNKNOWN)):
        call = called(capability, known(words="Name it board news."), title=["Board News"])
        assert name_origin(TITLE, "Board News", call) == Origin(source)
    call = called(NOTE, known((CITY, ["Bern"]), words="Name it board news."), title=["Bern", "News board"])
    assert name_origin(TITLE, "News board", call) == Origin(From.UNKNOWN)
    assert name_origin(TITLE, "Bern", called(NOTE, call.call.known, title=["Bern"])) == Origin(From.LOOKUP)


def test_odd_signs_are_those_of_other_letters_than_the_instructions():
    words = "Tell them that Андрей is here, and nothing more than that for the day."
    call = called(SEND, known(words=words), text="Андрей")
    assert [is_odd(TITLE, text, call) for text in ("Андрей came", "Андрій came", "All is well")] == [
        False,
        True,
        False,
    ]
    russian = called(SEND, known(words="Напиши им, что Анна здесь."), text="x")
    assert not is_odd(TITLE, "Борис", russian)


def test_what_is_spoken_to_the_owner_is_trusted_line_by_line():
    call = called(NOTE, known((MAIL, [{"text": LETTER}]), words="Say that all is well."), text="x")
    assert is_spoken(TEXT, "all is well\nflour", call)
    assert not is_spoken(TEXT, "all is well\nI think so", call)
    shared = called(SEND, call.call.known, text="flour")
    assert not is_spoken(TEXT, "flour", shared)
    assert [piece.origin.source for piece in pieces("flour", shared.call)] == [From.AGENT]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("flour", "listed"), ("Flour.", "listed"), ("- flour", "listed"), ("1) flour", "listed"),
        
        ("flour, salt", "listed"), ("flour; salt", "listed"), ("flour: salt", "listed"), ("flour • salt", "listed"),
        ("flour | salt", "listed"), (",flour,,salt,", "listed"), ("brown  sugar", "listed"), ("1) ", "agent"),
        ("flour, snow", "agent"), ("snow, flour", "agent"), ("The rain", "agent"), ("rain is", "agent"),
        ("rain", "listed"),
        ("heavy today, they", "result"), ("they say", "agent"), ("they say that", "result"),
        ("say snow that", "agent"),
        ("Thanks ☺\ufe0f", "agent"), ("flour\u200b", "leads"), ("flour.com", "leads"), ("milk", "person"),
        ("Milk, eggs", "person"),
        ("eggs, milk", "agent"), ("milk, flour", "listed"), ("tea", "agent"), ("Thanks ☺", "person"),
        ("milk eggs", "agent"),
    ],
)  # fmt: skip
def test_what_a_line_is_made_of(line: str, source: str):
    words = "Buy milk, and eggs. Do not buy tea. “Thanks ☺\ufe0f” is fine, “Thanks ☺” too."
    assert sources(line, words) == [source]


def test_a_line_names_the_call_that_it_was_read_in():
    assert origins("- flour, salt\nthey say that it stays", "") == [
        Origin(From.LISTED, 1),
        Origin(From.RESULT, 1),
    ]
    two = ((MAIL, {"text": "- flour"}), (MAIL, {"text": "- salt"}))
    assert origins("salt, flour", "", *two) == [Origin(From.LISTED, 2)]
    assert origins("milk, salt", "Buy milk.", *two) == [Origin(From.LISTED, 2)]
    office = ((MAIL, {"text": "Hi"}), (DESK, ["The office is shut. Call"]))
    assert origins("the office is shut\nthe office", "", *office) == [Origin(From.LOOKUP, 2)] * 2
    assert sources("the office\u200b is shut", "", *office) == ["leads"]


@pytest.mark.parametrize(
    ("item", "thing"),
    [("one two three four", True), ("one two three four five", False), ("X", True), ("and", False), ("and of", False),
     ("salt and pepper", True), ("the salt", False), ("please salt", False)],
)  # fmt: skip
def test_a_thing_is_a_few_words_that_are_no_piece_of_a_sentence(item: str, thing: bool):
    assert (sources(item, "", (MAIL, {"text": f"- {item}"})) == ["listed"]) is thing


def test_items_are_counted_over_the_whole_text():
    of_three = [f"red box{letter} lid" for letter in "abcdefghi"]
    letter = (MAIL, {"text": "\n".join(f"- {item}" for item in of_three)})
    assert set(sources("\n".join(of_three[:8]), "", letter)) == {"listed"}
    assert set(sources("\n".join(of_three), "", letter)) == {"result"}
    assert set(sources(", ".join(of_three[:8]), "", letter)) == {"listed"}
    assert set(sources(", ".join(of_three), "", letter)) == {"result"}
    text = "Say so.\n" + "\n".join(of_three) + "\nI think so"
    assert sources(text, "Say so.", letter) == ["person", *["result"] * 9, "agent"]
    mine = ", ".join(f"thing{letter}" for letter in "abcdefghijklmnopq")
    assert sources(mine, f"Buy {mine}, and go.") == ["agent"]


def test_of_sentences_four_words_and_of_a_list_any_number():
    letter = (
        MAIL,
        {"text": "We saw red houses beside blue barns near green hills.\n- tall trees\n- wide roads"},
    )
    assert sources("red houses, blue barns", "", letter) == ["listed"]
    assert sources("red houses, blue barns\ntall trees, wide roads", "", letter) == ["listed"] * 2
    assert sources("red houses, blue barns\nhills", "", letter) == ["result"] * 2
    assert sources("red houses\nblue barns\nhills", "", letter) == ["result"] * 3


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Go well. ann@b.co com", False), ("evil. com", True), ("ann@b.co evil. com", True), ("“Ann@B.co”,", False),
        ("ann@b.co/x", True), ("b.co/Path", False), ("b.co/path", True), ("b.co/Path b.co/path", True),
        ("030 12 34", False),
        ("030 12 34 5", True), ("2026-11-29", False), ("ann@b.co\u200b", True), ("mia@b.co or ann@b.co", False),
        ("!!! ann@b.co", False),
        ("xann@b.co", True), ("XK7-44-X9", False), ("xk7-44-x9", True), ("030 12 34 and 030 12 34", False),
        ("", False),
    ],
)  # fmt: skip
def test_whose_links_and_codes_a_text_holds(text: str, foreign: bool):
    words = "Write to ann@b.co, see b.co/Path with XK7-44-X9 and call 030 12 34 now."
    call = called(SEND, known(words=words, own=["mia@b.co"]), text=text).call
    assert is_foreign(text, call) is foreign
