"""What comes in late, a team in another cost centre or a period that fails keeps no later figures from being made."""

import pytest

from metering.publications.models import Publication, PublishedPeriod, Settled
from metering.publishing import actions, checking, gathering
from metering.rollups.models import DayUsage
from portal.people.models import Person
from portal.teams import actions as teams
from tests.metering.builders import used
from tests.metering.published import group, publish
from tests.metering.test_publications import PERIODS, settled, use

__all__ = ["settled"]


def published() -> list:
    return list(PublishedPeriod.objects.order_by("first_day").values_list("first_day", flat=True))


def team_costs() -> list:
    rows = Publication.objects.filter(kind="team").order_by("period__first_day")
    return list(rows.values_list("period__first_day", "cost_micros", "late"))


def test_usage_from_before_the_first_published_period_stops_nothing(cast, settled):
    """Late by weeks, or brought by an import: its four weeks were never made, and are not made any more."""
    settled(2)
    crew = group(cast.support, 9, day=PERIODS[1].first)
    publish()
    use(crew, cast.support, PERIODS[0])
    assert gathering.due() == []
    assert publish() == []
    use(crew, cast.support, PERIODS[2])
    settled(3)
    publish()
    assert published() == [PERIODS[1].first, PERIODS[2].first]
    assert team_costs() == [(PERIODS[1].first, 22_500, False), (PERIODS[2].first, 22_500, False)]


def test_what_came_late_for_a_published_period_still_counts_beside_it(cast, settled):
    settled(2)
    crew = group(cast.support, 9, day=PERIODS[1].first)
    publish()
    for period in (PERIODS[0], PERIODS[1], PERIODS[2]):
        use(crew, cast.support, period)
    settled(3)
    publish()
    assert team_costs()[1] == (
        PERIODS[2].first,
        45_000,
        True,
    )  # its own, and those of period 1; none of period 0


def test_one_call_of_an_earlier_period_is_still_its_persons_own(cast, settled):
    settled(2)
    crew = group(cast.support, 9, day=PERIODS[1].first)
    publish()
    used(crew[0], cast.support, on=PERIODS[0].first)
    publish()
    assert DayUsage.objects.filter(person=crew[0], day=PERIODS[0].first).exists()
    assert not Settled.objects.filter(first_day=PERIODS[0].first).exists()


def test_a_team_that_passes_to_another_cost_centre_has_one_figure(cast, settled):
    """The first are counted under the old one all year; eight who join would be a second figure of the same team."""
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    teams.edit(cast.ada, cast.support, name="Support", cost_centre="4300")
    new = [
        Person.objects.create(email=f"new{n}@example.com", display_name=f"New {n}", password="!")
        for n in range(8)
    ]
    for person in new:
        teams.add_member("test", cast.support, person=person)
    use([*crew, *new], cast.support, PERIODS[1])
    settled(2)
    publish()
    rows = Publication.objects.during(PERIODS[1]).values_list("kind", "ref", "cost_micros")
    figures = [("team", str(cast.support.pk)), ("centre", "4100"), ("organisation", "")]
    assert set(rows) == {(kind, ref, 42_500) for kind, ref in figures}
    assert checking.check().passed


@pytest.fixture
def fails(monkeypatch):
    """Facts of these periods cannot be gathered."""
    broken: list = []
    facts = gathering.facts

    def gather(period):
        if period in broken:
            raise RuntimeError("broken")
        return facts(period)

    monkeypatch.setattr(actions.gathering, "facts", gather)
    return broken


def test_a_period_that_fails_is_told_of_and_tried_again(cast, settled, fails, caplog):
    settled(2)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    use(crew, cast.support, PERIODS[1])
    fails.append(PERIODS[1])
    assert [each.first_day for each in publish()] == [PERIODS[0].first], "the one before it was made"
    assert f"The figures of {PERIODS[1]} could not be made." in caplog.text
    fails.clear()
    assert [each.first_day for each in publish()] == [PERIODS[1].first]


def test_one_that_goes_on_failing_keeps_no_later_one_back(cast, settled, fails):
    settled(1)
    crew = group(cast.support, 9, day=PERIODS[0].first)
    publish()
    use(crew, cast.support, PERIODS[1])
    use(crew, cast.support, PERIODS[2])
    fails.append(PERIODS[1])
    settled(3)
    publish()
    assert published() == [PERIODS[0].first, PERIODS[2].first]
    assert team_costs()[1] == (PERIODS[2].first, 45_000, True), "and its usage came late"
    assert publish() == []


def test_two_workers_make_a_period_once(cast, settled, monkeypatch):
    settled(1)
    group(cast.support, 9, day=PERIODS[0].first)
    due, before = gathering.due, [gathering.due()]
    publish()  # another worker, after this one has asked what is due
    monkeypatch.setattr(gathering, "due", lambda: before.pop() if before else due())
    assert publish() == []
    assert before == []
    assert published() == [PERIODS[0].first]
