"""Texts as they are compared: which characters count as the same, what a whole token is, what was pasted."""

import pytest

from agents.policy.language.tokens import (
    compared,
    fold,
    hides_nothing,
    is_exact,
    is_token,
    own_words,
    phrase,
    placed,
    skeleton,
    tokens,
    words,
)


@pytest.mark.parametrize(
    ("text", "kept", "pasted"),
    [
        ("One\nTwo", "One\nTwo", False),
        ("One\n> two\nThree", "One\nThree", True),
        ("One\n | two\nThree", "One\nThree", True),
        ("One\n```\ntwo\n```\nThree", "One\nThree", True),
        ("One\n~~~\ntwo", "One", True),
        ("```\none\n```\ntwo\n```\nthree\n```\nFour", "Four", True),
        ("One\n---- Original Message\nTwo", "One", True),
        ("One\nWeitergeleitete Nachricht\nTwo", "One", True),
        ("One\nOn 3 May Ann Lee wrote:\nTwo", "One", True),
        ("One\nFrom: a\nDate: b\nSubject: c", "One", True),
        ("From: a\nDate: b\nTo: c\nFour", "", True),
        ("One\nFrom: a\nDate: b", "One\nFrom: a\nDate: b", False),
        ("One\nFrom: a\nDate: b\nTwo\nTo: c", "One\nFrom: a\nDate: b\nTwo\nTo: c", False),
        ("", "", False),
    ],
)
def test_quotations_fences_and_forwarded_mail_are_not_the_persons_words(text: str, kept: str, pasted: bool):
    assert own_words(text) == (kept, pasted)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ABC xyz", "abc xyz"), ("ÄÖÜ É", "äöü é"), ("\u212a", "\u212a"), ("ß", "ß"), ("İ", "İ"), ("ſ", "ſ")],
)
def test_a_letter_is_small_only_where_that_is_its_one_other_form(text: str, folded: str):
    assert fold(text) == folded


def test_texts_are_compared_composed_in_one_case_and_with_single_spaces():
    assert compared("  One \n TWO\t three ") == "one two three"
    assert compared("E\u0301tage  Deux") == "étage deux"
    assert phrase(["one", "two"]) == " one two "


@pytest.mark.parametrize(
    ("text", "as_link"),
    [
        ("See  Example.COM/Path", "See example.com/Path"),
        ("HTTPS://Example.com/A?B=C#D", "https://example.com/A?B=C#D"),
        ("Lea@Example.com", "lea@example.com"),
        ("HTTP://Host", "http://host"),
        ("(WWW.Example.com/A", "(www.example.com/A"),
        ("Plain WORDS", "Plain WORDS"),
        ("E\u0301T.COM", "ét.com"),
    ],
)
def test_hosts_are_in_one_case_and_paths_as_they_were_written(text: str, as_link: str):
    assert placed(text) == as_link


@pytest.mark.parametrize(
    ("text", "shown", "first_names"),
    [
        ("plain", True, True),
        ("two\nlines", True, False),
        ("a\ttab", True, False),
        ("bell\x07", False, False),
        ("Müller", True, True),
        ("Mü\nller", True, False),
        ("Mü\tller", True, False),
        ("Mü\rller", True, False),
        ("Mü\u200bller", False, False),
        ("\u212a", True, False),
    ],
)
def test_nothing_hides_in_a_clean_text_and_an_exact_one_is_one_line_of_first_names(
    text: str, shown: bool, first_names: bool
):
    assert (hides_nothing(text), is_exact(text)) == (shown, first_names)


@pytest.mark.parametrize(
    "text",
    [
        "x", "to x now", "(x)", "[x].", "“x”", "x's", "x’s.", "it is x, and", "x; y", "$x", "**x**", "a,x", "a;x",
        "xx x", "see [this](x)", "x—y", "x，y", "#x", "x…", "a" * 90 + " x", "x " + "a" * 90,
    ],
)  # fmt: skip
def test_a_whole_token_stands_between_spaces_and_marks(text: str):
    assert is_token("x", text)


@pytest.mark.parametrize(
    "text",
    [
        "", "xx", "ax", "xa", "x/y", "y/x", "x@y", "x-y", "x.y", "a.x", "1,x", "x,1", "x:y", "x's/y", "a/b,x",
        "x,a/b",
        "(" * 80 + "x", "x" + ")" * 80,
    ],
)  # fmt: skip
def test_a_piece_of_a_longer_one_is_no_token(text: str):
    assert not is_token("x", text)


def test_what_is_looked_at_around_a_token_ends_before_eighty_signs():
    assert is_token("x", "(" * 79 + "x" + ")" * 79)
    assert not is_token("", "a, b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It’s Lea-Marie, 3 o'clock!", ["it's", "lea", "marie", "3", "o'clock"]),
        ("a_b", ["a", "b"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("naïve! e\u0301te\u0301", ["naïve", "été"]),
        ("q\u0307a’b c", ["q\u0307a'b", "c"]),
        ("", []),
    ],
)
def test_words_are_letters_and_digits_with_their_marks(text: str, found: list[str]):
    assert words(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "раураӏ"), ("modern", "modem"), ("wow", "vvow"), ("ill", "1lI"), ("lea", "le\u200ba"),
        ("ete", "été"), ("KELVIN", "\u212aelvin"), ("google", "g00gle"),
    ],
)  # fmt: skip
def test_texts_that_look_the_same_have_the_same_skeleton(one: str, other: str):
    assert skeleton(one) == skeleton(other)
    assert skeleton(one) != skeleton(one + "x")


def test_what_could_be_imitated_is_a_token_without_the_marks_around_it():
    assert tokens("Mail (lea@example.com), “Anna”; lea@example.com. 42! XML  ...") == (
        "Mail",
        "lea@example.com",
        "Anna",
        "42",
        "XML",
    )
