"""Looks at a team: everybody whose usage is in anything that the page shows is told, of all its weeks, once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.permits.models import Look, Permit
from metering.permits.repeats import grouped
from metering.privacy.disclosure import WITHHELD
from metering.publications import running
from metering.publishing import gathering
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership, Team
from tests.cast import Cast, as_
from tests.metering.builders import permit, used
from tests.metering.published import group, publish
from tests.metering.test_publications import PERIODS

EARLIER, LATER = PERIODS[:2]


@pytest.fixture(autouse=True)
def two_periods(monkeypatch):
    """Two periods of one year have ended, whatever today is."""
    for module in (gathering, running):
        monkeypatch.setattr(module, "ended", lambda today: [LATER, EARLIER])


@pytest.fixture
def right(cast) -> Permit:
    return permit(cast.lea, cast.support, by=cast.ada)


def move(person: Person, old: Team, new: Team) -> None:
    teams.end_membership("test", Membership.objects.current().get(person=person, team=old))
    teams.add_member("test", new, person=person)


def earlier_only(cast: Cast) -> list[Person]:
    """Published of Support is what a group used in the earlier weeks; in the later ones too few used anything."""
    crew = group(cast.support, 9, day=EARLIER.first)
    used(crew[0], cast.support, on=LATER.first)
    publish()
    return crew


@pytest.mark.parametrize("form", ["team", "team_export"])
def test_earlier_weeks_that_are_shown_are_told_of_though_the_chosen_ones_are_not(cast, right, form):
    crew = earlier_only(cast)
    move(crew[3], cast.support, cast.sales)
    newcomer = Person.objects.create(email="new@example.com", display_name="New Comer", password="!")
    teams.add_member("test", cast.support, person=newcomer)
    url = reverse(f"reports:{form}", args=[cast.support.pk])
    assert "0.02" in as_(cast.lea).get(url).text
    look = Look.objects.get()
    assert look.shown
    assert look.period == EARLIER
    assert set(look.people.all()) == {
        *crew,
        cast.lea,
        cast.mia,
    }  # the one who moved, not the one who is in no figure
    entry = Entry.objects.get(event="report.opened")
    assert (entry.details["shown"], entry.details["first"]) == (True, str(EARLIER.first))


def test_one_look_spans_all_weeks_that_are_shown_whichever_is_chosen(cast, right):
    crew = group(cast.support, 9, day=EARLIER.first)
    for person in crew:
        used(person, cast.support, on=LATER.first)
    publish()
    for chosen in (EARLIER, LATER):
        as_(cast.lea).get(reverse("reports:team", args=[cast.support.pk]), {"from": f"{chosen.first}"})
    looks = Look.objects.at(crew[0])
    assert {(each.first_day, each.last_day) for each in looks} == {(EARLIER.first, LATER.last)}
    assert [each.times for each in grouped(looks)] == [2]
    told = as_(crew[0]).get(reverse("usage:looks")).text
    assert f"The group's cost, without people: {looks[0].period}." in told


def test_where_nothing_is_shown_the_chosen_weeks_are_told_to_the_members(cast, right):
    used(cast.mia, cast.support, on=EARLIER.first)
    publish()
    url = reverse("reports:team", args=[cast.support.pk])
    assert WITHHELD in as_(cast.lea).get(url, {"from": f"{EARLIER.first}"}).text
    look = Look.objects.get()
    assert (look.shown, look.period) == (False, EARLIER)
    assert set(look.people.all()) == {cast.lea, cast.mia}
    assert (
        "Nothing was shown, because the group was too small" in as_(cast.mia).get(reverse("usage:looks")).text
    )


def test_looks_before_and_after_another_four_weeks_came_are_two_lines(cast, right):
    looks = [
        Look(permit=right, first_day=EARLIER.first, last_day=last, shown=True, at=timezone.now())
        for last in (LATER.last, EARLIER.last, EARLIER.last)
    ]
    assert [each.times for each in grouped(looks)] == [1, 2]
