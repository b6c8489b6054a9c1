"""A permit opens, and is granted for, who is in the line of who looks: not who has left, nor who went elsewhere."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from metering.permits import actions
from metering.permits.models import Look, Permit
from metering.permits.viewers import people_in_line, teams_in_line, viewer
from portal.accounts import actions as people
from portal.people.models import Person
from portal.teams.models import Membership
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, permit, used
from tests.metering.published import publish

BUTTON = "Open the report"
YES = 'value="yes"'


def ask(cast: Cast, about: Model, *, by: Person | None = None) -> Permit:
    ends_at = timezone.now() + timedelta(days=3)
    return actions.request(by or cast.lea, about, purpose="Split her budget", ends_at=ends_at)


def out_of_line(cast: Cast) -> None:
    Person.objects.filter(pk=cast.mia.pk).update(manager=None)
    Membership.objects.filter(person=cast.mia).update(ended_at=timezone.now())


@pytest.fixture
def right(cast) -> Permit:
    used(cast.mia, cast.support, on=last_weeks().first)
    publish()
    return permit(cast.lea, cast.mia, by=cast.ada, purpose="Split her budget")


def test_who_has_left_is_in_nobodys_line_and_their_page_is_closed(cast, right):
    page = reverse("reports:person", args=[cast.mia.pk])
    assert as_(cast.lea).get(page).status_code == 200
    assert viewer(cast.lea).line_people == {cast.mia.pk}
    people.deactivate(cast.ada, cast.mia)
    assert as_(cast.lea).get(page).status_code == 404
    assert Look.objects.count() == 1
    assert viewer(cast.lea).line_people == frozenset()
    assert cast.mia not in people_in_line(cast.lea)
    assert cast.mia not in people_in_line(cast.ada)


def test_a_team_is_in_a_line_by_people_who_are_there(cast):
    Membership.objects.filter(person=cast.lea).update(
        ended_at=timezone.now()
    )  # Support is Ada's by Mia alone
    assert list(teams_in_line(cast.ada)) == [cast.support]
    people.deactivate(cast.ada, cast.mia)
    assert not teams_in_line(cast.ada).exists()


def test_a_line_goes_on_through_who_has_left(cast):
    people.deactivate(cast.ada, cast.lea)
    assert set(people_in_line(cast.ada)) == {cast.mia}
    assert list(teams_in_line(cast.ada)) == [cast.support]


def test_nothing_is_granted_about_somebody_who_has_left(cast):
    asked = ask(cast, cast.mia)
    assert YES in as_(cast.ada).get(asked.get_absolute_url()).text
    people.deactivate(cast.ada, cast.mia)
    with pytest.raises(ValidationError, match=r"^\['Mia Park has left. So you can only decline.'\]$"):
        actions.grant(cast.ada, asked)
    page = as_(cast.ada).get(asked.get_absolute_url()).text
    assert "Mia Park has left. So you can only decline." in page
    assert YES not in page
    said = as_(cast.ada).post(reverse("reports:decision", args=[asked.pk]), {"answer": "yes"}, follow=True)
    assert "Mia Park has left" in said.text
    assert actions.deny(cast.ada, asked).state == "denied"


def test_nothing_is_granted_to_somebody_who_has_left(cast):
    asked = ask(cast, cast.support)
    people.deactivate(cast.ada, cast.lea)
    with pytest.raises(ValidationError, match="Lea Brandt has left"):
        actions.grant(cast.ada, Permit.objects.get(pk=asked.pk))


@pytest.mark.parametrize("what", ["mia", "support"])
def test_nothing_is_granted_out_of_the_line(cast, what):
    asked = ask(cast, getattr(cast, what))
    out_of_line(cast)
    Membership.objects.filter(person=cast.lea).update(ended_at=timezone.now())
    with pytest.raises(ValidationError, match="is not in the reporting line of Lea Brandt any more"):
        actions.grant(cast.ada, asked)
    asked.refresh_from_db()
    assert asked.state == "requested"
    assert "it cannot be approved" in as_(cast.lea).get(asked.get_absolute_url()).text


@pytest.mark.parametrize("how", ["left", "out of line"])
def test_the_report_is_offered_only_where_it_opens(cast, right, how):
    lea, url = as_(cast.lea), right.get_absolute_url()
    assert BUTTON in lea.get(url).text
    assert BUTTON not in as_(cast.ada).get(url).text
    if how == "left":
        people.deactivate(cast.ada, cast.mia)
    else:
        out_of_line(cast)
    page = lea.get(url).text
    assert BUTTON not in page
    assert "Until that changes, this permit is suspended." in page
    assert "End this permit now" in page
    for listed in (reverse("reports:teams"), reverse("home")):
        assert reverse("reports:person", args=[cast.mia.pk]) not in lea.get(listed).text
