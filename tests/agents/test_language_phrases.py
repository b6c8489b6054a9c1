"""The whole parts of a text: phrases inside one clause, headings, sentences, and what a sentence sets apart."""

import pytest

from agents.policy.language.stretches import PHRASE, PLACES, Stretches, usual


def phrases(text: str, name: str) -> list[tuple[int, int]]:
    return list(Stretches(text).phrases(name))


def test_a_phrase_stands_inside_one_clause_and_is_no_longer_than_a_name():
    eight = "a b c d e f g h"
    assert phrases(f"x {eight} y", eight) == [(2, 17)]
    assert phrases(f"x {eight} i y", f"{eight} i") == []
    assert list(Stretches("one two three").phrases("one two", most=1)) == []
    assert PHRASE == 8


@pytest.mark.parametrize(
    ("text", "name", "stands"),
    [
        ("the red lamp", "red lamp", True), ("the red lamps", "red lamp", False),
        ("the bored lamp", "red lamp", False),
        ("the red, lamp", "red, lamp", False), ("see (red lamp)", "red lamp", True),
        ("the red lamp's", "red lamp", True),
        ("the red lamp'x", "red lamp", False), ("the red-lamp", "red", False), ("the red/lamp", "lamp", False),
        ("the red lamp.", "red lamp", True), ("the red lamp?!", "red lamp", True),
        ("the red lamp.x", "red lamp", False),
        ("no red lamp", "red lamp", False), ("Never go. Red lamp here", "Red lamp", True), ("Go on.\n-", "-", True),
        ("the red lamp if it burns", "red lamp", False),
        ("if it burns the red lamp", "red lamp", True), ("“no red lamp”", "no red lamp", True),
        ("赤いlampです", "lamp", True),
        ("the red  lamp", "red  lamp", True), ("the red lamp", "red  lamp", False),
        ("the red lamp", " red lamp", False),
        ("x字abc", "x字", True), ("赤x’s", "赤", True), ("赤x's", "赤", True), ("the red lamp's/", "red lamp", False),
        ("看lamp", "lamp", True), ("カlamp", "lamp", True), ("한lamp", "lamp", True), ("看1", "看", False),
        ("", "red", False), ("the red lamp", "", False), ("", "", False),
        ("don't red lamp", "red lamp", False),
        ("*red lamp*", "red lamp", True),
        ("the red lamp’s", "red lamp", True), ("the red lamp's.", "red lamp", True),
        ("the red lamp's/x", "red lamp", False),
        ("不要 lamp", "lamp", False), ("я lamp", "lamp", True), ("яlamp", "lamp", False),
    ],
)  # fmt: skip
def test_a_name_is_a_phrase_of_whole_words_that_nothing_turns_round(text: str, name: str, stands: bool):
    assert bool(phrases(text, name)) is stands


def test_the_same_words_are_looked_at_where_they_first_stand():
    text = "xa " * PLACES + "a"
    assert phrases(text, "a") == []
    assert phrases("xa " * (PLACES - 1) + "a", "a") == [(3 * (PLACES - 1), 3 * (PLACES - 1) + 1)]


def test_a_heading_is_the_phrase_with_capitals_or_without():
    assert usual("new MacBook") == {"new MacBook", "New MacBook", "New macbook", "new macbook"}
    assert usual("the old lamp") == {"the old lamp", "The old lamp", "The Old Lamp"}
    assert "New lamp Day" in usual("new lamp Day")
    spelled = Stretches("Buy brown sugar, then brown sugar").spelled
    assert Stretches("Brown sugar").spelled("brown sugar") == (0, 11)
    assert spelled("Brown Sugar") == (4, 15)
    assert spelled("Brown Sugar", after=5) == (22, 33)
    assert [
        spelled("BROWN sugar"),
        spelled("brown  sugar"),
        spelled("brown sugar", most=1),
        spelled("rown"),
    ] == [None] * 4


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("All is well. Go on.", "All is well.", True), ("All is well. Go on.", "All is well", True),
        ("Go on", "Go on", True),
        ("All is well. Go on.", "All is well. Go on", True), ("All is well. Go on.", "is well.", False),
        ("All is e.g. well. Go", "well.", False), ("See Dr. Lee. Go", "Lee.", False),
        ("In 5. May. Go", "May.", False),
        ("All is well\nGo on.", "All is well", False), ("All is well\n\nGo on.", "All is well", True),
        ("All is well\n- Go on.", "All is well", True), ("Two things:\nGo on.", "Go on.", True),
        ("1. Go on.\n2. Stop", "Go on.", True),
        ("Take a\nlamp home.", "lamp home.", False), ("Take X\nlamp home.", "lamp home.", False),
        ("Never these:\nGo on.", "Go on.", True),
        ("See (Dr.) Lee. Go", "Lee.", False), ("In 12. May. Go", "May.", False),
        ("See z.B. Lee. Go", "Lee.", False), ("Go on. iPhone.", "iPhone.", False),
        ("Don’t say that all is well.", "all is well", False), ("N'écris que “tout va bien”.", "tout va bien", False),
        ("All is well. go on.", "go on.", False), ("Is it? Go on.", "Go on.", True),
        ("He said “Go on.” Then", "Go on.", True),
        ("“Go on. Stay.” Then", "Go on.", True), ("Go on… Stay", "Stay", True), ("好。行。", "行。", True),
        ("好。行。", "行", True),
        ("Say that all is well.", "all is well", True), ("Never say that all is well.", "all is well", False),
        ("with the text all is well", "all is well", True), ("named all is well", "all is well", True),
        ("Write: all is well", "all is well", True), ("Write:all is well", "all is well", False),
        ("Use 'all is well' now", "all is well", True), ("Use “all is well” now", "all is well", True),
        ("Use ‘all is well’ now", "all is well", True), ("Use `all is well` now", "all is well", True),
        ("Use «all is well» now", "all is well", True), ("It isn't all is well' now", "all is well", False),
        ("Never use “all is well” now", "all is well", False),
        ("Use “all is well” unless it rains", "all is well", True),
    ],
)  # fmt: skip
def test_a_stretch_is_whole_sentences_or_set_apart(text: str, part: str, whole: bool):
    assert bool(list(Stretches(text).stretches(part))) is whole


def test_one_word_alone_says_no_more_than_that_it_was_said():
    def alone(text: str, word: str) -> bool:
        return bool(list(Stretches(text).stretches(word, word=True)))

    assert [alone("the red lamp", word) for word in ("red", "re", "red lamp", "the")] == [
        True,
        False,
        False,
        True,
    ]
    assert [alone("a x1 lamp", word) for word in ("a", "x1")] == [False, True]
    assert not any(alone("never the lamp", word) for word in ("never", "lamp"))
