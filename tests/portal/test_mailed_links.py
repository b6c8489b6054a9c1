"""Invitations and sign-in links go by mail too: made when the mail is sent, stored nowhere, dropped when not needed."""

import re
from typing import Any

import pytest
from django.test import Client

from portal.accounts import actions as people
from portal.admin_requests import actions as requests
from portal.admin_requests.models import AdminRequest
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.mailing.channel import MAIL
from portal.notices import channels, delivering
from portal.notices.models import Delivery, Notice
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import Cast, as_
from tests.portal.post_office import Post, _posts, post
from tests.portal.told_by_mail import part, received, smtp

__all__ = ["_posts", "post"]
pytestmark = pytest.mark.django_db
FORM = {"display_name": "Cy Doe", "email": "cy@example.com", "time_zone": "UTC", "roles": []}
LINK = r"https://portal\.example(/invitation/[^\s\"<]+)"


@pytest.fixture
def server(post: Post, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Post:
    settings.SMTP, settings.ADDRESS = smtp(post), "https://portal.example"
    monkeypatch.setattr(channels, "_known", {"mail": MAIL})
    return post


def cy() -> Person:
    return Person.objects.get(email="cy@example.com")


def test_who_is_invited_joins_from_the_mail(cast: Cast, server: Post):
    page = as_(cast.ada).post("/people/invitations/new/", FORM).text
    assert "on its way to Cy" in page
    assert re.search(r"/invitation/", page), "the page keeps the link"
    delivering.deliver()
    (letter,) = received(server)
    assert letter["To"] == "Cy Doe <cy@example.com>"
    assert letter["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        assert "Ada Osei invites you" in part(letter, kind)
    assert "Choose a password" in part(letter, "html")
    (path,) = re.findall(LINK, part(letter, "plain"))
    stored = str([*Notice.objects.values(), *Delivery.objects.values(), *Entry.objects.values()])
    assert path.split("/")[-2] not in stored
    given = {"new_password1": "quite another phrase", "new_password2": "quite another phrase"}
    answer = Client().post(path, given)
    assert answer.status_code == 302, answer.text
    assert cy().has_joined
    assert not Notice.objects.filter(kind="account.invited", settled_at=None).exists()


def test_an_invitation_that_is_used_or_made_anew_is_not_sent(cast: Cast, server: Post):
    as_(cast.ada).post("/people/invitations/new/", FORM)
    assert as_(cast.ada).post(f"/people/{cy().pk}/links/").status_code == 200
    assert delivering.deliver() == 1, "the newer one"
    assert as_(cast.ada).post(f"/people/{cy().pk}/links/").status_code == 200
    people.join(cy(), password="quite another phrase")
    assert delivering.deliver() == 0


def test_a_lost_password_s_link_goes_by_mail_alone_and_opens_the_account(cast: Cast, server: Post):
    bo = people.join(
        people.invite(PORTAL, email="bo@example.com", display_name="Bo Berg", roles=[Role.ADMIN]),
        password="b" * 20,
    )
    row = requests.ask(cast.ada, cast.mia, kind=AdminRequest.Kind.LINK)
    requests.confirm(bo, row)
    delivering.deliver()
    text = " ".join(part(letter, "plain") for letter in received(server) if "Mia" in letter["To"])
    (path,) = re.findall(LINK, text)
    assert Client().get(path).status_code == 200
    assert "Ada Osei and Bo Berg made a link" in text


def test_without_mail_the_page_is_the_only_way(cast: Cast):
    page = as_(cast.ada).post("/people/invitations/new/", FORM).text
    assert "Copy this link" in " ".join(page.split())
    assert not Delivery.objects.exists()
