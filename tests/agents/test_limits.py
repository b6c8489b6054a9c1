"""Limits as people write them, and as they are shown."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.grants.limits import example, from_text, narrower, readable, sentence, to_text
from agents.policy.declarations import Type
from agents.policy.limits import within
from tests.agents.strategies import (
    ARGUMENTS,
    CAPABILITIES,
    written_limits,
)

ALL = CAPABILITIES[-1]


def only(*patterns: str) -> dict[str, Any]:
    return {"only": list(patterns)}


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
        ("2.50, 3", Type.NUMBER, {"only": ["2.5", "3"], "min": 2.5, "max": 3}),
        ("0-99.90", Type.NUMBER, {"min": 0, "max": 99.9}),
        ("-0.1", Type.NUMBER, {"max": 0.1}),
        ("@example.com, @*.example.com", Type.TEXTS, only("@example.com", "@*.example.com")),
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
        ({"text": only("a")}, "free text"),
        ({"text": {"words": "few"}}, "free text"),
        ({"to": {"words": "any"}}, "not in a form"),
        ({"when": only("a")}, "no argument"),
        ({"nothing": only("a")}, "no argument"),
        ({"to": {}}, "not in a form"),
        ({"to": {"only": "a"}}, "not in a form"),
        ({"to": {"only": []}}, "not in a form"),
        ({"to": {"regex": "a"}}, "not in a form"),
        ({"to": {"max": 3}}, "no number"),
        ({"to": only(*map(str, range(101)))}, "100 values"),
        ({"to": only("a", "*@b c")}, "too many addresses"),
        ({"to": only("*@*example.com")}, "too many addresses"),
        ({"to": only("a@b@*.com")}, "too many addresses"),
        ({"to": only("ops\u200b@example.com")}, "does not show"),
        ({"to": only("ops\u202e*")}, "does not show"),
        ({"to": only(5)}, "not in a form"),  # type: ignore[arg-type]
        ({"to": only(")(*@example.com")}, "nothing could ever be"),
        ({"count": {"max": True}}, "not in a form"),
        ({"count": {"max": float("inf")}}, "not in a form"),
        ({"count": only("1.5")}, "nothing could ever be"),
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
    limits = {"text": {"words": "any"}, "to": only("@example.com", "News*"), "count": {"max": 3}}
    said = "reader only addresses at example.com or “News*”; count only at most 3; its own words as text"
    assert sentence(ALL, limits) == said
    assert sentence(ALL, {"to": only("*"), "amount": {"min": 0, "max": 99.9}}) == (
        "any reader; amount only 0 to 99.9"
    )


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
)
def test_decimals_mean_what_is_written(one: Decimal, other: Decimal, value: Decimal) -> None:
    low, high = sorted([one, other])
    limit = from_text(f"{low}-{high}", Type.NUMBER)
    assert from_text(to_text(limit), Type.NUMBER) == limit
    assert within(limit, float(value)) == (low <= value <= high)
    exact = from_text(str(one), Type.NUMBER)
    assert within(exact, float(value)) == (value == one)
    assert narrower({"a": exact}, {"a": limit})
