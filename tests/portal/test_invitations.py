"""Invitations and the links by which people come in, or come back after a lost password."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import actions
from portal.admin_requests.links import whose
from portal.audit.models import Entry
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db
NEW = {"display_name": "New One", "email": "New.One@Example.com", "time_zone": "Europe/Berlin"}


def invited(ada: Person, **more: object) -> tuple[Person, str]:
    """A person that Ada has invited in the browser, and the path of their link."""
    answer = as_(ada).post(reverse("people:new"), {**NEW, **more})
    assert answer.status_code == 200, answer.text
    return Person.objects.get(email="new.one@example.com"), path_in(answer.text)


def path_in(page: str) -> str:
    found = re.search(r"http://localhost:8000(/invitation/[^<\s]+)", page)
    assert found
    return found[1]


def choose(client: Client, path: str, password: str = PASSWORD):
    return client.post(path, {"new_password1": password, "new_password2": password})


def test_an_invited_person_follows_the_link_chooses_a_password_and_is_in(cast: Cast):
    person, path = invited(cast.ada, manager=cast.lea.email, roles=["auditor"])
    assert (person.manager, person.roles, person.has_joined) == (cast.lea, [Role.AUDITOR], False)
    client = Client()
    assert "Choose a password, and you are in." in client.get(path).text
    assert choose(client, path, "short").status_code == 422
    assert choose(client, path)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert Client().get(path).status_code == 410, "a link works once"
    events = Entry.objects.about(person).values_list("event", flat=True)
    assert list(events) == ["person.invited", "person.joined"]


def test_the_link_stands_nowhere_but_on_the_page(cast: Cast):
    person, path = invited(cast.ada)
    token = path.split("/")[3]
    assert not Entry.objects.matching(words=token)
    assert token not in as_(cast.ada).get(person.get_absolute_url()).text


def test_a_newer_link_ends_the_older_one(cast: Cast):
    person, old = invited(cast.ada)
    new = path_in(as_(cast.ada).post(reverse("people:links", args=[person.pk])).text)
    assert Client().get(old).status_code == 410
    assert choose(Client(), new).status_code == 302


def test_following_somebody_elses_link_says_so_and_changes_who_is_signed_in(cast: Cast):
    _, path = invited(cast.ada)
    client = as_(cast.mia)
    assert "You are signed in as Mia Park" in client.get(path).text
    choose(client, path)
    assert "New One" in client.get(reverse("people:profile")).text


@pytest.mark.parametrize(
    "path", ["MQ/x-y", "!!/abc", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw/a-b", "w7bDtg/a-b"]
)
def test_a_made_up_link_opens_nothing(cast: Cast, path: str):
    answer = Client().get(f"/invitation/{path}/")
    assert answer.status_code == 410
    assert "This link is no longer valid" in answer.text


def test_who_left_cannot_use_a_link(cast: Cast):
    person, path = invited(cast.ada)
    actions.deactivate(cast.ada, person)
    actions.reactivate(cast.ada, person)
    _, uid, token = path.strip("/").split("/")
    assert whose(uid, token) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": "MIA.park@example.com"}, "already uses this e-mail"),
        ({"email": "no mail"}, "valid email"),
        ({"display_name": " "}, "required"),
        ({"time_zone": "Mars/Base"}, "not one of the available choices"),
        ({"manager": "ghost@example.com"}, "Nobody here is"),
        ({"roles": ["emperor"]}, "not one of the available choices"),
    ],
)
def test_a_wrong_invitation_is_shown_again_with_the_reason(cast: Cast, change: dict, said: str):
    answer = as_(cast.ada).post(reverse("people:new"), NEW | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert Person.objects.count() == 6
