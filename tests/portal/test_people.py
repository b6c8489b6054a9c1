"""People: the list, profile, moving, roles, leaving."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.accounts import actions
from portal.audit.models import Entry
from portal.people.models import Person
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def test_only_who_manages_people_sees_those_who_left(cast: Cast):
    actions.deactivate(cast.ada, cast.olga)
    assert "Olga" not in as_(cast.mia).get(reverse("people:list"), {"state": "left"}).text
    assert as_(cast.mia).get(cast.olga.get_absolute_url()).status_code == 404
    listed = as_(cast.ada).get(reverse("people:list"), {"state": "left"}).text
    assert "Olga" in listed
    assert "Mia" not in listed


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "MIA"}, {"Mia Park"}),
        ({"q": "nobody"}, set()),
        ({"role": "finance"}, {"Finn Moreau"}),
        ({"state": "invited"}, {"New One"}),
        ({"state": "nonsense"}, {"Ada Osei", "Mia Park", "New One", "Finn Moreau"}),
    ],
)
def test_the_list_filters(cast: Cast, asked: dict, names: set):
    actions.invite(cast.ada, email="new.one@example.com", display_name="New One")
    found = as_(cast.ada).get(reverse("people:list"), asked).text
    every = {"Ada Osei", "Mia Park", "New One", "Finn Moreau"}
    assert {name for name in every if f'">{name}</a>' in found} == names


def test_the_list_costs_the_same_for_one_and_for_many(cast: Cast, django_assert_max_num_queries):
    for number in range(30):
        actions.invite(cast.ada, email=f"p{number}@example.com", display_name=f"P {number}", manager=cast.lea)
    client = as_(cast.ada)
    with django_assert_max_num_queries(15):
        assert "page 1 of 2" in client.get(reverse("people:list")).text


def test_suggestions_follow_what_is_typed(cast: Cast):
    found = as_(cast.mia).get(reverse("people:suggestions"), {"manager": "lea"}).text
    assert cast.lea.email in found
    assert cast.olga.email not in found
    assert "option" not in as_(cast.mia).get(reverse("people:suggestions")).text


def test_moving_somebody_by_name_by_email_and_to_nobody(cast: Cast):
    url = reverse("people:manager", args=[cast.mia.pk])
    for typed, manager in [("ada osei", cast.ada), (cast.lea.email, cast.lea), ("", None)]:
        assert as_(cast.ada).post(url, {"manager": typed}).status_code == 302
        cast.mia.refresh_from_db()
        assert cast.mia.manager == manager


def test_a_ring_in_the_reporting_line_is_refused_with_the_reason(cast: Cast):
    answer = as_(cast.ada).post(reverse("people:manager", args=[cast.ada.pk]), {"manager": cast.mia.email})
    assert answer.status_code == 422
    assert "Mia Park reports to Ada Osei" in answer.text


def test_the_last_admin_stays_admin(cast: Cast):
    url = reverse("people:roles", args=[cast.ada.pk])
    assert "last admin" in as_(cast.ada).post(url, {"roles": ["finance"]}).text
    as_(cast.ada).post(reverse("people:roles", args=[cast.lea.pk]), {"roles": ["admin"]})
    assert as_(cast.ada).post(url, {"roles": []}).status_code == 302
    assert cast.ada.roles == []


def test_the_profile_changes_name_and_zone_and_nothing_else(cast: Cast):
    client = as_(cast.mia)
    client.post(
        reverse("people:profile"),
        {"display_name": "Mia K. Park", "time_zone": "Asia/Seoul", "email": "x@y.z"},
    )
    cast.mia.refresh_from_db()
    assert (cast.mia.display_name, cast.mia.time_zone) == ("Mia K. Park", "Asia/Seoul")
    assert cast.mia.email == "mia.park@example.com"
    assert "Asia/Seoul" in client.get(reverse("people:profile")).text


def test_an_admin_mends_an_email_and_cannot_take_one(cast: Cast):
    Person.objects.filter(pk=cast.mia.pk).update(password="!")  # not joined yet; else another admin confirms
    url = reverse("people:edit", args=[cast.mia.pk])
    data = {"display_name": "Mia Park", "time_zone": "UTC"}
    assert as_(cast.ada).post(url, data | {"email": cast.lea.email}).status_code == 422
    assert as_(cast.ada).post(url, data | {"email": "mia@example.com"}).status_code == 302
    entry = Entry.objects.latest("id")
    assert entry.details == {"email": "mia.park@example.com → mia@example.com"}


def test_deactivating_says_what_will_happen_then_does_it(cast: Cast):
    url = reverse("people:deactivation", args=[cast.finn.pk])
    asked = as_(cast.ada).get(url).text
    assert "They lose the role “Finance”." in asked
    assert Person.objects.active().count() == 6
    as_(cast.ada).post(url)
    cast.finn.refresh_from_db()
    assert (cast.finn.is_active, cast.finn.roles) == (False, [])
    assert "deactivated already" in as_(cast.ada).post(url, follow=True).text
    again = reverse("people:reactivation", args=[cast.finn.pk])
    assert "can sign in again" in as_(cast.ada).post(again, follow=True).text
    assert "has not left" in as_(cast.ada).post(again, follow=True).text


def test_who_owns_agents_leaves_and_the_agents_stop(cast: Cast):
    agent, _ = builders.triage(cast)
    url = reverse("people:deactivation", args=[cast.mia.pk])
    asked = as_(cast.ada).get(url).text
    assert "1 agent of theirs stops" in asked
    assert f"{agent.grants.count()} grants of these agents" in asked
    as_(cast.ada).post(url)
    agent.refresh_from_db()
    assert agent.state == "paused"
    assert set(agent.grants.values_list("state", flat=True)) == {"suspended"}


def test_nobody_deactivates_themselves(cast: Cast):
    with pytest.raises(ValidationError):
        actions.deactivate(cast.ada, cast.ada)
    assert not Entry.objects.filter(event="person.deactivated")
