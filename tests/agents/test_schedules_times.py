"""When a cron line is due around the change of the clocks, and what words mean. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.schedules import misfire, words
from agents.schedules.times import BadLine, check, following, moments, several, start_of_month, times

BERLIN, HOWE, PAULO = "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo"
# Each: the line, the zone, from when on, and the local times at which it is due, with their offset.
TABLE = [
    ("30 2 * * *", BERLIN, "2027-03-27T12:00", ["28 03:00+02", "29 02:30+02"]),
    ("30 2 * * *", BERLIN, "2026-10-24T12:00", ["25 02:30+02", "26 02:30+01"]),
    (
        "0 * * * *",
        BERLIN,
        "2026-10-25T00:30",
        ["25 01:00+02", "25 02:00+02", "25 02:00+01", "25 03:00+01", "25 04:00+01"],
    ),
    ("0 * * * *", BERLIN, "2027-03-28T00:30", ["28 01:00+01", "28 03:00+02", "28 04:00+02", "28 05:00+02"]),
    # cronsim leaves the 28th out: both its times are in the gap.
    ("*/30 2 * * *", BERLIN, "2027-03-27T12:00", ["28 03:00+02", "29 02:00+02", "29 02:30+02"]),
    ("*/30 2 * * *", BERLIN, "2026-10-24T12:00", ["25 02:00+02", "25 02:30+02", "26 02:00+01"]),
    ("*/15 * * * *", BERLIN, "2027-03-28T01:40", ["28 01:45+01", "28 03:00+02", "28 03:15+02"]),
    ("15 2 * * *", HOWE, "2026-10-03T12:00", ["04 02:30+11", "05 02:15+11"]),
    ("45 1 * * *", HOWE, "2027-04-03T12:00", ["04 01:45+11", "05 01:45+1030"]),
    ("*/30 * * * *", HOWE, "2027-04-04T01:10", ["04 01:30+11", "04 01:30+1030", "04 02:00+1030"]),
    ("0 0 * * *", PAULO, "2018-11-03T12:00", ["04 01:00-02", "05 00:00-02"]),
    # Back from summer time at midnight: 23:00 to 24:00 comes twice, on the day before.
    ("30 23 * * *", PAULO, "2018-02-16T12:00", ["16 23:30-02", "17 23:30-02", "18 23:30-03"]),
    ("0 9 * * *", BERLIN, "2027-03-26T12:00", ["27 09:00+01", "28 09:00+02", "29 09:00+02"]),
]


@pytest.mark.parametrize(("line", "zone", "start", "due"), TABLE, ids=lambda given: str(given)[:20])
def test_the_change_of_the_clocks(line: str, zone: str, start: str, due: list[str]):
    place = ZoneInfo(zone)
    after = datetime.fromisoformat(start).replace(tzinfo=place)
    found = [moment.astimezone(place) for moment in several(line, zone, after, len(due))]
    assert [f"{moment:%d %H:%M%z}".removesuffix("00") if f"{moment:%z}"[3:] == "00" else f"{moment:%d %H:%M%z}"
            for moment in found] == due  # fmt: skip


@given(
    line=st.sampled_from(
        ["*/30 2 * * *", "15 2 * * *", "0 * * * *", "45 1 * * *", "0 */6 * * *", "*/20 1-3 * * *"]
    ),
    zone=st.sampled_from([BERLIN, HOWE, PAULO, "America/New_York", "UTC", "Pacific/Apia"]),
    start=st.datetimes(datetime(2011, 12, 20), datetime(2027, 12, 1)),
)
@settings(max_examples=60)
def test_times_rise_and_no_day_of_the_calendar_is_left_out(line: str, zone: str, start: datetime):
    place, after = ZoneInfo(zone), start.replace(tzinfo=UTC)
    found = several(line, zone, after, 200)
    assert found == sorted(set(found))
    assert found[0] > after
    assert found[1:] == several(line, zone, found[0], 199), "the next is the same from wherever one looks"
    days = {moment.astimezone(place).date() for moment in found[1:-1]}
    gaps = {(later - earlier).days for earlier, later in zip(sorted(days), sorted(days)[1:], strict=False)}
    assert gaps <= {1, 2}, "two where a whole day is left out of the calendar (Apia, 30 December 2011)"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("every weekday at 06:00", "0 6 * * 1-5", "every weekday at 06:00"),
        ("Every day at 7:30 and 19:30.", "30 7,19 * * *", "every day at 07:30 and 19:30"),
        ("mondays, wednesdays and fridays at 9 am", "0 9 * * 1,3,5", "every Monday, Wednesday and Friday at 09:00"),
        ("every two hours from 8 to 18", "0 8-18/2 * * *", "every 2 hours from 8 to 18"),
        ("every hour", "0 * * * *", "every hour"),
        ("every 15 minutes from 8 to 18 on weekdays", "*/15 8-17 * * 1-5", "every 15 minutes from 8 to 18 on weekdays"),
        ("the first Monday of a month at 08:00", "0 8 * * 1#1", "the first Monday of a month at 08:00"),
        ("every last friday of the month at noon", "0 12 * * 5L", "the last Friday of a month at 12:00"),
        ("on the 1st and 15th of each month at 6", "0 6 1,15 * *", "the 1st and 15th of a month at 06:00"),
        ("the last day of a month at 17:00", "0 17 L * *", "the last day of a month at 17:00"),
        ("0  6 * * 1-5", "0 6 * * 1-5", "every weekday at 06:00"),
        ("15 10 * 3 *", "15 10 * 3 *", "at 10:15 every day in March"),
    ],
)  # fmt: skip
def test_words_and_lines(text: str, line: str, said: str):
    assert words.read(text) == words.Cron(line)
    assert words.in_words(line) == said
    if not said.startswith("at "):
        assert words.read(said) == words.Cron(line)


def test_once_is_a_local_time_and_every_example_reads():
    assert words.read("once on 24 December 2026 at 8:15") == words.Once(datetime(2026, 12, 24, 8, 15))
    assert moments(datetime(2027, 3, 28, 2, 30), ZoneInfo(BERLIN)) == [datetime(2027, 3, 28, 1, tzinfo=UTC)]
    for text in words.EXAMPLES:
        words.read(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@daily", "five fields"),
        ("1 2 3 4", "five fields"),
        ("0 0 6 * * *", "five fields"),
        ("61 * * * *", "bad minute"),
        ("0 0 31 2 *", "bad day-of-month"),
        ("*/3 * * * *", "5 minutes apart"),
        ("every 7 minutes", "Choose one of"),
        ("every day at 25:00", "no time of day"),
        ("every day at 6:00 and 7:30", "the same minute"),
        ("every hour from 18 to 8", "before the last"),
        ("once tomorrow at 8", "like “once on"),
        ("every blue moon at 8", "cannot be read"),
        ("now and then", "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, why: str):
    with pytest.raises(BadLine, match=why):
        words.read(text)


def test_a_month_begins_where_the_schedule_is():
    assert start_of_month(datetime(2026, 11, 29).date(), BERLIN) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert check(" 0 6  * * * ") == "0 6 * * *"
    assert following("0 0 29 2 *", "UTC", datetime(2026, 1, 1, tzinfo=UTC)) == datetime(
        2028, 2, 29, tzinfo=UTC
    )


@given(
    behind=st.integers(0, 5_000), earlier=st.integers(0, 30), policy=st.sampled_from(["skip", "late", "ask"]),
    late=st.integers(1, 1_440),
)  # fmt: skip
def test_of_what_is_due_one_runs_at_most_and_all_of_it_is_accounted_for(behind, earlier, policy, late):
    now = datetime(2026, 11, 29, 6, tzinfo=UTC)
    last = now - timedelta(minutes=behind)
    due = [last - timedelta(hours=number) for number in range(earlier, 0, -1)] + [last]
    plan = misfire.plan(due, now, policy, timedelta(minutes=late))
    begun = [slot for slot in (plan.run, plan.ask) if slot]
    assert sorted([*begun, *plan.missed]) == due
    assert begun in ([], [last])
    on_time = behind <= 2
    assert (plan.run == last) == (on_time or (policy == "late" and behind <= late))
    assert (plan.ask == last) == (not on_time and policy == "ask")
    assert next(times("0 6 * * *", "UTC", now)) > now
