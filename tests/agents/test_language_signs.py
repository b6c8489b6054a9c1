"""Signs and times: what hides, which scripts a text is in, how many marks and emoji are ordinary, what is a time."""

import pytest

from agents.policy.language.alphabet import is_unusual, runs, script, scripts
from agents.policy.language.invisible import is_hidden, marked, spelled, spelled_out
from agents.policy.language.items import item_of
from agents.policy.language.times import readable_time

LATIN = frozenset({"LATIN"})


@pytest.mark.parametrize(
    "sign",
    [
        "\u200b",
        "\u202e",
        "\u0378",
        "\u2029",
        "\ud800",
        "\x07",
        "\u2028",
        "\ue000",
        "\ufe0f",
        "\u115f",
        "\u2800",
        "\U000e0100",
    ],
)
def test_what_shows_nothing_or_turns_others_around_hides(sign: str):
    assert is_hidden(sign)
    assert spelled_out(f"a{sign}b") == f"a{spelled(sign)}b"


@pytest.mark.parametrize("sign", ["a", "é", " ", "\n", "\t", "\r", "☺", "字"])
def test_what_shows_does_not_hide(sign: str):
    assert not is_hidden(sign)
    assert spelled_out(f"a{sign}b") == f"a{sign}b"


def test_hidden_signs_are_spelled_by_their_number():
    assert spelled("\x07") == "⟨U+0007⟩"
    assert spelled("\U000e0100") == "⟨U+E0100⟩"


@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("☺\ufe0f", "nn"), ("☺\ufe0f\u200d☺", "nnnn"), ("☺\ufe0f\ufe0f", "nny"), ("a\ufe0f", "ny"), ("\ufe0f", "y"),
        ("\u200d", "y"), ("☺\u200b", "ny"), ("☺\u200d\u200d", "nny"),
    ],
)  # fmt: skip
def test_what_joins_or_colours_the_signs_of_an_emoji_does_not_hide(text: str, hides: str):
    assert list(marked(text)) == list(zip(text, [sign == "y" for sign in hides], strict=True))


@pytest.mark.parametrize(
    ("sign", "its"),
    [
        ("a", "LATIN"), ("1", ""), ("é", "LATIN"), ("ß", "LATIN"), ("æ", "LATIN"), ("ж", "CYRILLIC"), ("字", "CJK"),
        ("ー", "KATAKANA-HIRAGANA".removesuffix("-HIRAGANA")), ("々", "CJK"), ("٣", "ARABIC"), ("۳", "ARABIC"),
        ("３", ""), ("\u0301", ""), ("\ufe0f", ""), ("ि", "DEVANAGARI"), ("ʰ", ""), ("ﬁ", ""), ("ƨ", ""),
        ("\u0e33", "THAI"),
        ("ⅷ", ""), ("!", ""), ("𝐚", ""),
    ],
)  # fmt: skip
def test_a_sign_has_the_script_of_ordinary_texts_or_none(sign: str, its: str):
    assert script(sign) == its


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("hello", {"LATIN"}), ("", {"LATIN"}), ("123", {"LATIN"}), ("aaaaж", {"LATIN", "CYRILLIC"}),
        ("aaaaaж", {"LATIN"}),
        ("ひら", {"HIRAGANA", "CJK", "KATAKANA"}), ("カ", {"HIRAGANA", "CJK", "KATAKANA"}), ("字", {"CJK"}),
        ("かab", {"HIRAGANA", "CJK", "KATAKANA", "LATIN"}),
        ("ʰʰ", {"LATIN"}),
    ],
)  # fmt: skip
def test_a_script_is_a_texts_own_where_one_letter_in_five_is_of_it(text: str, own: set[str]):
    assert scripts(text) == own


def test_words_are_runs_of_letters_and_their_marks():
    assert runs("Анна, e\u0301te & ab-c 1d 2º") == {"Анна", "éte", "ab", "c", "d"}


@pytest.mark.parametrize(
    "text",
    [
        "Plain text.", "Two\nlines\n\n\nthree", "a\r\nb", "a\tb", "a   b", "“Müller” – 5 €", "• one\n  • two",
        "naïve café", "👨\u200d👨\u200d👨\u200d👨", "\U0001faff",
        "Prix\u00a0: 5\u00a0% et «\u00a0oui\u00a0»", "5\u00a0km", "Thanks ☺", "😀😀😀😀😀😀",
        "😀😁😂", "x" * 40 + "-" * 3,
        "!?!?", "a?!.!", "…" * 16, "Zoë", "…", "👍🏽", "❤\ufe0f", "." * 16,
    ],
)  # fmt: skip
def test_signs_of_ordinary_texts(text: str):
    assert not is_unusual(text, LATIN)


@pytest.mark.parametrize(
    "text",
    [
        "a   \nb", "a   ", "a    b", "a\t b", "a\n\n\n\nb", "a\x07", "a\x0bb", "a\rb", "Анна", "aж", "a • b",
        "a·b", "a\u00a0b", "a\u00a0X", "😀 😁 😂 😃", "👨\u200d👨\u200d👨 👨\u200d👨\u200d👨",
        "😀😀😀😀😀😀😀", "😀😁😂😃", "🅰", "①", "𝐚𝐛", "a\u0301\u0301\u0301\u0301\u0301", "\u0323a", "٣",
        "▓", "†", "é\x07",
        "." * 17, "…" * 17, "!?#$", "é!?#$", "👨\u200d👩\u200d👧\u200d👦\u200d👧", "éж",
    ],
)  # fmt: skip
def test_signs_that_no_ordinary_text_of_these_letters_holds(text: str):
    assert is_unusual(text, LATIN)


def test_words_that_the_person_wrote_and_scripts_of_their_own_are_usual():
    assert not is_unusual("Анна", LATIN, frozenset({"Анна"}))
    assert is_unusual("Анна Мария", LATIN, frozenset({"Анна"}))
    assert not is_unusual("Анна\r\nда👍", frozenset({"CYRILLIC"}))
    assert not is_unusual("字、ひカ", frozenset({"CJK", "HIRAGANA", "KATAKANA"}))
    assert is_unusual("字、", LATIN, frozenset({"字"}))
    assert not is_unusual("字ひカ", frozenset({"CJK", "HIRAGANA", "KATAKANA"}))
    assert not is_unusual("٣", frozenset({"ARABIC"}))
    assert not is_unusual("कि" * 30, frozenset({"DEVANAGARI"}))
    assert not is_unusual("字ab", frozenset({"CJK", "LATIN"}))
    assert is_unusual("жab", frozenset({"CYRILLIC", "LATIN"}))


@pytest.mark.parametrize(
    ("word", "heaped"),
    [("कि", False), ("किििक", False), ("किििि", True), ("कििििक", True), ("िक", True), ("ि", True)],
)
def test_more_marks_on_a_letter_than_any_language_needs_are_a_heap(word: str, heaped: bool):
    assert is_unusual(word, frozenset({"DEVANAGARI"})) is heaped


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-29", "2026-11-29T12:30:00Z", "2026-11-29T12:30:00+01:00", "12:30", "3 May 2026",
        "May 3rd, 2026 at 5pm",
        "29.11.2026", "29.11.", "Monday", "5 p.m. UTC", 0, 4_102_444_800_000, "1 2 3 4 5 6 7 8",
        "September September September September.", "2026-11-29 2026-11-29 2026-11-29",
    ],
)  # fmt: skip
def test_dates_and_times_are_read(value: object):
    assert readable_time(value)


@pytest.mark.parametrize(
    "value",
    [
        "", "soon", "4711", "12:60", "2026-13-01", "at the bank", True, False, -1, 4_102_444_800_001, 1.5, None, [],
        "1 2 3 4 5 6 7 8 9", "2026-11-29 2026-11-29 2026-11-29 9", "12:30\n", "Monday at " + "the " * 8,
        "September September September September. ",
    ],
)  # fmt: skip
def test_what_could_be_a_message_is_no_time(value: object):
    assert not readable_time(value)


@pytest.mark.parametrize(
    ("item", "text", "listed"),
    [
        ("salt", "- salt", True), ("Salt", "- salt", True), ("salt", "1) some salt", True),
        ("salt", "a, salt, b", True),
        ("salt", "Buy: a; salt; b.", True), ("salt", "Buy: a; b; salt.", True), ("salt", "Buy: salt; b; c", True),
        ("X", "a, b, X", True), ("salt", "salt, b, c" + "x" * 200, False),
        ("salt", "salt-a, b, c; the salt", False), ("salt", "a, salt", False), ("salt", "the salt is here", False),
        ("salt", "saltier, a, b", None), ("salt", "", None), ("salt", "a | salt | b", True),
        ("salt", "a / salt / b", True),
        ("salt", "- " + "word " * 7 + "salt", True), ("salt", "- " + "word " * 8 + "salt", False),
        ("salt", "the salt\n- salt", True), ("salt", "the salt\n" * 200 + "- salt", False),
        ("salt", "x" * 200 + " a, salt, b", False),
    ],
)  # fmt: skip
def test_an_item_stands_in_a_list_or_in_a_sentence_or_not_at_all(item: str, text: str, listed: bool | None):
    assert item_of(item, text) is listed
