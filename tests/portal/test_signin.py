"""The door: signing in and out, the lock-out, passwords, sessions that end."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from portal.accounts import actions
from portal.audit.models import Entry
from portal.people.models import Person
from tests.cast import PASSWORD, as_

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


def sign_in(client: Client, person: Person, password: str = PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": person.email, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get(reverse("people:profile")).status_code == 200


def test_the_right_password_opens_and_the_wrong_one_says_why(mia: Person):
    client = Client()
    wrong = sign_in(client, mia, "something else")
    assert wrong.status_code == 422
    assert "E-mail or password is wrong" in wrong.text
    assert not is_in(client)
    assert sign_in(client, mia)["Location"] == "/"
    assert is_in(client)
    assert client.get(SIGN_IN)["Location"] == "/"


def test_an_email_may_be_written_in_any_case(mia: Person):
    client = Client()
    client.post(SIGN_IN, {"username": mia.email.upper(), "password": PASSWORD})
    assert is_in(client)


@pytest.mark.parametrize(
    "username", ["", "no mail", "nobody@example.com", "x" * 400 + "@example.com", "a\0b@example.com"]
)
def test_what_is_no_account_is_refused_with_words(mia: Person, username: str):
    assert Client().post(SIGN_IN, {"username": username, "password": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/people/profile/", "/people/profile/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_lands_where_one_wanted_but_only_here(mia: Person, wanted: str, where: str):
    assert sign_in(Client(), mia, next=wanted)["Location"] == where


def test_the_sixth_wrong_try_locks_this_email_out_and_no_other(mia: Person, lea: Person):
    client = Client()
    for _ in range(4):
        assert sign_in(client, mia, "wrong").status_code == 422
    assert sign_in(client, mia, "wrong").status_code == 429
    locked = sign_in(client, mia)
    assert locked.status_code == 429
    assert "waits for 1 minute " in locked.text
    assert client.post(SIGN_IN, {"username": mia.email.title(), "password": PASSWORD}).status_code == 429
    assert sign_in(client, lea).status_code == 302


def test_an_email_nobody_has_is_locked_out_in_the_same_words(mia: Person):
    client = Client()
    answers = [client.post(SIGN_IN, {"username": "no@example.com", "password": "x"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]


def test_signing_out_needs_a_post_and_works_without_a_session(mia: Person):
    client = as_(mia)
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not is_in(client)
    assert client.post("/sign-out/").status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(mia: Person):
    here, elsewhere = as_(mia), as_(mia)
    new = "quite another phrase"
    answer = here.post(
        reverse("people:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    assert sign_in(Client(), mia, new).status_code == 302
    assert Entry.objects.latest("id").event == "person.password"


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", "quite another phrase", "quite another phrase", "This is not your password"),
        (PASSWORD, "quite another phrase", "quite another", "match"),
        (PASSWORD, "short", "short", "12 characters"),
        (PASSWORD, "mia.park@example.com", "mia.park@example.com", "similar"),
        (PASSWORD, "my name is mia park", "my name is mia park", ""),
        (PASSWORD, "123456789012", "123456789012", "numeric"),
    ],
)
def test_a_bad_new_password_is_refused(mia: Person, old: str, new: str, again: str, said: str):
    answer = as_(mia).post(
        reverse("people:password"), {"old_password": old, "new_password1": new, "new_password2": again}
    )
    assert answer.status_code == (422 if said else 302)
    assert said in answer.text


def test_signing_out_everywhere_ends_every_session(mia: Person):
    here, elsewhere = as_(mia), as_(mia)
    here.post(reverse("people:sign-outs"))
    assert not is_in(here)
    assert not is_in(elsewhere)


def test_a_changed_secret_key_signs_nobody_out_but_a_raised_epoch_still_does(mia: Person):
    with override_settings(SECRET_KEY="the former key"):
        stays, goes = as_(mia), as_(mia)
    with override_settings(SECRET_KEY="the new key", SECRET_KEY_FALLBACKS=["the former key"]):
        assert is_in(stays)
        actions.end_sessions(mia, mia)
        assert not is_in(goes)
        assert not is_in(stays)


def test_who_is_deactivated_is_out_at_once_and_cannot_come_back(ada: Person, mia: Person):
    client = as_(mia)
    actions.deactivate(ada, mia)
    assert not is_in(client)
    assert sign_in(Client(), mia).status_code == 422
    actions.reactivate(ada, mia)
    assert not is_in(client), "the former session stays ended"
    assert sign_in(Client(), mia).status_code == 302
