"""A second person's yes comes from a sign-in of the last ten minutes: else a password is asked for, then it is sent."""

import re
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.permissions import ConnectionPermission
from portal.audit.models import Entry
from portal.people.models import Person
from portal.submissions import drafts, step_up
from tests.agents.asking import asked, running
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db
NOTE = "I rang the customer, and this is right"


@pytest.fixture
def ask(cast: Cast) -> Approval:
    """Mia's, for Olga as the second person."""
    made = asked(*running(cast, second_person=True))
    connections.give(cast.ada, made.call.connection, holder=cast.olga, rights=[ConnectionPermission.APPROVE])
    return made


def stale(person: Person) -> Client:
    """A browser in which the person signed in eleven minutes ago."""
    client = as_(person)
    session = client.session
    session[step_up.SIGNED_IN_AT] = time.time() - 11 * 60
    session.save()
    return client


def pressed(client: Client, ask: Approval, answer: str = "yes", **more: str) -> Any:
    return client.post(
        reverse("approvals:answer", args=[ask.pk]), form_of(client, ask) | {"answer": answer} | more
    )


def form_of(client: Client, ask: Approval) -> dict[str, str]:
    page = client.get(ask.get_absolute_url()).text
    form = page.split(f'action="{reverse("approvals:answer", args=[ask.pk])}"')[1]
    return {"mark": re.search(r'name="mark" value="([^"]+)"', form)[1]}  # type: ignore[index]


def confirmed(client: Client, onward: str, password: str = PASSWORD) -> Any:
    page = client.get(onward).text
    found = re.findall(r'name="mark" value="([^"]+)"', page.split('action="/sign-in/again/"')[1])
    back = re.search(r'name="next" value="([^"]+)"', page)[1]  # type: ignore[index]
    return client.post("/sign-in/again/", {"mark": found[0], "next": back, "password": password})


def state(ask: Approval) -> str:
    ask.refresh_from_db()
    return ask.state


def test_two_taps_and_the_yes_is_given_with_its_note(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    onward = pressed(client, ask, note=NOTE)["Location"]
    assert onward.startswith("/sign-in/again/")
    assert state(ask) == "open"
    page = client.get(onward).text
    assert "Your yes, as the second person" in page
    assert 'autocomplete="current-password"' in page
    answer = confirmed(client, onward)
    assert answer["Location"] == reverse("approvals:list")
    assert (state(ask), ask.answered_by, ask.note) == ("approved", cast.olga, NOTE)
    assert drafts.KEPT not in client.session
    assert pressed_again_is_fresh(client)


def pressed_again_is_fresh(client: Client) -> bool:
    return 0 <= time.time() - client.session[step_up.SIGNED_IN_AT] < 60


def test_a_fresh_sign_in_is_not_asked_again(cast: Cast, ask: Approval):
    assert pressed(as_(cast.olga), ask)["Location"] == reverse("approvals:list")
    assert state(ask) == "approved"


def test_a_no_needs_none(cast: Cast, ask: Approval):
    pressed(stale(cast.olga), ask, "no")
    assert state(ask) == "refused"


def test_nor_does_a_yes_to_a_task_of_ones_own(cast: Cast):
    own = asked(*running(cast))
    pressed(stale(cast.mia), own)
    assert state(own) == "approved"


@pytest.mark.parametrize("at", ["", "long ago", None, 4e9])  # the last one lies ahead
def test_a_session_that_does_not_know_when_is_not_fresh(cast: Cast, ask: Approval, at: object):
    client = as_(cast.olga)
    session = client.session
    session[step_up.SIGNED_IN_AT] = at
    session.save()
    assert pressed(client, ask)["Location"].startswith("/sign-in/again/")


def test_a_wrong_password_does_nothing_and_counts_as_at_the_door(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    onward = pressed(client, ask)["Location"]
    wrong = [confirmed(client, onward, "not it") for _ in range(4)]
    assert [answer.status_code for answer in wrong] == [422] * 4
    assert "This is not your password" in wrong[0].text
    assert confirmed(client, onward, "not it").status_code == 429
    assert confirmed(client, onward).status_code == 429, "the right one waits, too"
    assert Client().post("/sign-in/", {"username": cast.olga.email, "password": PASSWORD}).status_code == 429
    assert state(ask) == "open"


def test_wrong_ones_before_the_right_one_are_forgotten(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    onward = pressed(client, ask)["Location"]
    for _ in range(4):
        confirmed(client, onward, "not it")
    confirmed(client, onward)
    assert state(ask) == "approved"
    assert Client().post("/sign-in/", {"username": cast.olga.email, "password": "wrong"}).status_code == 422


def test_another_persons_password_is_a_wrong_one(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    lea = Person.objects.get(pk=cast.lea.pk)
    lea.set_password("another long phrase")
    lea.save(update_fields=["password"])
    onward = pressed(client, ask)["Location"]
    assert confirmed(client, onward, "another long phrase").status_code == 422
    assert state(ask) == "open"


def test_who_signs_in_instead_sends_nothing(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    pressed(client, ask)
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": cast.lea.email, "password": PASSWORD})
    page = client.get("/sign-in/again/").text
    assert "Nothing waits" in page
    confirmed(client, "/sign-in/again/")
    assert state(ask) == "open"


def test_sent_twice_is_done_once(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    onward = pressed(client, ask)["Location"]
    page = client.get(onward).text
    mark = re.findall(r'name="mark" value="([^"]+)"', page.split('action="/sign-in/again/"')[1])[0]
    form = {"mark": mark, "next": "/asks/", "password": PASSWORD}
    answers = [client.post("/sign-in/again/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Entry.objects.filter(event="approval.approved").count() == 1


def test_after_ten_minutes_it_is_shown_and_not_sent(cast: Cast, ask: Approval, monkeypatch):
    client = stale(cast.olga)
    onward = pressed(client, ask, note=NOTE)["Location"]
    now = time.time() + step_up.FRESH + 1
    monkeypatch.setattr(step_up.time, "time", lambda: now)
    confirmed(client, onward)
    assert state(ask) == "open"
    page = client.get(ask.get_absolute_url()).text
    assert NOTE in page
    assert step_up.NOT_SENT in page


def test_what_ended_meanwhile_is_said_and_nothing_is_done(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    onward = pressed(client, ask)["Location"]
    connections.take(cast.ada, ask.call.connection, holder=cast.olga)
    assert confirmed(client, onward).status_code in (302, 404)
    assert state(ask) == "open"


def test_a_form_kept_over_an_ended_session_is_never_sent_by_a_password(cast: Cast, ask: Approval):
    client = as_(cast.olga)
    form = form_of(client, ask) | {"answer": "no"}
    client.logout()
    client.post(reverse("approvals:answer", args=[ask.pk]), form)
    client.post("/sign-in/", {"username": cast.olga.email, "password": PASSWORD})
    assert drafts.KEPT in client.session
    confirmed(client, "/sign-in/again/")
    assert state(ask) == "open"


def test_no_password_is_kept_anywhere(cast: Cast, ask: Approval):
    client = stale(cast.olga)
    confirmed(client, pressed(client, ask)["Location"])
    assert PASSWORD not in str(Session.objects.get(pk=client.session.session_key).get_decoded())
