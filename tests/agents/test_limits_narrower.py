"""A narrower limit is never wider, whatever is asked."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.grants.limits import from_text, narrower, readable
from agents.policy.declarations import Type
from agents.policy.limits import within
from tests.agents.strategies import CAPABILITIES, LETTERS, PATTERNS, VALUES, odd_limit

ALL = CAPABILITIES[-1]


def only(*patterns: str) -> dict[str, Any]:
    return {"only": list(patterns)}


@st.composite
def fitting(draw: st.DrawFn, limit: dict[str, Any]) -> Any:
    """A value that ``limit`` may well let through: its patterns with something for each star."""
    patterns = limit.get("only")
    if isinstance(patterns, list) and patterns:
        pattern = str(draw(st.sampled_from(patterns)))
        pieces = (f"*{pattern}" if pattern.startswith("@") else pattern).split("*")
        text = pieces[0] + "".join(draw(LETTERS) + piece for piece in pieces[1:])
        return draw(st.sampled_from([text, text.upper(), text.lower(), [text]]))
    return draw(VALUES)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """(new, old, a value), the two limits often alike."""
    old = draw(odd_limit())
    new = draw(odd_limit())
    if draw(st.booleans()):
        more = (
            {"only": [draw(PATTERNS) + str(one) for one in old.get("only", [])]}
            if draw(st.booleans())
            else {}
        )
        new = {**old, **more}
    return new, old, draw(st.one_of(fitting(new), fitting(new), VALUES))


@given(pairs())
@settings(max_examples=1000)
def test_a_narrower_limit_lets_nothing_more_through(made: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
    new, old, value = made
    if narrower({"to": new}, {"to": old}) and within(new, value):
        assert within(old, value)


@given(st.lists(PATTERNS, min_size=1, max_size=2), st.lists(PATTERNS, min_size=1, max_size=2), st.data())
@settings(max_examples=1000)
def test_a_narrower_pattern_lets_nothing_more_through(
    new: list[str], old: list[str], data: st.DataObject
) -> None:
    if narrower({"to": only(*new)}, {"to": only(*old)}):
        value = data.draw(fitting(only(*new)))
        assert not within(only(*new), value) or within(only(*old), value)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (only("ab*"), only("a*")),
        (only("a"), only("a*")),
        (only("A"), only("a")),
        (only("a*b*c"), only("a*c")),
        (only("x", "yz"), only("y*", "x")),
        (only("lea@example.com"), only("*@example.com")),
        (only("l*@example.com"), only("*@example.com")),
        (only("lea@example.com"), only("@example.com")),
        (only("*@Example.com"), only("@example.com")),
        (only("@a.example.com"), only("@*.example.com")),
        (only("@*.a.example.com"), only("@*.example.com")),
        (only("@*.example.com"), only("*@*")),
        (only("@example.com", "@*.example.com"), only("*")),
        (only("@xn--bcher-kva.example"), only("@xn--bcher-kva.example")),
        ({"min": 2, "max": 2.5}, {"min": 1.5, "max": 2.5}),
        (from_text("2.50", Type.NUMBER), from_text("0-2.5", Type.NUMBER)),
        ({"min": 2, "max": 3}, {"min": 1, "max": 3}),
        ({"max": 3}, {"max": 3}),
        (from_text("5", Type.INTEGER), {"max": 10}),
        (from_text("3-3", Type.INTEGER), from_text("3, 5", Type.INTEGER)),
    ],
)
def test_narrower(new: dict[str, Any], old: dict[str, Any]) -> None:
    assert narrower({"a": new}, {"a": old})
    assert narrower({"a": new, "b": only("x")}, {"a": old})


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (only("a*"), only("ab*")),
        (only("*"), only("a*")),
        (only("a", "b"), only("a")),
        (only("*@example.com"), only("*@example.co")),
        (only("a@*@example.com"), only("*@example.com")),
        (only("@example.com"), only("@*.example.com")),
        (only("@*.example.com"), only("@example.com")),
        (only("@example.com"), only("l*@example.com")),
        (only("@example.com"), only("l*")),
        (only("lea@example.com"), only("l*")),
        (only("@xn--bcher-kva.example"), only("*@*")),
        (only("@xn--a.example.com"), only("@*.example.com")),
        (only("a", "b"), {"only": "ab"}),
        ({"max": 3.01}, {"max": 3}),
        ({"min": 3, "max": 4}, from_text("3, 4", Type.NUMBER)),
        (only("*a"), only("a*")),
        (only("\u212a"), only("k")),
        ({"max": 4}, {"max": 3}),
        ({"min": 1}, {"min": 1, "max": 3}),
        ({"min": 3, "max": 5}, from_text("3, 5", Type.INTEGER)),
        ({}, only("a")),
        (only("a"), {}),
    ],
)
def test_not_narrower(new: dict[str, Any], old: dict[str, Any]) -> None:
    assert not narrower({"a": new}, {"a": old})
    assert not narrower({}, {"a": old})


def test_own_words_are_wider_than_the_rule() -> None:
    free = {"text": {"words": "any"}}
    assert readable(ALL, free) == ""
    assert narrower({}, free)
    assert narrower(free, free)
    assert not narrower(free, {})
    assert not narrower(free, {"to": only("a")})
    assert within(free["text"], "whatever it says")
    assert not within(free["text"], 5)
