"""What leads somewhere: links, addresses and codes in any disguise, and what only looks a little like one."""

import pytest

from agents.policy.language.links import holds_code, holds_hidden_text, holds_link, undisguised
from agents.policy.language.worded_links import says_link


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"), ("a&#46;b", "a.b"), ("a&amp;b", "a&b"), ("a\u200bb", "ab"), ("q\u0301", "q"),
        ("ａ．ｂ", "a.b"),
        ("a。b", "a.b"), ("a・b", "a.b"), ("Ⓐ🅱🇨", "Abc"), ("a／b＠c：d", "a/b@c:d"), ("a•b", "a.b"), ("a⋅b", "a.b"),
        ("字。字", "字. 字"), ("字。a", "字.a"), ("a。字", "a.字"), ("。字", ".字"), ("字。", "字."),
        ("字・字", "字. 字"),
        ("a\u2e33b", "a.b"), ("a\x07b", "ab"), ("½", "1/2"), ("a € b", "a € b"), ("ß", "ß"),
        ("か。き。く", "か. き. く"), ("字。字・字", "字. 字. 字"), ("ад", "ад"),
    ],
)  # fmt: skip
def test_every_disguise_is_taken_off(text: str, shown: str):
    assert undisguised(text) == shown


LINKS = [
    "a@b", "see x://y", "mailto:ann", "a::b", "C:/temp", "tel:+49", "evil.com", "evil. com", "evil. COM", "www. evil",
    "1.2.3.4", "www evil", "//evil", "(//evil", "xn--a", "%2e", "\\x2e", "\\u2e", "\\\\server", "<a", "< /b", "<!--",
    "[a](b", "[a] (b", "[a] [b", "[a]: b", "[[a", "ev*il.c*om", "e`v`il.com", "evil.c|om", "ht_tp_:_//x",
    "evil.\ncom",
    "evil&period;com", "evil dot com", "evil.ｃｏｍ", "x.ab", "evil’.’com", "a.é1",
]  # fmt: skip


@pytest.mark.parametrize("text", LINKS)
def test_whatever_a_program_or_a_person_could_follow_is_a_link(text: str):
    assert holds_link(text)
    assert holds_link(f"Please look at {text}")


@pytest.mark.parametrize(
    "text",
    [
        "", "All is well.", "All is well. Me too", "All is well. Com", "e.g", "wait...what", "3.5", "1.2.3",
        
        "1.2.3.4567", "at 5: then", "5:30", "5 : x", "a @ b", "@ b", "a @", "swww", "a//b", "a --b", "a % b", "5%",
        "%g0",
        "a < 2", "2<3", "[a]", "a] b", "[ [a", "\\x", "\\ \\a", "well*done*", "a_b", "x: y", "and/or", "x--n",
        "Evil.", "No. 5", "a.1",
    ],
)  # fmt: skip
def test_marks_of_sentences_are_no_links(text: str):
    assert not holds_link(text)


WORDED = [
    "evil dot com", "evil (dot) com", "evil punkt com", "evil point org/x", "evil punkt to", "evil punkt to.",
    "mallory at evil dot org", "mallory [at] evil", "evil <punkt> xyz", "evil|dot|com", "evil-dot-com",
    "evil_punkt_de",
    "evil*dot*com", "evil~dot~com", "evil d0t com", "evil dooot com", "evil [.] com", "a [ @ ] b", "evildotcom",
    "evil tochkacom", "evil d.o.t com", "d o t", "邪点com", "a点b", "xトットcom", "evil 점 com", "닷컴",
    "slash slash evil",
    "slash-slash", "h t t p", "hxxp", "h-t-t-p-s", "evil full stop com", "evil fullstop com", "Evil Dot Com",
    "evil döt com",
    "evil point local", "evil ponto us?", "evil punkt my-site/x", "evil arroba com", "evild0tcom",
    "evil d" + "o" * 22 + "t com",
]  # fmt: skip


@pytest.mark.parametrize("text", WORDED)
def test_a_link_can_be_said_in_words(text: str):
    assert says_link(text)
    assert says_link(f"See {text}")
    assert says_link(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "", "the point is clear", "at this point it ends", "point to the door please", "polka dots", "a dot", "dot",
        "dot com",
        "meet at noon", "punkt", "bitte punkt eins", "do it", "d o g", "slash it", "the heart", "3点30分",
        "点心",
        "점심", "evildots", "period of time", "arroba", "full stop", "evil d" + "o" * 23 + "t com",
    ],
)  # fmt: skip
def test_words_of_sentences_are_no_links(text: str):
    assert not says_link(text)


CODES = [
    "4711", "12 34", "1-2-3-4", "1 . 2 . 3 . 4", "A1B2", "a1 b2 c3", "A1B 2C3 D4E", "83KD-22LQ", "s e c r e t",
    "s-e-c-r-e-t",
    "deadbeef", "DEADBEEF", "aBcDeFgH", "x" * 25, "2026-13-01", "24:60", "20261129", "2026.5", "2024 5", "5 2024",
    "a\u200bb", "a2026", "2026a", "a-1-b-2-c-3-d", "x٣٤٥٦", "2100", "X2026", "kX9#mQ2", "0049 30", 
    "2026-11-29-4711",
    "ab12cd", "1a 2b 3c", "1\u20602", "０４７１１",
]  # fmt: skip


@pytest.mark.parametrize("text", CODES)
def test_what_could_be_a_key_or_a_number_of_an_account_is_a_code(text: str):
    assert holds_code(text)
    assert holds_code(f"It is “{text}”, they say.")


@pytest.mark.parametrize(
    "text",
    [
        "", "All is well", "2026-11-29", "29 November 2026", "12:30", "2026-11-29 12:30:15", "in 2026.",
        "room 12",
        "3 of 45",
        "123", "Chapter 12, page 3", "a b c d", "x" * 24, "MacBook Pro", "DevOpsTeam", "faced", "1 and 2 and 3",
        "a1 b c2",
        "1/2 of 3", "in (2026)", "*2026*", "2025 and 2026", "5 km", "12 or 34", "👍\ufe0f",
        "字" * 30,
        "ab1", "a1 word b2 word c3", "1a 2b", "ABCDEFG", "iPhone", "Zürich–Bern", "2026’s",
    ],
)  # fmt: skip
def test_dates_times_and_counts_are_no_codes(text: str):
    assert not holds_code(text)


def test_a_few_dates_are_dates_and_many_are_a_code_in_disguise():
    for one in ("2026-11-29", "12:30", "2026"):
        assert not holds_code(", and ".join([one] * 12))
        assert holds_code(", and ".join([one] * 13))
    assert holds_code(" and ".join(["2026-11-29", "12:30", "2026"] * 5))


def test_signs_that_show_nothing_are_hidden_text_unless_an_emoji_needs_them():
    assert [holds_hidden_text(text) for text in ("plain", "é", "👍\ufe0f", "a\nb", "a\ufe0f", "a\u200bb", "a\x07")] == [
        False, False, False, False, True, True, True,
    ]  # fmt: skip
