"""Two tabs: the older one hears what changed, keeps what was typed, and saves over it only after it has seen that."""

import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from portal.accounts import actions as people
from portal.people.models import Person
from portal.permissions import Role
from portal.teams.models import Membership, Team
from tests.cast import as_


def drawn(client, url):
    """What a browser would send: every field as it stands in the form."""
    page = client.get(url).content.decode()
    return version(page)


def version(page):
    return {"drawn_from": re.search(r'name="drawn_from" value="([^"]+)"', page)[1]}


PROFILE = {"display_name": "Mia Park", "email": "mia.park@example.com", "time_zone": "UTC"}


def test_the_older_tab_hears_what_changed_and_keeps_what_was_typed(ada, mia):
    Person.objects.filter(pk=mia.pk).update(password="!")  # not joined yet: an admin mends the e-mail alone
    client, url = as_(ada), reverse("people:edit", args=[mia.pk])
    older = drawn(client, url)
    client.post(url, PROFILE | {"email": "mia@example.com"} | drawn(client, url))
    answer = client.post(url, PROFILE | {"display_name": "Mia Berg"} | older)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ada Osei changed this while you had it open." in page
    assert "E-mail: “mia.park@example.com” → “mia@example.com”" in page
    assert 'value="Mia Berg"' in page, "what was typed is kept"
    assert 'value="mia@example.com"' in page, "what was left alone is as it is now"
    mia.refresh_from_db()
    assert (mia.display_name, mia.email) == ("Mia Park", "mia@example.com"), "nothing was restored"

    saved = client.post(
        url, PROFILE | {"display_name": "Mia Berg", "email": "mia.berg@example.com"} | version(page)
    )
    assert saved.status_code == 302, "after it has been seen it is saved"
    mia.refresh_from_db()
    assert (mia.display_name, mia.email) == ("Mia Berg", "mia.berg@example.com")


def test_a_third_change_after_the_first_was_seen_is_heard_of_too(ada, mia):
    client, url = as_(ada), reverse("people:edit", args=[mia.pk])
    older = drawn(client, url)
    people.edit(mia, mia, display_name="Mia B", time_zone="UTC")
    seen = version(client.post(url, PROFILE | {"display_name": "Mia C"} | older).content.decode())
    people.edit(mia, mia, display_name="Mia D", time_zone="UTC")
    page = client.post(url, PROFILE | {"display_name": "Mia C"} | seen).content.decode()
    assert "Name: “Mia B” → “Mia D”" in page
    assert "Mia D changed this" in page


def test_who_typed_the_same_is_not_held_up(ada, mia):
    client, url = as_(ada), reverse("people:edit", args=[mia.pk])
    older = drawn(client, url)
    people.edit(mia, mia, display_name="Mia Berg", time_zone="UTC")
    assert client.post(url, PROFILE | {"display_name": "Mia Berg"} | older).status_code == 302


def test_boxes_and_choices_are_compared_too(ada, finn, cast):
    client, url = as_(ada), reverse("people:roles", args=[finn.pk])
    older = drawn(client, url)
    people.set_roles(ada, finn, roles=[Role.AUDITOR])
    page = client.post(url, {"roles": ["finance", "admin"]} | older).content.decode()
    assert "“Finance” → “Auditor”" in page
    assert Person.objects.get(pk=finn.pk).roles == [Role.AUDITOR]

    url = reverse("teams:add-member", args=[cast.support.pk]) + f"?person={cast.mia.email}"
    older = drawn(client, url)
    Membership.objects.filter(person=cast.mia).update(role="lead")
    page = client.post(url, {"person": cast.mia.email, "role": "member"} | older).content.decode()
    assert Membership.objects.get(person=cast.mia).role == "lead"
    assert "changed this while" in page


def test_the_line_of_a_manager_is_compared(ada, cast):
    client, url = as_(ada), reverse("people:manager", args=[cast.mia.pk])
    older = drawn(client, url)
    people.move(ada, cast.mia, manager=cast.finn)
    page = client.post(url, {"manager": cast.olga.email} | older).content.decode()
    assert "“lea.brandt@example.com” → “finn.moreau@example.com”" in page
    assert Person.objects.get(pk=cast.mia.pk).manager == cast.finn


def test_a_version_that_was_made_up_compares_nothing(ada, mia):
    url = reverse("people:edit", args=[mia.pk])
    assert as_(ada).post(url, PROFILE | {"drawn_from": "x:y:z"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_cannot_both_win(cast):
    """Each looks at the row under its lock: the second sees what the first wrote."""
    url = reverse("teams:edit", args=[cast.support.pk])
    older = drawn(as_(cast.ada), url)
    ready, codes = threading.Barrier(2), []

    def save(name):
        client = as_(cast.ada)
        ready.wait()
        codes.append(client.post(url, {"name": name, "cost_centre": "4100"} | older).status_code)
        connection.close()

    threads = [threading.Thread(target=save, args=[name]) for name in ("First", "Second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 422]
    assert Team.objects.get(pk=cast.support.pk).name in {"First", "Second"}
