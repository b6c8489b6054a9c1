"""A form that is sent after its session has ended is shown again as it was typed, to its own person and nobody else."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.permissions import Role
from portal.submissions import drafts
from portal.teams.models import Team
from tests import builders
from tests.cast import PASSWORD, as_
from tests.portal.test_once import mark

TEAM = {"name": "Night shift", "cost_centre": "4711"}


def sign_in(client, person, onward):
    return client.post(onward, {"username": person.email, "password": PASSWORD}, follow=True)


def sent_signed_out(ada, **more):
    client, url = as_(ada), reverse("teams:new")
    form = TEAM | more | {"mark": mark(client, url)}
    people.end_sessions(ada, ada)
    answer = client.post(url, form)
    assert answer["Location"] == f"{reverse('sign-in')}?next=/teams/new/"
    return client, answer["Location"]


def test_after_sign_in_the_form_is_there_with_what_was_typed(ada):
    client, onward = sent_signed_out(ada)
    assert "the form is kept" in client.get(onward).content.decode()
    page = sign_in(client, ada, onward).content.decode()
    assert drafts.RESTORED in page
    assert 'value="Night shift"' in page
    assert 'value="4711"' in page
    assert not Team.objects.filter(name="Night shift").exists(), (
        "nothing is done before the button is pressed again"
    )
    again = re.findall(r'name="mark" value="([^"]+)"', page)[-1]
    assert client.post(reverse("teams:new"), TEAM | {"mark": again}).status_code == 302
    assert Team.objects.filter(name="Night shift").exists()
    assert drafts.RESTORED not in client.get(reverse("teams:new")).content.decode(), "shown once"


def test_nobody_else_is_shown_it(ada, cast):
    client, onward = sent_signed_out(ada)
    second = people.invite(ada, email="b@example.com", display_name="Bo Berg", roles=[Role.ADMIN])
    people.join(second, password=PASSWORD)
    page = sign_in(client, second, onward).content.decode()
    assert "Night shift" not in page
    client.logout()
    assert "Night shift" not in sign_in(client, ada, onward).content.decode()


def test_what_is_kept_cannot_be_read_where_it_is_kept(ada):
    client, _ = sent_signed_out(ada)
    kept = Session.objects.get(pk=client.session.session_key).get_decoded()[drafts.KEPT]
    assert "Night" not in kept


def test_passwords_are_not_kept(ada):
    client, url = as_(ada), reverse("people:password")
    form = {"old_password": "my old phrase", "new_password1": "my new phrase", "mark": mark(client, url)}
    people.end_sessions(ada, ada)
    onward = client.post(url, form)["Location"]
    page = sign_in(client, ada, onward).content.decode()
    assert drafts.RESTORED in page
    assert "my old phrase" not in page
    assert "my new phrase" not in page


def test_what_is_too_much_to_keep_says_so(ada):
    client, onward = sent_signed_out(ada, cost_centre="x" * 700_000)
    assert "too long to keep" in client.get(onward).content.decode()


def test_a_button_on_another_page_leads_back_to_that_page(cast):
    """A POST-only address: the answer was an empty page, and what was pressed lost."""
    client, person = as_(cast.ada), cast.mia
    page = client.get(person.get_absolute_url()).content.decode()
    form = page.split(f'action="{reverse("people:links", args=[person.pk])}"')[1]
    marked = {"mark": re.search(r'name="mark" value="([^"]+)"', form)[1]}
    people.end_sessions(cast.ada, cast.ada)
    before = Entry.objects.count()
    onward = client.post(reverse("people:links", args=[person.pk]), marked)["Location"]
    answer = sign_in(client, cast.ada, onward)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == person.get_absolute_url()
    assert drafts.RESTORED in answer.content.decode()
    assert Entry.objects.count() == before


def test_a_form_of_before_the_last_sign_in_comes_back_as_it_was_typed(ada):
    """The token changes with each sign-in: the page that was open over it must not lose its text."""
    client, url = Client(enforce_csrf_checks=True), reverse("teams:new")
    client.force_login(ada)
    form = TEAM | {"mark": mark(client, url), "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(url, form, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    page = answer.content.decode()
    assert drafts.STALE in page
    assert 'value="Night shift"' in page
    assert not Team.objects.filter(name="Night shift").exists()


def test_a_form_that_names_no_page_of_ours_gets_words_and_its_text_back(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post(reverse("teams:new"), {"name": "A long name of a team"})
    assert answer.status_code == 403
    assert "A long name of a team" in answer.content.decode()
    assert "reload" not in answer.content.decode()


@pytest.mark.parametrize("name", ["people:links", "people:reactivation"])
def test_an_address_of_a_button_says_so_and_leads_to_the_page_of_the_button(cast, name):
    answer = as_(cast.ada).get(reverse(name, args=[cast.mia.pk]))
    assert answer.status_code == 405
    assert "belongs to a button" in answer.content.decode()
    assert f'href="{cast.mia.get_absolute_url()}"' in answer.content.decode()


def test_a_short_word_is_written_back_too_where_the_view_shows_no_form_again(cast):
    agent, _ = builders.triage(cast)
    client, url = as_(cast.mia), reverse("registry:stop", args=[agent.pk])
    page = client.get(url).content.decode().split("<main")[1]
    form = {"why": "Spam", "mark": re.search(r'name="mark" value="([^"]+)"', page)[1]}
    people.end_sessions(cast.mia, cast.mia)
    page = sign_in(client, cast.mia, client.post(url, form)["Location"]).content.decode()
    assert 'value="Spam"' in page
    assert 'id="typed"' not in page, "it found its place"


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("tokens", False),
        ("instruction", False),
        ("access_token", True),
        ("csrfmiddlewaretoken", True),
        ("tokens_secret", True),
        ("new_password1", True),
    ],
)
def test_secrets_are_never_kept_and_a_number_of_tokens_is(name: str, never: bool):
    assert bool(drafts.NEVER_KEPT.search(name)) == never
