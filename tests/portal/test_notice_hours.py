"""When a notice may leave the portal, by the clocks where the person is."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notices.hours import Wish, due

NIGHT = Wish("Europe/Berlin", time(22), time(7))
NOON = Wish("Europe/Berlin", time(12), time(13))
DAILY = Wish("Europe/Berlin", time(22), time(7), digest_at=time(9, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "now", "then"),
    [
        (NIGHT, "2026-11-30 12:00", "2026-11-30 12:00"),
        (NIGHT, "2026-11-30 20:59", "2026-11-30 20:59"),
        (NIGHT, "2026-11-30 21:00", "2026-12-01 06:00"),  # 22:00 in Berlin
        (NIGHT, "2026-12-01 05:59", "2026-12-01 06:00"),
        (NIGHT, "2026-12-01 06:00", "2026-12-01 06:00"),
        (NIGHT, "2026-07-01 20:00", "2026-07-02 05:00"),  # in summer
        (NIGHT, "2026-03-28 22:00", "2026-03-29 05:00"),  # the night in which clocks go forward
        (NIGHT, "2026-10-24 22:00", "2026-10-25 06:00"),  # and back
        (NOON, "2026-11-30 11:30", "2026-11-30 12:00"),
        (NOON, "2026-11-30 12:00", "2026-11-30 12:00"),
        (DAILY, "2026-11-30 08:29", "2026-11-30 08:30"),
        (DAILY, "2026-11-30 08:30", "2026-12-01 08:30"),
        (DAILY, "2026-11-30 23:30", "2026-12-01 08:30"),
        (
            Wish("Europe/Berlin", digest_at=time(2, 30)),
            "2026-03-29 00:00",
            "2026-03-29 01:30",
        ),  # no such hour
        (Wish("Pacific/Auckland"), "2026-11-30 12:00", "2026-11-30 12:00"),
    ],
)
def test_when_it_is_due(wish: Wish, now: str, then: str) -> None:
    assert due(at(now), wish, urgent=False) == at(then)
    assert due(at(now), wish, urgent=True) == at(now)


HOURS = st.times()
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Australia/Lord_Howe"]
)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.builds(Wish, ZONES, HOURS, HOURS, st.none() | HOURS).filter(
        lambda one: one.quiet_from != one.quiet_until
    ),
)
def test_it_never_comes_early_and_waits_for_no_more_than_a_day(now: datetime, wish: Wish) -> None:
    found = due(now, wish, urgent=False)
    assert 0 <= (found - now).total_seconds() <= 25 * 3600
    if wish.digest_at is None:
        assert due(found, wish, urgent=False) == found  # and then it is sent
