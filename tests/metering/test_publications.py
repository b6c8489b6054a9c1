"""Publishing: once, frozen, for the same people all year; what comes late counts later."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from metering.publications.models import Publication, PublishedPeriod, Settled, YearCohort
from metering.publications.years import begin, ended, year_of
from metering.publishing import actions, gathering
from metering.rollups.periods import four_weeks
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests.metering.builders import people, used
from tests.metering.published import group, publish

FIRST = begin(1)
PERIODS = [four_weeks(FIRST + timedelta(days=27 + 28 * n)) for n in range(4)]


@pytest.fixture
def settled(monkeypatch):
    """So many periods of one year have ended and settled, whatever today is."""

    def until(count: int) -> None:
        monkeypatch.setattr(gathering, "ended", lambda today: PERIODS[:count][::-1])

    return until


def cost(kind: str = "team", ref: str = "", period=PERIODS[0]) -> int | None:
    row = Publication.objects.during(period).filter(kind=kind, **({"ref": ref} if ref else {})).first()
    return row and row.cost_micros


def use(persons, team, period, **more) -> None:
    for person in persons:
        used(person, team, on=period.first, **more)


def test_a_year_has_thirteen_periods_and_closes_when_the_next_has_begun():
    assert year_of(FIRST) == 1
    assert year_of(FIRST - timedelta(days=1)) == 0
    settled_two = FIRST + timedelta(days=58)
    assert ended(settled_two) == PERIODS[:2][::-1]
    last_of_year = begin(2) - timedelta(days=1)
    assert len(ended(last_of_year + timedelta(days=3))) == 13
    assert len(ended(last_of_year + timedelta(days=29))) == 13  # the first of the next year has not settled
    assert len(ended(last_of_year + timedelta(days=31))) == 1


def test_it_is_made_once_and_stays(cast, settled):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    assert [str(each) for each in publish()] == [str(PERIODS[0])]
    assert cost() == cost("centre", "4100") == cost("organisation") == 22_500
    assert publish() == []
    use(crew, cast.support, PERIODS[0])  # late
    assert publish() == []
    assert cost() == 22_500
    entry = Entry.objects.get(event="figures.published")
    assert (entry.actor_name, entry.details["figures"]) == (PORTAL, 3)
    with pytest.raises(ValueError, match="never made again"):
        actions.publish(PORTAL, PERIODS[0])


def test_the_table_itself_takes_no_second_and_no_small_figure(cast, settled):
    settled(1)
    group(cast.support, 9, day=PERIODS[0].first)
    publish()
    row = Publication.objects.filter(kind="team").get()
    again = {"period": row.period, "kind": "team", "people": [], "cost_micros": 1}
    for wrong in (
        {"ref": row.ref, "least": 8},
        {"ref": "9", "least": 7},
        {"ref": "9", "least": 8, "tokens": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Publication.objects.create(**again, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedPeriod.objects.create(first_day=PERIODS[0].first, last_day=PERIODS[0].last)


def test_what_comes_late_counts_in_the_next_period_and_says_so(cast, settled):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    use(crew, cast.support, PERIODS[1])
    use(crew[:8], cast.support, PERIODS[0], input_tokens=2000)
    settled(2)
    publish()
    row = Publication.objects.during(PERIODS[1]).get(kind="team")
    assert (row.cost_micros, row.late) == (22_500 + 40_000, True)
    assert cost() == 22_500
    own = Settled.objects.get(person=crew[0], first_day=PERIODS[1].first)
    assert (own.cost_micros, own.late_micros) == (2_500, 5_000)
    use(crew, cast.support, PERIODS[2])
    settled(3)
    publish()
    assert Publication.objects.during(PERIODS[2]).get(kind="team").cost_micros == 22_500  # counted once


def test_what_comes_late_for_one_person_waits_for_others(cast, settled):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    for number, period in enumerate(PERIODS[1:3], 2):
        use(crew, cast.support, period)
        use(crew[:1] if number == 2 else crew[1:], cast.support, PERIODS[0])
        settled(number)
        publish()
    rows = Publication.objects.filter(kind="team").order_by("period__first_day")
    assert [(row.cost_micros, row.late) for row in rows] == [(22_500, False), (22_500, False), (45_000, True)]


def test_who_joins_waits_and_who_moves_stays(cast, settled):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    new = people(cast.sales, 3)
    for person in new:
        teams.add_member("test", cast.support, person=person)
    teams.end_membership("test", Membership.objects.current().get(person=crew[0], team=cast.support))
    teams.add_member("test", cast.sales, person=crew[0])
    use([*crew, *new], cast.support, PERIODS[1])
    settled(2)
    publish()
    row = Publication.objects.during(PERIODS[1]).get(kind="team")
    assert (row.ref, row.cost_micros) == (str(cast.support.pk), 22_500)
    assert not {person.pk for person in new} & set(row.people)


def test_who_leaves_the_company_closes_the_figure(cast, settled):
    settled(1)
    crew = group(cast.support, 12, day=PERIODS[0].first)
    publish()
    Person.objects.filter(pk=crew[0].pk).update(is_active=False)
    use(crew, cast.support, PERIODS[1])
    settled(2)
    publish()
    assert PublishedPeriod.objects.count() == 2
    assert not Publication.objects.during(PERIODS[1]).exclude(kind="agent").exists()


def test_verified_items_are_published_where_enough_people_have_some(cast, settled, monkeypatch):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    few = {person.pk: 2 for person in crew[:5]}
    monkeypatch.setattr(gathering.counts, "by_person", lambda scope, period: few)
    publish()
    assert Publication.objects.get(kind="team").items is None
    use(crew, cast.support, PERIODS[1])
    enough = {person.pk: 2 for person in crew}
    monkeypatch.setattr(
        gathering.counts, "by_person", lambda scope, period: enough if period == PERIODS[1] else few
    )
    settled(2)
    publish()
    row = Publication.objects.during(PERIODS[1]).get(kind="team")
    assert (row.items, row.micros_per_item) == (18, 1_250)


def test_calls_without_a_price_leave_no_cost_per_item_that_looks_low(cast, settled, monkeypatch):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    others = group(cast.sales, 9, day=PERIODS[0].first)
    used(crew[0], cast.support, on=PERIODS[0].first, model="openai:unheard-of")
    items = {person.pk: 2 for person in (*crew, *others)}
    monkeypatch.setattr(gathering.counts, "by_person", lambda scope, period: items)
    publish()
    rows = Publication.objects.during(PERIODS[0]).exclude(kind="agent")
    each = {row.ref: (row.cost_micros, row.micros_per_item) for row in rows}
    assert each[str(cast.support.pk)] == (22_500, None)
    assert (each[str(cast.sales.pk)], each[""]) == ((22_500, 1_250), (45_000, None))


def test_a_new_year_begins_anew_and_forgets_who_was_counted(cast, settled, monkeypatch):
    settled(1)
    group(cast.support, 9, day=PERIODS[0].first)
    publish()
    later = four_weeks(begin(2) + timedelta(days=27))
    monkeypatch.setattr(gathering, "ended", lambda today: [later])
    fresh = [Person.objects.create(email=f"{n}@a.com", display_name=f"New {n}") for n in range(3)]
    for person in fresh:
        teams.add_member("test", cast.support, person=person)
    use([*fresh, *Person.objects.filter(email__startswith="p")], cast.support, later)
    publish()
    old, new = Publication.objects.filter(kind="team").order_by("period__first_day")
    assert (old.people, old.parts, old.cost_micros) == ([], [], 22_500)
    assert {person.pk for person in fresh} <= set(new.people)
    assert set(Settled.objects.values_list("first_day", flat=True)) == {later.first}
    assert set(YearCohort.objects.values_list("year", flat=True)) == {2}


def test_nothing_is_published_before_anybody_used_anything(cast):
    assert publish() == []
    assert not PublishedPeriod.objects.exists()
