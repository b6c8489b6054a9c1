"""Links for everybody who has not joined yet, made at once, and what the list of people says of them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import actions, invitation_views
from portal.admin_requests import links
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.people.models import Person
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db
ALL, LIST = "people:invitations", "people:list"


@pytest.fixture
def new(cast: Cast) -> list[Person]:
    return [
        actions.invite(PORTAL, email=f"new.{name}@example.com".lower(), display_name=f"New {name}")
        for name in ("Ann", "Bob", "Cleo")
    ]


def test_all_get_a_link_that_opens_and_former_ones_end(cast: Cast, new: list[Person]):
    former = links.link(new[0])
    page = as_(cast.ada).get(reverse(ALL)).text
    assert all(re.search(rf'value="{person.pk}"[^>]* checked', page) for person in new)
    made = as_(cast.ada).post(reverse(ALL), {"people": [person.pk for person in new]})
    found = re.findall(r'value="http://localhost:8000(/invitation/[^"]+)"', made.text)
    assert len(found) == 3
    assert Client().get(former.removeprefix("http://localhost:8000")).status_code == 410
    for person, path in zip(new, found, strict=True):
        assert person.email in Client().get(path).text
    assert str(Entry.objects.get(event="people.links_made")) == "Ada Osei made 3 sign-in links"
    assert Entry.objects.filter(event="person.link_made").count() == 3
    assert not Entry.objects.matching(words=found[0].split("/")[3])


def test_who_is_unticked_keeps_the_former_link(cast: Cast, new: list[Person]):
    former = links.link(new[0])
    as_(cast.ada).post(reverse(ALL), {"people": [new[1].pk]})
    assert links.whose(*former.rstrip("/").rsplit("/", 2)[1:]) == new[0]


@pytest.mark.parametrize("who", ["nobody", "joined", "left"])
def test_only_people_who_need_one_get_one(cast: Cast, new: list[Person], who: str):
    if who == "left":
        actions.deactivate(cast.ada, new[0])
    wanted = {"nobody": [], "joined": [cast.mia.pk, new[1].pk], "left": [new[0].pk]}[who]
    answer = as_(cast.ada).post(reverse(ALL), {"people": wanted})
    assert answer.status_code == 422
    assert ("Tick at least one person." if who == "nobody" else "joined or left") in answer.text
    assert not Entry.objects.filter(event="person.link_made").exists()


def test_the_next_ones_follow_those_who_got_theirs(cast: Cast, new: list[Person], monkeypatch):
    monkeypatch.setattr(invitation_views, "AT_ONCE", 2)
    client = as_(cast.ada)
    page = client.get(reverse(ALL)).text
    assert "These are 2 of 3." in page
    assert "New Cleo" not in page
    client.post(reverse(ALL), {"people": [new[0].pk, new[1].pk]})
    assert "New Cleo" in client.get(reverse(ALL)).text


def test_admins_are_told_who_needs_a_link_until_all_have_joined(cast: Cast, new: list[Person]):
    ada, mia = as_(cast.ada), as_(cast.mia)
    assert "3 people have not joined yet." in ada.get(reverse(LIST)).text
    assert "Create all links" in ada.get("/").text
    assert "not joined yet." not in mia.get(reverse(LIST)).text
    for person in new[:2]:
        actions.join(person, password=PASSWORD)
    assert "1 person has not joined yet." in ada.get(reverse(LIST)).text
    actions.join(new[2], password=PASSWORD)
    assert "not joined yet." not in ada.get(reverse(LIST)).text
    assert "Nobody needs a link" in ada.get(reverse(ALL)).text
