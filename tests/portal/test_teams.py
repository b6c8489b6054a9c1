"""Teams: made by who manages people, filled by their leads, in step with the auth group."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.teams import actions
from portal.teams.models import Membership, Team
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def add(person, team: Team, who: str, role: str = "member"):
    return as_(person).post(reverse("teams:add-member", args=[team.pk]), {"person": who, "role": role})


def test_a_team_is_made_changed_and_recorded(cast: Cast):
    answer = as_(cast.ada).post(reverse("teams:new"), {"name": " Logistics ", "cost_centre": "4300"})
    team = Team.objects.get(name="Logistics")
    assert answer["Location"] == team.get_absolute_url()
    as_(cast.ada).post(reverse("teams:edit", args=[team.pk]), {"name": "Freight", "cost_centre": ""})
    team.refresh_from_db()
    assert (team.name, team.cost_centre, team.group.name) == ("Freight", "", "team: Freight")
    assert [entry.event for entry in Entry.objects.about(team)] == ["team.created", "team.edited"]


@pytest.mark.parametrize(
    ("name", "said"), [("SUPPORT", "with this name exists already"), ("  ", "required"), ("x" * 81, "80")]
)
def test_a_wrong_name_is_refused_with_the_reason(cast: Cast, name: str, said: str):
    for url in (reverse("teams:new"), reverse("teams:edit", args=[cast.sales.pk])):
        answer = as_(cast.ada).post(url, {"name": name, "cost_centre": ""})
        assert answer.status_code == 422
        assert said in answer.text
    assert Team.objects.count() == Group.objects.filter(name__startswith="team: ").count() == 2


def test_a_lead_decides_who_is_in_the_own_team_and_in_no_other(cast: Cast):
    assert add(cast.lea, cast.support, "Olga Petrova").status_code == 302
    assert cast.olga.groups.filter(pk=cast.support.group_id).exists()
    assert add(cast.lea, cast.sales, cast.mia.email).status_code == 403
    assert add(cast.mia, cast.support, cast.finn.email).status_code == 403
    assert as_(cast.lea).get(reverse("teams:edit", args=[cast.support.pk])).status_code == 403


def test_adding_again_changes_the_role(cast: Cast):
    add(cast.ada, cast.support, cast.mia.email, "lead")
    membership = Membership.objects.current().get(team=cast.support, person=cast.mia)
    assert membership.role == "lead"
    assert add(cast.mia, cast.support, cast.finn.email).status_code == 302, "a lead from now on"


@pytest.mark.parametrize(("who", "said"), [("ghost@example.com", "Nobody here is"), ("", "required")])
def test_only_somebody_who_is_here_can_be_added(cast: Cast, who: str, said: str):
    assert said in add(cast.ada, cast.support, who).text


def test_two_people_of_one_name_are_told_apart_by_email(cast: Cast):
    people.invite(cast.ada, email="mia2@example.com", display_name="Mia Park", same_name=True)
    assert "Several people are called" in add(cast.ada, cast.sales, "mia park").text
    assert add(cast.ada, cast.sales, "mia2@example.com").status_code == 302


def test_ending_a_membership_asks_first_and_keeps_it_on_record(cast: Cast):
    membership = Membership.objects.get(team=cast.support, person=cast.mia)
    url = reverse("teams:end-membership", args=[cast.support.pk, membership.pk])
    assert "Remove Mia Park from Support?" in as_(cast.lea).get(url).text
    assert cast.mia.groups.filter(pk=cast.support.group_id).exists()
    as_(cast.lea).post(url)
    membership.refresh_from_db()
    assert membership.ended_at is not None
    assert not cast.mia.groups.filter(pk=cast.support.group_id).exists()
    assert as_(cast.lea).post(url).status_code == 404, "it has ended"


def test_a_membership_of_another_team_is_not_there(cast: Cast):
    other = Membership.objects.get(team=cast.sales)
    url = reverse("teams:end-membership", args=[cast.support.pk, other.pk])
    assert as_(cast.lea).post(url).status_code == 404


def test_the_list_searches_counts_and_shows_ones_own(cast: Cast):
    people.deactivate(cast.ada, cast.olga)
    everything = as_(cast.mia).get(reverse("teams:list")).text
    assert everything.index("Sales") < everything.index("Support")
    assert "0 people" in everything
    assert "2 people" in everything
    assert "Sales" not in as_(cast.mia).get(reverse("teams:list"), {"mine": "on"}).text
    assert "Support" not in as_(cast.mia).get(reverse("teams:list"), {"q": "4200"}).text
    assert "No team matches" in as_(cast.mia).get(reverse("teams:list"), {"q": "zzz"}).text


def test_who_left_is_not_shown_in_the_team(cast: Cast):
    people.deactivate(cast.ada, cast.olga)
    assert "Nobody is in this team yet" in as_(cast.mia).get(cast.sales.get_absolute_url()).text


def test_the_page_costs_the_same_for_a_big_team(cast: Cast, django_assert_max_num_queries):
    for number in range(30):
        person = people.invite(cast.ada, email=f"p{number}@example.com", display_name=f"P {number}")
        actions.add_member(cast.ada, cast.sales, person=person)
    client = as_(cast.ada)
    with django_assert_max_num_queries(14):
        assert "31 people, page 1 of 2" in client.get(cast.sales.get_absolute_url()).text
