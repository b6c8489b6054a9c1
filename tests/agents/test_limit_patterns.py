"""The edges of a limit: how large a number may be, what a star covers, which addresses a domain holds, how it reads."""

from typing import Any

import pytest

from agents.policy.limits import (
    At,
    Exact,
    Glob,
    address_at,
    covers,
    domain_in,
    in_domains,
    in_words,
    is_number,
    names,
    numeral,
    plain,
    shape,
    visible,
    within,
)


@pytest.mark.parametrize(
    ("number", "written"),
    [(5, "5"), (5.0, "5"), (0.1, "0.1"), (2.5, "2.5"), (100, "100"), (100.0, "100"), (0.0, "0"), (1e-7, "0.0000001"),
     (1e20, "100000000000000000000"), (-0.5, "-0.5"), (10.10, "10.1")],
)  # fmt: skip
def test_a_number_is_written_without_what_adds_nothing(number: float, written: str):
    assert numeral(number) == written


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, True), (1.5, True), (True, False), ("1", False), (1e30, False), (-1e30, False), (10**30 - 1, True),
     (2 * 10**30, False), (float("nan"), False), (float("inf"), False)],
)  # fmt: skip
def test_a_number_is_of_a_size_that_anybody_could_mean(value: object, number: bool):
    assert is_number(value) is number


@pytest.mark.parametrize(
    ("limit", "value", "inside"),
    [
        ({"only": ["a"]}, ["a", "a"], True), ({"only": ["a"]}, ["a", "b"], False), ({"only": ["a"]}, [], False),
        ({"only": ["a"]}, [["a"]], False), ({"only": ("a",)}, "A", True), ({"only": "a"}, "a", False),
        ({"only": [5]}, "5", False), ({"only": ["5"]}, 5.0, True), ({"only": ["yes"]}, True, True),
        ({"only": ["no"]}, False, True), ({"only": ["yes"]}, False, False), ({"only": ["*"]}, None, False),
        ({"words": "any"}, "a", True), ({"words": "any"}, 5, False), ({"words": "few"}, "a", False),
        ({}, "a", False), ({"min": 1}, 1, True), ({"min": 1}, 0, False), ({"max": 1}, 1, True), ({"max": 1}, 2, False),
        ({"min": 1}, "1", False), ({"min": "1"}, 1, False), ({"min": 1, "max": 2}, 3, False),
        ({"only": ["1", "3"], "min": 1, "max": 3}, 3, True), ({"only": ["1", "3"], "min": 1, "max": 3}, 2, False),
        ({"only": ["a"], "other": 1}, "a", False), ({"only": ["b", "a"]}, "a", True),
        ({"only": ["1e+30"]}, 1e30, False),
    ],
)  # fmt: skip
def test_what_is_inside_a_limit(limit: dict[str, Any], value: object, inside: bool):
    assert within(limit, value) is inside


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("News", Exact("news")), ("News*", Glob("news*")), ("*", Glob("*")), ("a@b.co", Exact("a@b.co")),
        ("@B.co", At("*", "b.co")), ("*@b.co", At("*", "b.co")), ("L*@b.co", At("l*", "b.co")), ("@", Exact("@")),
        ("@*.b.co", At("*", "*.b.co")), ("*@*", At("*", "*")), ("@*", At("*", "*")), ("@me", Exact("@me")),
        ("a@b@*.co", None), ("*@b", None), ("@*.b", None), ("*@*b.co", None), ("*@xn--b.co", At("*", "xn--b.co")),
        ("*@*.xn--b.co", None), ("@bü.co", At("*", "bü.co")), ("@*.bü.co", None), ("*@b.1", None),
        ("*@b.1.co", At("*", "b.1.co")), ("*@b..co", None),
        ("*@b c.co", None), ("*@b-c.co", At("*", "b-c.co")), ("@*.-b.co", None), ("@*.b-.co", None),
        ("*@" + "b." * 125 + "coo", At("*", "b." * 125 + "coo")), ("*@" + "b." * 125 + "cooo", None),
    ],
)  # fmt: skip
def test_a_pattern_is_read_by_its_shape(pattern: str, read: object):
    assert shape(pattern) == read


@pytest.mark.parametrize(
    ("local", "domain", "text", "held"),
    [
        ("*", "b.co", "ann@b.co", True), ("*", "b.co", "Ann@B.co", True), ("*", "b.co", "b.co", False),
        ("l*", "b.co", "Lea@b.co", True), ("l*", "b.co", "ann@b.co", False), ("*", "b.co", "a@c@b.co", False),
        ("*", "b.co", "a" * 64 + "@b.co", True), ("*", "b.co", "a" * 65 + "@b.co", False),
        ("*", "b.co", "a b@b.co", False), ("*", "b.co", "a..b@b.co", False), ("*", "b.co", "a.b@b.co", True),
        ("*", "b.co", "@b.co", False), ("*", "b.co", "a%b@b.co", False), ("*", "b.co", "ann@x.b.co", False),
        ("*", "*.b.co", "ann@x.b.co", True), ("*", "*.b.co", "ann@b.co", False), ("*", "*", "ann@x.b.co", True),
        ("*", "*", "ann@*", False), ("*", "*", "ann@b", False), ("*", "*.b.co", "ann@*.b.co", False),
    ],
)  # fmt: skip
def test_an_address_is_one_plain_address_of_the_domain(local: str, domain: str, text: str, held: bool):
    assert address_at(local, domain, text) is held


def test_a_company_has_several_domains():
    assert in_domains("ann@c.co", ["b.co", "c.co"])
    assert not in_domains("ann@d.co", ["b.co", "c.co"])
    assert not in_domains("ann@d.co", [])
    assert domain_in("b.co", "b.co")
    assert not domain_in("ab.co", "*.b.co")
    assert not domain_in("x.xn--a.b.co", "*.b.co")
    assert not domain_in("*", "*")


@pytest.mark.parametrize(
    ("glob", "text", "covered"),
    [
        ("a", "a", True), ("a", "ab", False), ("a*", "ab", True), ("a*", "a", True), ("a*", "ba", False),
        ("*a", "ba", True), ("*a", "ab", False), ("a*a", "a", False), ("a*a", "aa", True), ("a*b*c", "abc", True),
        ("a*b*c", "axbxc", True), ("a*b*c", "ac", False), ("a*b*b*c", "abc", False), ("a*b*b*c", "abbc", True),
        ("a*bc*c", "abc", False), ("a*bc*c", "abcc", True), ("*ab*", "xaby", True), ("**", "", True),
        ("ab*bc", "abc", False), ("a*xb*b*c", "axbc", False), ("*aa*aa*", "aaa", False), ("*aa*aa*", "aaaa", True),
    ],
)  # fmt: skip
def test_a_star_covers_piece_by_piece(glob: str, text: str, covered: bool):
    assert covers(glob, text) is covered


@pytest.mark.parametrize(
    ("text", "glob", "may"),
    [
        ("News", "n*", True), ("a@b.co", "a*", False), ("a@b.co", "*", True), ("50%", "5*", False),
        ("50%", "5*%", True), ("a/../b", "a*", False), ("..", ".*", False), ("a/..b", "a*", True),
        ("a..", "a*", True), ("a\u200b", "*", False), ("a\n", "*", False), ("a\u3164", "*", False),
    ],
)  # fmt: skip
def test_a_star_stands_for_no_address_and_no_way_out(text: str, glob: str, may: bool):
    assert plain(text, glob) is may
    assert visible(text) is (may or text[-1:] not in "\u200b\n\u3164")


def test_a_limit_names_exactly_what_it_holds():
    assert names({"only": ["x", "INBOX"]}, "inbox")
    assert names({"only": ("inbox",)}, "INBOX")
    for limit in ({"only": ["*"]}, {"only": "inbox"}, {"only": [5]}, {"max": 5}, {}):
        assert names(limit, "inbox") is False


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ({"words": "any"}, "in any words"), ({"only": ["a"]}, "“a”"), ({"only": ["a", "b*"]}, "“a” or “b*”"),
        ({"only": ["a", "b", "c"]}, "“a”, “b” or “c”"), ({"only": ["3", "5"], "min": 3, "max": 5}, "3 or 5"),
        ({"only": ["5"], "min": 5, "max": 5}, "5"), ({"min": 3, "max": 5}, "3 to 5"), ({"min": 3, "max": 3.0}, "3"),
        ({"min": 3}, "at least 3"), ({"max": 5}, "at most 5"), ({"only": ["*"]}, "anything"),
        ({"only": ["*@*"]}, "any address"), ({"only": ["@*.b.co"]}, "addresses below b.co"),
        ({"only": ["@b.co"]}, "addresses at b.co"), ({"only": ["l*@b.co"]}, "“l*@b.co”"),
        ({"only": ["m\u0456\u0430@b.co"]}, "“m\u0456\u0430@b.co” (“\u0430” is U+0430, “\u0456” is U+0456)"),
        ({"only": ["\u0430"]}, "“\u0430”"),
        ({"only": ["\u0430é@b.co"]}, "“\u0430é@b.co” (“é” is U+00E9, “\u0430” is U+0430)"),
    ],
)  # fmt: skip
def test_a_limit_reads_as_a_sentence(limit: dict[str, Any], said: str):
    assert in_words(limit) == said


@pytest.mark.parametrize(
    "limit",
    [
        {},
        {"only": []},
        {"regex": "a"},
        {"min": "a"},
        {"max": True},
        {"min": 1, "max": "a"},
        {"min": "a", "max": 5},
        {"only": ["a"], "min": "a"},
        {"only": ["a"], "x": 1},
    ],
)
def test_a_limit_that_cannot_be_read_allows_nothing_and_says_so(limit: dict[str, Any]):
    assert in_words(limit) == "nothing, because the limit cannot be read"
