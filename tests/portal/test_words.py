"""Numbers, money and times read as a person would write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import words

NOW = datetime(2026, 11, 23, 13, 52, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        (None, "not priced"),
        (0, "$0.00"),
        (930_000, "$0.93"),
        (934_999, "$0.93"),
        (935_000, "$0.94"),
        (1_234_567_890, "$1,234.57"),
        (10_000, "$0.01"),
        (9_999, "$0.0100"),
        (3_120, "$0.0031"),
        (49, "under $0.0001"),
        (-1_500_000, "−$1.50"),
    ],
)
def test_money(micros: int | None, shown: str) -> None:
    assert words.money(micros) == shown


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (None, "–"),
        (0, "0"),
        (38_200, "38,200"),
        (999_999, "999,999"),
        (3_100_000, "3.1 M"),
        (2_400_000_000, "2,400.0 M"),
    ],
)
def test_tokens(n: int | None, shown: str) -> None:
    assert words.tokens(n) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (None, "–"),
        (0.42, "0.4 s"),
        (9.96, "10 s"),
        (38, "38 s"),
        (59.7, "1 min"),
        (250, "4 min 10 s"),
        (7_500, "2 h 5 min"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_duration(length: timedelta | float | None, shown: str) -> None:
    assert words.duration(length) == shown


@pytest.mark.parametrize(
    ("distance", "shown"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=30), "in under a minute"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(minutes=-5, seconds=-40), "5 minutes ago"),
        (timedelta(hours=2, minutes=59), "in 2 hours"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(days=-6, hours=-23), "6 days ago"),
        (timedelta(days=7), "30 Nov 2026"),
        (timedelta(days=-28), "26 Oct 2026"),
    ],
)
def test_relative(distance: timedelta, shown: str) -> None:
    assert words.relative(NOW + distance, NOW, BERLIN) == shown


def test_times_are_those_of_the_readers_zone() -> None:
    assert words.clock(NOW, BERLIN) == "14:52:10"
    assert words.exact(NOW, BERLIN) == "Monday 23 November 2026, 14:52:10 Europe/Berlin"
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert words.day(late, BERLIN) == "24 Nov 2026"


def test_plural() -> None:
    assert words.plural(1, "task") == "1 task"
    assert words.plural(1_200, "task") == "1,200 tasks"
    assert words.plural(0, "entry", "entries") == "0 entries"


@pytest.mark.parametrize(
    ("name", "shown"), [("Mia Park", "MP"), ("Ada", "A"), ("Ana de la Cruz", "AC"), ("", "?")]
)
def test_initials(name: str, shown: str) -> None:
    assert words.initials(name) == shown
