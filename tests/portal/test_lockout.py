"""Waiting after wrong passwords: per e-mail and address, per e-mail, per address; and nobody is shut out for good."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions
from portal.accounts.lockout import ACCOUNT, ADDRESS, BOTH, KNOWN, Limit
from portal.admin_requests import actions as requests
from portal.admin_requests.links import link
from portal.audit.models import Entry
from portal.people.models import Person
from portal.permissions import Role
from tests.agents.at_once import at_once
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db


def try_(email: str, password: str = "wrong", at: str = "203.0.113.1", client: Client | None = None) -> int:
    given = {"username": email, "password": password}
    return (client or Client()).post(reverse("sign-in"), given, REMOTE_ADDR=at).status_code


def later(minutes: float) -> None:
    """As if all tries had been made so much earlier."""
    for row in AccessAttempt.objects.all():
        row.attempt_time -= timedelta(minutes=minutes)
        row.save()


def test_waits_grow_and_stop_growing():
    limit = Limit(3)
    waits = [limit.wait(failures) / timedelta(minutes=1) for failures in range(1, 10)]
    assert waits == [0, 0, 1, 2, 4, 8, 15, 15, 15]
    assert limit.wait(10**9) == limit.most


def test_many_addresses_that_try_one_account_wait_together(mia: Person):
    answers = [try_(mia.email, at=f"203.0.113.{n}") for n in range(1, ACCOUNT.free + 1)]
    assert answers == [422] * (ACCOUNT.free - 1) + [429]
    assert try_(mia.email, PASSWORD, at="198.51.100.7") == 429
    later(1.1)
    assert try_(mia.email, at="198.51.100.7") == 429  # looked at, wrong, and the next wait is twice as long
    later(1.1)
    assert try_(mia.email, PASSWORD, at="198.51.100.8") == 429
    later(1)
    assert try_(mia.email, PASSWORD, at="198.51.100.8") == 302


def test_one_address_that_tries_many_accounts_waits(cast: Cast):
    answers = [try_(f"nobody{n}@example.com") for n in range(ADDRESS.free)]
    assert answers == [422] * (ADDRESS.free - 1) + [429]
    assert try_(cast.mia.email, PASSWORD) == 429
    assert try_(cast.mia.email, PASSWORD, at="203.0.113.2") == 302


def test_an_ipv6_network_counts_as_one_address(mia: Person):
    answers = [try_(mia.email, at=f"2001:db8:1:2::{n:x}") for n in range(1, BOTH.free + 1)]
    assert answers[-1] == 429
    assert try_(mia.email, PASSWORD, at="2001:db8:1:2:ffff::1") == 429
    assert try_(mia.email, PASSWORD, at="2001:db8:1:3::1") == 302


def test_an_outsider_shuts_nobody_out_where_they_signed_in_before(mia: Person):
    here = Client()
    assert try_(mia.email, PASSWORD, at="198.51.100.7", client=here) == 302
    here.post(reverse("sign-out"))
    for n in range(60):
        later(15)
        try_(mia.email, at=f"203.0.113.{n}")
    assert try_(mia.email, PASSWORD, at="198.51.100.9") == 429
    assert try_(mia.email, PASSWORD, at="198.51.100.7", client=here) == 302
    here.post(reverse("sign-out"))
    for n in range(BOTH.free):
        assert try_(mia.email, at="198.51.100.7", client=here) == (422 if n < BOTH.free - 1 else 429)
    forged = Client()
    forged.cookies[KNOWN] = f"{mia.pk}-0:1abc:x"
    assert try_(mia.email, PASSWORD, at="198.51.100.9", client=forged) == 429


def test_a_browser_is_no_longer_known_after_signing_out_everywhere(mia: Person):
    here = Client()
    try_(mia.email, PASSWORD, at="198.51.100.7", client=here)
    as_(mia).post(reverse("people:sign-outs"))
    for n in range(ACCOUNT.free):
        try_(mia.email, at=f"203.0.113.{n}")
    assert try_(mia.email, PASSWORD, at="198.51.100.9", client=here) == 429


def test_an_admins_link_opens_the_door_at_once(cast: Cast):
    for n in range(ACCOUNT.free):
        try_(cast.mia.email, at=f"203.0.113.{n}")
    actions.set_roles("test", cast.finn, roles=[Role.ADMIN])
    finn = Person.objects.get(pk=cast.finn.pk)
    requests.confirm(finn, requests.ask(cast.ada, cast.mia, kind="link"))
    cast.mia.refresh_from_db()
    path = link(cast.mia).removeprefix("http://localhost:8000")
    new = {"new_password1": "quite another phrase", "new_password2": "quite another phrase"}
    assert Client().post(path, new)["Location"] == "/"


def test_the_wait_is_told_in_minutes_and_the_same_for_an_email_that_nobody_has(mia: Person):
    texts = []
    for email in (mia.email, "nobody@example.com"):
        for n in range(ACCOUNT.free):
            try_(email, at=f"203.0.113.{n}")
        given = {"username": email, "password": PASSWORD}
        answer = Client().post(reverse("sign-in"), given, REMOTE_ADDR="198.51.100.1")
        assert 0 < int(answer["Retry-After"]) <= 60
        texts.append(re.sub('"X-CSRFToken": "\\w+"', "", answer.text))
    assert texts[0] == texts[1]
    assert "waits for 1 minute " in texts[0]


def test_the_person_is_told_and_the_trail_has_it_once(mia: Person, lea: Person):
    for n in range(ACCOUNT.free + 5):
        try_(mia.email, at=f"203.0.113.{n}")
        later(20)
    assert f"{ACCOUNT.free + 5} times" in as_(mia).get("/").text
    assert "Wrong passwords" not in as_(lea).get("/").text
    assert Entry.objects.filter(event="person.sign_in_slowed", target_id=mia.pk).count() == 1


def test_failures_are_forgotten_after_a_day(mia: Person):
    for n in range(ACCOUNT.free):
        try_(mia.email, at=f"203.0.113.{n}")
    later(24 * 60 + 1)
    assert [try_(mia.email, at="203.0.113.1") for _ in range(BOTH.free - 1)] == [422] * (BOTH.free - 1)
    assert AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - timedelta(days=1)).count() == 0


@pytest.mark.django_db(transaction=True)
def test_tries_sent_at_once_are_counted_one_by_one(mia: Person):
    answers = at_once(*[lambda: try_(mia.email) for _ in range(12)])
    assert sorted(answers) == [422] * (BOTH.free - 1) + [429] * (13 - BOTH.free)
