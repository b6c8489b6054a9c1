"""The pure rules: periods, what a refusal says, what a page tells, when an agent runs away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.budgets import spans
from metering.budgets.anomalies import FACTOR, FLOOR, Hour, hour_of, reason
from metering.budgets.steps import NEARLY, OVER_HALF, PASSED, SPENT, UNDER_HALF, enough, step
from metering.budgets.words import Full, holding, refusal, refusals
from portal.reasons import OTHERS, public, render_reason
from portal.words import money
from tests.metering.budgeted import CENT, DOLLAR, NOON


def test_periods_begin_at_midnight_utc_of_the_day_the_monday_the_first():
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # a Thursday
    assert spans.begun("day", at) == datetime(2026, 12, 31, tzinfo=UTC)
    assert spans.begun("week", at) == datetime(2026, 12, 28, tzinfo=UTC)
    assert spans.begun("month", at) == datetime(2026, 12, 1, tzinfo=UTC)
    assert spans.following("day", spans.begun("day", at)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert spans.following("month", spans.begun("month", at)) == datetime(2027, 1, 1, tzinfo=UTC)
    assert spans.following("whole", spans.begun("whole", at)) is None
    with pytest.raises(ValueError, match="no span"):
        spans.begun("year", at)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["day", "week", "month"]),
)
def test_every_moment_is_in_exactly_one_period(at, span):
    start = spans.begun(span, at)
    end = spans.following(span, start)
    assert start <= at < end
    assert spans.begun(span, end) == end
    assert spans.begun(span, end - timedelta(microseconds=1)) == start


def full(**more) -> Full:
    values = {
        "scope": "team",
        "name": "Support",
        "span": "month",
        "limit": DOLLAR,
        "needs": 3 * CENT,
        "anew": datetime(2026, 4, 1, tzinfo=UTC),
    }
    return Full(**(values | more))


def test_a_refusal_names_counter_limit_value_when_it_starts_anew_and_who_can_raise_it():
    assert render_reason(refusal(full(), "openai:x")) == (
        "The month’s budget of team Support is spent: more than $0.97 of $1.00 is used or set aside for calls under "
        "way, and the next call may cost $0.03. It resets on 1 April 2026, 00:00 UTC. "
        "The leads of Support can raise it."
    )


def test_a_call_that_is_larger_than_the_whole_limit_is_told_so():
    said = render_reason(
        refusal(full(scope="task", name="task 5 of Triage", span="whole", needs=2 * DOLLAR, anew=None), "m")
    )
    assert said == (
        "The budget of task 5 of Triage allows $1.00, and the next call may cost $2.00. It does not reset. "
        "Its person can run it again with a higher limit."
    )


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_others_read_the_limits_and_not_what_the_call_may_cost(limit, needs):
    """Neither what it needs nor what is used at the least, in words or in what the trail keeps."""
    one, other = full(limit=limit, needs=needs), full(needs=needs, scope="agent", name="Triage")
    stored = refusals([one, other], "openai:x")
    for text in (render_reason(stored, OTHERS), render_reason(public(stored)), holding(one)):
        amounts = re.findall(r"\$[\d,.]*\d", text)
        assert all(each in money(limit) or each in "$1.00" for each in amounts)
    kept = [one["params"] for one in public(stored)["params"]["refused"]]
    assert all(not {"needs", "least"} & set(one) for one in kept)
    said = render_reason(stored, OTHERS)
    assert said.count("can raise it.") == 2
    assert money(limit) in said or "is spent" in said


def test_a_model_without_a_price_is_refused_in_its_own_words():
    said = render_reason(refusal(full(needs=None), "openai:own"))
    assert "refuses models without a known price, and openai:own has none" in said
    assert "another model" in said


@pytest.mark.parametrize(
    ("scope", "who"),
    [
        ("organisation", "Finance or an admin can raise it."),
        ("cost_centre", "Finance or an admin can raise it."),
        ("agent", "The managers of Support can raise it."),
    ],
)
def test_who_can_raise_it(scope, who):
    assert render_reason(refusal(full(scope=scope), "m"), OTHERS).endswith(who)
    assert holding(full(scope=scope)).endswith(who)


def test_what_is_used_is_told_in_four_steps():
    def at(used: int, *, reached: bool = False, hard: bool = True):
        return step(used, 100, reached=reached, hard=hard)

    assert [at(0), at(49), at(50), at(79), at(80), at(500)] == [
        UNDER_HALF,
        UNDER_HALF,
        OVER_HALF,
        OVER_HALF,
        NEARLY,
        NEARLY,
    ]
    assert at(1, reached=True) == SPENT
    assert at(1, reached=True, hard=False) == PASSED


def test_of_a_group_only_where_many_stand_behind_it_and_none_for_all_of_them():
    five = dict.fromkeys(range(1, 6), 10)
    assert enough(five, viewer=9, least=5)
    assert not enough(five, viewer=1, least=5), "one's own share can be taken out"
    assert not enough({**five, 1: 0}, viewer=9, least=5), "who cost nothing hides nobody"
    assert enough({**five, 1: 40}, viewer=9, least=5)
    assert not enough({**five, 1: 41}, viewer=9, least=5)
    assert enough({**five, 9: 10_000}, viewer=9, least=5), "the viewer's own hides nothing"
    assert not enough({}, viewer=9, least=5)


def test_running_away_is_far_above_the_own_past_and_above_a_floor():
    hour = hour_of(NOON + timedelta(minutes=59, seconds=3))
    assert hour == NOON
    assert not Hour(hour, FLOOR, 0).is_anomaly
    assert Hour(hour, FLOOR + 1, 0).is_anomaly
    busy = 4 * FLOOR
    assert not Hour(hour, FACTOR * busy, busy).is_anomaly
    assert Hour(hour, FACTOR * busy + 1, busy).is_anomaly
    # What had been spent when it was let go on counts no more.
    assert not Hour(hour, FLOOR + 2, 0, let_go=FLOOR + 1).is_anomaly
    assert Hour(hour, 2 * FLOOR + 2, 0, let_go=FLOOR + 1).is_anomaly


def test_why_it_was_stopped_can_be_read_and_tells_nothing_that_is_the_owners():
    said = render_reason(reason(Hour(NOON, 123_450_000, 17_000_000)), OTHERS)
    assert said == (
        f"It spent more than $10.00 since {NOON.day} {NOON:%b %Y}, 12:00 UTC, over 5 times as much "
        "as in its busiest hour of the past four weeks. Is this intended?"
    )
