"""Which values a limit lets through, and how it reads."""

from typing import Any

import pytest

from agents.policy.limits import in_words, within


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("Invoices", ["Invoices", "invoices"], ["Invoices ", "Invoice", "", None, "Invoices\n"]),
        ("News*", ["News", "newsletters"], ["Old News", "News\nX", "News\u202e"]),
        ("*a*b*", ["ab", "xaybz", "aab"], ["ba", "a"]),
        ("*", ["anything", "", 5, True, 1.5], ["two\nlines", None, float("nan"), float("inf"), 10**400, {}]),
        ("*@example.com", ["mia@example.com"], ["eve@evil.org, mia@example.com", "eve@evil.org@example.com"]),
        (
            "*@example.com",
            ["MIA@EXAMPLE.COM"],
            ["eve@evil.org mia@example.com", "<eve@example.com", "@evil.com"],
        ),
        ("ops@bank.com", ["OPS@bank.com"], ["ops@ban\u212a.com"]),
        ("straße@x.de", ["STRAßE@x.de"], ["strasse@x.de"]),
        ("Ämter", ["ämter"], ["amter"]),
        ("5", [5, "5"], [50, "05"]),
        ("yes", [True, "yes"], [False, 1]),
    ],
)
def test_a_pattern_covers_whole_values(pattern: str, inside: list[Any], outside: list[Any]) -> None:
    assert [value for value in inside if not within({"only": [pattern]}, value)] == []
    assert [value for value in outside if within({"only": [pattern]}, value)] == []


def test_each_element_of_a_list_must_be_inside() -> None:
    assert within({"only": ["a", "b"]}, ["a", "b"])
    assert not within({"only": ["a", "b"]}, ["a", "c"])
    assert not within({"only": ["a"]}, [])


def test_a_pattern_of_many_stars_is_quick() -> None:
    assert not within({"only": ["*a" * 30 + "b"]}, "a" * 100_000)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"only": ["Invoices"]}, "“Invoices”"),
        ({"only": ["a", "b", "c"]}, "“a”, “b” or “c”"),
        ({"only": ["3", "5"], "min": 3, "max": 5}, "3 or 5"),
        ({"min": 1, "max": 10}, "1 to 10"),
        ({"min": 4, "max": 4}, "4"),
        ({"max": 10}, "at most 10"),
        ({"min": 2}, "at least 2"),
        ({}, "nothing, because the limit cannot be read"),
    ],
)
def test_limits_in_words(limit: dict[str, Any], words: str) -> None:
    assert in_words(limit) == words
