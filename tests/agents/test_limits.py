"""Limits as people write them, and that a narrower one is never wider."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.grants.limits import example, from_text, narrower, readable, sentence, to_text
from agents.policy.facts import Type
from agents.policy.rules import within
from tests.agents.strategies import (
    ARGUMENTS,
    CAPABILITIES,
    LETTERS,
    PATTERNS,
    VALUES,
    odd_limit,
    written_limits,
)

ALL = CAPABILITIES[-1]


def only(*patterns: str) -> dict[str, Any]:
    return {"only": list(patterns)}


@st.composite
def fitting(draw: st.DrawFn, limit: dict[str, Any]) -> Any:
    """A value that ``limit`` may well let through: its patterns with something for each star."""
    patterns = limit.get("only")
    if isinstance(patterns, list) and patterns:
        pieces = str(draw(st.sampled_from(patterns))).split("*")
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
@settings(max_examples=1000, deadline=None)
def test_a_narrower_limit_lets_nothing_more_through(made: tuple[dict[str, Any], dict[str, Any], Any]) -> None:
    new, old, value = made
    if narrower({"to": new}, {"to": old}) and within(new, value):
        assert within(old, value)


@given(st.lists(PATTERNS, min_size=1, max_size=2), st.lists(PATTERNS, min_size=1, max_size=2), st.data())
@settings(max_examples=1000, deadline=None)
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


@pytest.mark.parametrize(
    ("text", "type_", "limit"),
    [
        ("", Type.TEXT, {}),
        (" Invoices ,News*\nOld,Invoices", Type.TEXT, only("Invoices", "News*", "Old")),
        ('"Smith, John", b', Type.TEXT, only("Smith, John", "b")),
        ("5", Type.INTEGER, {"only": ["5"], "min": 5, "max": 5}),
        ("5, 3", Type.INTEGER, {"only": ["5", "3"], "min": 3, "max": 5}),
        ("1-10", Type.INTEGER, {"min": 1, "max": 10}),
        ("1 – 10", Type.INTEGER, {"min": 1, "max": 10}),
        ("-10", Type.INTEGER, {"max": 10}),
        ("2-", Type.INTEGER, {"min": 2}),
        ("yes", Type.FLAG, only("yes")),
    ],
)
def test_limits_are_written_and_read(text: str, type_: Type, limit: dict[str, Any]) -> None:
    assert from_text(text, type_) == limit
    assert from_text(to_text(limit), type_) == limit


@pytest.mark.parametrize("text", ["ten", "1,000", "10-1", "-", "1.5", "1-2-3", "1_0", "-5, 3"])
def test_a_number_that_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"whole numbers|smaller"):
        from_text(text, Type.INTEGER)


def test_addresses_need_commas_between_them() -> None:
    with pytest.raises(ValueError, match="several addresses"):
        from_text("a@example.com; b@example.com", Type.TEXT)


@given(
    st.lists(
        st.text("aB*,@\"' .", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=3, unique=True
    )
)
def test_what_is_shown_can_be_sent_again(values: list[str]) -> None:
    written = to_text({"only": values})
    try:
        assert from_text(written, Type.TEXT) == {"only": values}
    except ValueError:
        assert any("@" in value and " " in value for value in values)


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        ({"text": only("a")}, "no argument"),
        ({"nothing": only("a")}, "no argument"),
        ({"to": {}}, "cannot be read"),
        ({"to": {"only": "a"}}, "cannot be read"),
        ({"to": {"only": []}}, "cannot be read"),
        ({"to": {"regex": "a"}}, "cannot be read"),
        ({"to": {"max": 3}}, "no number"),
        ({"to": only(*map(str, range(101)))}, "100 values"),
        ({"to": only("a", "*@b c")}, "nothing could ever be"),
        ({"to": only("x" * 3000)}, "nothing could ever be"),
        ({"count": only("three")}, "nothing could ever be"),
        ({"count": {"min": 4, "max": 3}}, "nothing could ever be"),
        ({"loud": only("maybe")}, "nothing could ever be"),
    ],
)
def test_limits_that_nobody_can_meet_are_refused(limits: dict[str, Any], problem: str) -> None:
    assert problem in readable(ALL, limits)


@given(written_limits(ALL))
def test_readable_limits_can_be_met_and_are_inside_themselves(limits: dict[str, Any]) -> None:
    assert readable(ALL, limits) == ""
    assert narrower(limits, limits)
    for argument in ARGUMENTS:
        assert argument.name not in limits or within(
            limits[argument.name], example(argument, limits[argument.name])
        )


def test_limits_in_a_sentence() -> None:
    limits = {"to": only("Support", "News*"), "count": {"max": 3}}
    assert sentence(ALL, limits) == "reader only “Support” or “News*”; count only at most 3"
