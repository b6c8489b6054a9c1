"""Every place where a second person says yes asks for a fresh sign-in: grants, accounts, unclear calls, the night."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.clearances.models import Clearance
from agents.connections import actions as connections
from agents.grants import actions as grants
from agents.grants.terms import Terms
from agents.permissions import ConnectionPermission
from agents.schedules.models import Schedule
from portal.accounts import actions as people
from portal.admin_requests import actions as requests
from portal.admin_requests.models import AdminRequest
from portal.people.models import Person
from portal.permissions import Role
from tests import builders
from tests.agents.evenings import evening
from tests.agents.test_fresh_sign_in import confirmed, stale
from tests.cast import PASSWORD, Cast
from tests.world import make_world

pytestmark = pytest.mark.django_db


def second_admin(cast: Cast) -> Person:
    bo = people.invite(cast.ada, email="bo@example.com", display_name="Bo Berg", roles=[Role.ADMIN])
    return people.join(bo, password=PASSWORD)


def test_a_second_admins_yes_to_an_account_needs_it(cast: Cast):
    bo = second_admin(cast)
    row = requests.ask(cast.ada, cast.mia, kind=AdminRequest.Kind.EMAIL, value="mia@example.org")
    client = stale(bo)
    onward = client.post(reverse("people:confirmation", args=[row.pk]))["Location"]
    assert onward.startswith("/sign-in/again/")
    row.refresh_from_db()
    assert row.state == AdminRequest.State.OPEN


def test_a_grant_to_what_another_requested_needs_it_and_a_no_does_not(cast: Cast):
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    wanted, until = {"mail.read": Terms()}, timezone.now() + timedelta(days=3)
    row = grants.request(cast.mia, agent=agent, connection=box, wanted=wanted, ends_at=until, why="x")
    client, url = stale(cast.ada), reverse("grants:decision", args=[row.pk])
    assert client.post(url, {"answer": "some"})["Location"].startswith("/sign-in/again/")
    assert (
        not client.post(url, {"answer": "nothing"}, follow=True)
        .redirect_chain[0][0]
        .startswith("/sign-in/again/")
    )
    row = type(row).objects.get(pk=row.pk)
    assert row.waiting == []


def test_a_second_word_on_what_may_have_happened_needs_it(cast: Cast):
    row = make_world(cast).unclear
    type(row).objects.update(second_person=True)
    connections.give(cast.ada, row.call.connection, holder=cast.olga, rights=[ConnectionPermission.APPROVE])
    client = stale(cast.olga)
    for said in ("happened", "do"):
        answer = client.post(reverse("approvals:unclear-answer", args=[row.pk]), {"answer": said})
        assert answer["Location"].startswith("/sign-in/again/")
    row.refresh_from_db()
    assert row.state == "open"


def test_what_is_cleared_for_the_night_as_the_second_person_needs_it(cast: Cast):
    here = evening(cast, second_person=True)
    here.post("One")
    connections.give(cast.ada, here.room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    Schedule.objects.update(next_at=timezone.now() + timedelta(minutes=1))
    client, url = stale(cast.lea), reverse("nights:tonight")
    page = client.get(url).text
    key = re.search(r'name="clear"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
    until = re.search(r'<option value="(\d+)"', page)[1]  # type: ignore[index]
    mark = re.findall(r'name="mark" value="([^"]+)"', page.split('<form class="')[-1])[0]
    sent = client.post(url, {"clear": key, "until": until, "mark": mark})
    assert sent["Location"].startswith("/sign-in/again/")
    assert not Clearance.objects.exists()
    assert "Cleared for tonight, as the second person" in client.get(sent["Location"]).text
    confirmed(client, sent["Location"])
    assert Clearance.objects.get().by == cast.lea
