"""Charts as data: bars stand on the floor, amounts are round, no day is drawn that cost nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.reports.charts import FLOOR, GUTTER, TOP, by_day

MONDAY = date(2026, 10, 26)


def costs(*micros: int | None) -> list[tuple[date, int | None]]:
    return [(MONDAY + timedelta(days=n), each) for n, each in enumerate(micros)]


def test_no_cost_no_chart():
    assert by_day([]) is None
    assert by_day(costs(None, 0, None)) is None


def test_a_bar_for_each_day_that_cost_something():
    chart = by_day(costs(None, 500_000, 0, 1_000_000, *[None] * 24))
    assert chart is not None
    assert [bar.title for bar in chart.bars] == ["27 Oct: $0.50", "29 Oct: $1.00"]
    assert [mark.text for mark in chart.grid] == ["$0.50", "$1.00"]
    assert [mark.text for mark in chart.days] == ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]
    half, full = chart.bars
    assert full.height == pytest.approx(2 * half.height)
    assert full.y == TOP


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**12)), min_size=28, max_size=28))
def test_everything_stays_inside(micros):
    chart = by_day(costs(*micros))
    if chart is None:
        assert not any(micros)
        return
    assert len(chart.bars) == sum(1 for each in micros if each)
    assert 1 <= len(chart.grid) <= 5
    for bar in chart.bars:
        assert bar.y >= TOP - 0.1
        assert bar.y + bar.height == pytest.approx(FLOOR)
        assert bar.x >= GUTTER
        assert bar.x + bar.width <= 100
