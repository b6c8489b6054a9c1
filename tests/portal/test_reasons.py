"""Stored reasons: put in words for each reader, private parameters for their own person only."""

import pytest

from portal.reasons import EARLIER, OTHERS, YOU, because, declare, public, render_reason, second


@pytest.fixture(autouse=True)
def _declared():
    declare(
        {
            "t_plain": "It ended after {most:count step}.",
            "t_own": ("It needs {needs:own money} of {limit:money}.", "It needs more than {limit:money}."),
            "t_reader": "{title}: not from {you}, not {your} words. {Your} own.",
            "t_nested": "Refused: {refused:told}",
            "t_why": "Stopped by {who}{why:end}",
            "t_when": "Since {at:moment}.",
        }
    )


def test_each_reader_gets_their_own_sentence():
    stored = because("t_own", needs=2_000_000, limit=1_000_000)
    assert render_reason(stored, YOU) == "It needs $2.00 of $1.00."
    assert render_reason(stored, OTHERS) == "It needs more than $1.00."
    assert (
        render_reason(because("t_reader", title="To"), YOU) == "To: not from you, not your words. Your own."
    )
    assert render_reason(because("t_reader", title="To"), second("Mia Park")) == (
        "To: not from Mia Park, not Mia Park’s words. Mia Park’s own."
    )


def test_what_is_public_holds_nothing_private_at_any_depth():
    stored = because("t_nested", refused=[because("t_own", needs=2_000_000, limit=1_000_000)])
    kept = public(stored)
    assert "2000000" not in str(kept)
    assert render_reason(kept, YOU) == render_reason(stored, OTHERS) == "Refused: It needs more than $1.00."


def test_a_row_from_before_the_codes_is_read_by_its_own_person_only():
    stored = {"code": "earlier", "params": {EARLIER: "The model’s own words"}}
    assert render_reason(stored, YOU) == "The model’s own words"
    assert "own words" not in render_reason(stored, OTHERS) + str(public(stored))


def test_a_persons_words_and_a_reason_stand_in_the_same_place():
    assert (
        render_reason(because("t_why", who="Ada", why="too many drafts"))
        == "Stopped by Ada: too many drafts."
    )
    assert render_reason(because("t_why", who="Ada", why="")) == "Stopped by Ada."
    nested = because("t_plain", most=1)
    assert render_reason(because("t_why", who="Ada", why=nested)) == "Stopped by Ada: It ended after 1 step."
    assert render_reason("a person’s own words") == "a person’s own words"


def test_what_cannot_be_read_breaks_no_page():
    assert render_reason({}) == render_reason(None) == ""
    assert "t_gone" in render_reason({"code": "t_gone", "params": {}})
    assert render_reason({"code": "t_when", "params": {"at": "no time"}}) == "Since no time."
    assert render_reason({"code": "t_plain", "params": {}}) == "It ended after ."


@pytest.mark.parametrize(
    ("code", "params"), [("t_none", {}), ("t_plain", {}), ("t_plain", {"most": 1, "more": 2})]
)
def test_only_declared_codes_with_exactly_their_parameters_are_stored(code, params):
    with pytest.raises(ValueError, match="no declared reason"):
        because(code, **params)


def test_a_sentence_for_others_that_names_something_private_is_refused():
    with pytest.raises(ValueError, match="others would read"):
        declare({"t_leak": ("{needs:own money}", "{needs:money}")})
    with pytest.raises(ValueError, match="others would read"):
        declare({"t_leak": "It may cost {needs:own money}."})
    with pytest.raises(ValueError, match="no such kind"):
        declare({"t_kind": "{x:strange}"})
