"""What retention takes off people in the middle of a year is no correction of what was published of them."""

from datetime import UTC, datetime, time, timedelta

import pytest

from metering.outcomes.models import Acceptance, Attribution, Feedback, WorkItem
from metering.outcomes.reciprocity import WINDOW
from metering.publications.models import Publication, Settled
from metering.publications.years import begin
from metering.publishing import gathering
from metering.rights import retention
from metering.rollups.models import DayUsage
from metering.rollups.periods import four_weeks
from portal.audit.models import Entry
from portal.people.nobody import no_one
from tests.metering.builders import used
from tests.metering.outcomes import accepted, ago, counted, credited
from tests.metering.published import group, publish

FIRST = begin(1)
PERIODS = [four_weeks(FIRST + timedelta(days=27 + 28 * n)) for n in range(6)]


def noon(day) -> datetime:
    return datetime.combine(day, time(12), UTC)


def verified(person, team, name: str, at: datetime) -> WorkItem:
    item = credited(person, team, name)
    WorkItem.objects.filter(pk=item.pk).update(verified_at=at, claimed_at=at)
    return item


@pytest.fixture
def until(monkeypatch, settings):
    """So many periods of one year have ended, and days are kept for as short as can be."""
    settings.RETENTION = settings.RETENTION | {"person_days": 92}

    def end(count: int) -> None:
        monkeypatch.setattr(gathering, "ended", lambda today: PERIODS[:count][::-1])

    return end


def shown(period) -> list[tuple[int, int, bool]]:
    rows = Publication.objects.during(period).exclude(kind="agent")
    return sorted(set(rows.values_list("cost_micros", "items", "late")))


def test_later_weeks_are_as_if_nothing_had_been_folded(cast, until):
    until(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    for number, person in enumerate(crew):
        verified(person, cast.support, f"T-{number}", noon(PERIODS[0].first))
    publish()
    assert shown(PERIODS[0]) == [(22_500, 9, False)]
    before = WorkItem.objects.count()
    retention.apply(PERIODS[4].last)
    folded = retention.folds_before(PERIODS[4].last)
    assert PERIODS[0].first < folded
    assert not DayUsage.objects.filter(day__lt=folded, person__in=crew).exists()
    assert not WorkItem.objects.exclude(person=no_one()).exists()
    assert not Attribution.objects.exists()
    assert WorkItem.objects.counted().count() == before == 9
    for number, person in enumerate(crew):
        used(person, cast.support, on=PERIODS[5].first)
        verified(person, cast.support, f"U-{number}", noon(PERIODS[5].first))
    until(6)
    publish()
    assert [shown(period) for period in PERIODS[1:]] == [[], [], [], [], [(22_500, 9, False)]]
    row = Settled.objects.get(person=crew[0], first_day=PERIODS[0].first)
    assert (row.cost_micros, row.items) == (0, 0), "the person's weeks go with their days"


def test_a_correction_that_came_before_is_still_counted_after(cast, until):
    until(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    for person in crew:
        used(person, cast.support, on=PERIODS[0].first)  # came in late
    retention.apply(PERIODS[4].last)
    for person in crew:
        used(person, cast.support, on=PERIODS[5].first)
    until(6)
    publish()
    assert [shown(period) for period in PERIODS[1:]] == [
        [(22_500, None, True)],
        [],
        [],
        [],
        [(22_500, None, False)],
    ]


def test_what_was_counted_late_is_not_counted_back(cast, until):
    """People of whom nothing was published in the weeks that are folded, but a correction later."""
    until(1)
    group(cast.support, 9, day=PERIODS[0].first)
    publish()
    crew = group(cast.sales, 9, day=PERIODS[1].first)
    for person in crew:
        used(person, cast.sales, on=PERIODS[0].first)
    until(2)
    publish()
    rows = Settled.objects.filter(person__in=crew)
    assert set(rows.values_list("first_day", "cost_micros", "late_micros")) == {
        (PERIODS[1].first, 2_500, 2_500)
    }
    retention.apply(PERIODS[3].last)
    assert set(rows.values_list("cost_micros", "late_micros")) == {(2_500, 0)}
    for person in crew:
        used(person, cast.sales, on=PERIODS[5].first)
    until(6)
    publish()
    assert [shown(period) for period in PERIODS[2:]] == [[], [], [], [(22_500, None, False)]]


def test_in_bounded_batches_and_thumbs_go(cast, until):
    old, new = ago(days=200), ago(days=1)
    for number in range(5):
        verified(cast.mia, cast.support, f"T-{number}", old)
    recent = verified(cast.mia, cast.support, "T-9", new)
    for at in (old, new):
        Feedback.objects.create(person=cast.mia, source="test", task="1", agent_id=7, up=True, at=at)
    retention.apply(batch=2, batches=2)
    assert WorkItem.objects.filter(person=cast.mia).count() == 2
    retention.apply(batch=2, batches=2)
    assert list(WorkItem.objects.filter(person=cast.mia)) == [recent]
    assert Feedback.objects.get().at == new
    assert Entry.objects.filter(event="retention.items").count() == 3


def confirmed_long_ago(cast, days: float) -> None:
    accepted(cast.mia, cast.support, "w-1", by=cast.lea, began_at=ago(days=days + 9))
    WorkItem.objects.update(verified_at=ago(days=days), claimed_at=ago(days=days + 1))
    retention.apply()
    assert WorkItem.objects.get().person == no_one()


@pytest.mark.parametrize("others", [0, 1])
def test_a_circle_is_seen_for_a_year_however_short_items_keep_their_person(cast, until, others):
    confirmed_long_ago(cast, 140)
    last = cast.lea
    if others:
        accepted(cast.lea, cast.support, "w-2", by=cast.olga)
        assert counted(cast.lea) == 1
        last = cast.olga
    assert not accepted(last, cast.support, "w-3", by=cast.mia).counts
    assert (counted(cast.lea), counted(cast.olga)) == (0, 0)
    assert WorkItem.objects.counted().get().person == no_one(), "what had been counted by then stays"


def test_who_confirmed_whose_work_is_forgotten_after_a_year(cast, until):
    confirmed_long_ago(cast, 140)
    kept = Acceptance.objects.get()
    assert (kept.by, kept.of, kept.day) == (cast.lea, cast.mia, ago(days=140).date())
    Acceptance.objects.update(day=ago(days=WINDOW.days + 1).date())
    assert accepted(cast.lea, cast.support, "w-2", by=cast.mia).counts
    retention.apply()
    assert not Acceptance.objects.exists()


def test_of_items_that_are_older_than_that_nothing_is_kept(cast, until):
    confirmed_long_ago(cast, WINDOW.days + 1)
    assert not Acceptance.objects.exists()
