"""Roll-ups equal the sum of the events; periods are fixed and settled before they are shown."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count, Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.reports import figures
from metering.rollups.models import DayUsage
from metering.rollups.periods import FIRST_MONDAY, Period, chosen, fixed, four_weeks, month
from metering.usage.models import UsageEvent
from tests.metering.builders import today, used

TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
calls = st.lists(
    st.fixed_dictionaries(
        {
            "on": st.integers(0, 3).map(lambda ago: today() - timedelta(days=ago)),
            "model": st.sampled_from(["openai:gpt-4o", "openai:gpt-5-mini", "acme:unheard-of"]),
            "agent_id": st.sampled_from([None, 1, 2]),
            "input_tokens": st.integers(100, 9999),
            "cache_read_tokens": st.integers(0, 100),
            "output_tokens": st.integers(0, 999),
        }
    ),
    max_size=12,
)


@given(calls)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_roll_ups_are_the_sum_of_the_events(cast, made):
    since = UsageEvent.objects.count()
    before = DayUsage.objects.totals()
    keys = [used(cast.mia, cast.support, **each).key for each in made]
    events = UsageEvent.objects.filter(key__in=keys)
    summed = events.aggregate(**{name: Sum(name, default=0) for name in (*TOKENS, "cost_micros")})
    summed |= events.aggregate(
        requests=Count("id"), unpriced_requests=Count("id", filter=Q(cost_micros=None))
    )
    after = DayUsage.objects.totals()
    assert {name: after[name] - before[name] for name in after} == summed
    assert UsageEvent.objects.count() == since + len(made)


def test_the_sums_of_a_page_agree_with_each_other(cast):
    for n, model in enumerate(["openai:gpt-4o", "acme:unheard-of", "openai:gpt-4o"]):
        used(
            cast.mia,
            cast.support,
            model=model,
            on=today() - timedelta(days=n),
            agent_id=n,
            agent_name=f"Agent {n}",
        )
    used(cast.lea, cast.support, on=today())
    usage = figures.own(visibility.own(Viewer(cast.mia.pk)), four_weeks(today()))
    for sums in (usage.days, usage.agents, usage.models):
        assert sum(each.requests for each in sums.values()) == usage.whole.requests == 3
        assert sum(each.micros for each in sums.values()) == usage.whole.cost == 5000
    assert usage.whole.unpriced_part == 1
    assert usage.days[today() - timedelta(days=1)].cost is None
    assert [each.label for each in usage.models.values()] == ["acme:unheard-of", "openai:gpt-4o"]
    assert len(usage.costs()) == 28


def test_an_agent_has_the_name_it_had_last(cast):
    used(cast.mia, cast.support, on=today() - timedelta(days=1), agent_name="Old name")
    used(cast.mia, cast.support, on=today(), agent_name="New name")
    usage = figures.own(visibility.own(Viewer(cast.mia.pk)), four_weeks(today()))
    assert [each.label for each in usage.agents.values()] == ["New name"]


def test_events_of_a_period_are_those_of_its_days(cast):
    period = Period(today() - timedelta(days=9), today() - timedelta(days=8))
    for day in (period.first, period.last):
        for clock in (time(0), time(23, 59, 59)):
            used(cast.mia, cast.support, at=datetime.combine(day, clock, UTC))
    used(cast.mia, cast.support, at=datetime.combine(today() - timedelta(days=7), time(), UTC))
    scope = visibility.own(Viewer(cast.mia.pk))
    assert UsageEvent.objects.within(scope).during(period).count() == 4
    assert DayUsage.objects.within(scope).during(period).totals()["requests"] == 4


@given(st.dates(date(2025, 6, 1), date(2090, 1, 1)))
def test_fixed_periods_are_four_iso_weeks_that_never_move(today):
    periods = fixed(today)
    assert len(set(periods)) == 13
    for period in periods:
        assert len(period.days) == 28
        assert period.first.weekday() == 0
        assert (period.first - FIRST_MONDAY).days % 28 == 0
        assert period.last < today - timedelta(days=1)
    assert [later.first - earlier.last for later, earlier in pairwise(periods)] == [timedelta(days=1)] * 12
    assert today - periods[0].last <= timedelta(days=30)


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (four_weeks(date(2026, 11, 22)), "26 October to 22 November 2026"),
        (four_weeks(date(2027, 1, 3)), "7 December 2026 to 3 January 2027"),
        (month(date(2026, 2, 7)), "February 2026"),
    ],
)
def test_periods_in_words(period, text):
    assert str(period) == text


@pytest.mark.parametrize("wish", ["", "no day", "2026-13-01", "0001-01-01", "9999-12-31", "2026-11-24"])
def test_a_wish_that_is_no_day_that_has_been_is_today(wish):
    today = date(2026, 11, 23)
    assert chosen(wish, today) == four_weeks(today)
    assert chosen("2026-10-26", today).last == date(2026, 10, 26)
