"""The nights of a person: hours in their zone, also where the clocks change."""

from datetime import UTC, date, datetime

import pytest

from agents.nights.times import Night, coming, last, night_to

BERLIN, LORD_HOWE, SAO_PAULO = "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "evening", "until"),
    [
        ("2026-11-30", BERLIN, "2026-11-29T17:00", "2026-11-30T08:00"),
        ("2026-03-29", BERLIN, "2026-03-28T17:00", "2026-03-29T07:00"),  # 23 hours: the clocks go forward
        ("2026-10-25", BERLIN, "2026-10-24T16:00", "2026-10-25T08:00"),
        ("2026-10-04", LORD_HOWE, "2026-10-03T07:30", "2026-10-03T22:00"),  # by half an hour
        ("2018-11-04", SAO_PAULO, "2018-11-03T21:00", "2018-11-04T11:00"),  # no midnight
    ],
)
def test_hours_are_the_persons(day: str, zone: str, evening: str, until: str):
    night = night_to(date.fromisoformat(day), 18, 7, zone)
    assert (night.evening, night.until(9)) == (utc(evening), utc(until))
    assert night.morning == night.until(7)


def test_an_hour_that_the_clocks_leave_out_is_the_moment_after_it():
    night = night_to(date(2026, 3, 29), 18, 7, BERLIN)
    assert night.until(2) == night.until(3) == utc("2026-03-29T01:00")


@pytest.mark.parametrize(
    ("now", "comes", "was"),
    [
        ("2026-11-29T12:00", 30, 29),
        ("2026-11-29T23:30", 30, 29),
        ("2026-11-30T05:59", 30, 29),
        ("2026-11-30T06:00", 1, 30),
        ("2026-11-29T05:30", 29, 28),
    ],
)
def test_a_night_is_over_with_its_morning(now: str, comes: int, was: int):
    def days(found: Night) -> int:
        return found.day.day

    assert days(coming(utc(now), 18, 7, BERLIN)) == comes
    assert days(last(utc(now), 18, 7, BERLIN)) == was
