"""The page of choices: the kinds that can be about its reader, and for each way whether it reaches them."""

from typing import Any

import pytest
from django.urls import reverse

from portal.env_outgoing import NONE, Smtp
from portal.mailing.channel import MAIL
from portal.notices import channels, delivering
from portal.notices.models import Outage
from portal.notices.telling import tell
from portal.people.models import Person
from portal.push.channel import PUSH
from tests.cast import Cast, as_
from tests.portal.machine import free_port

pytestmark = pytest.mark.django_db
CHOICES = reverse("notices:choices")


@pytest.fixture(autouse=True)
def _mail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a server that is not there."""
    settings.SMTP = Smtp(
        "localhost", free_port(), NONE, "Agent Portal <portal@example.com>", "portal@example.com"
    )
    settings.ADDRESS = "https://portal.example"
    monkeypatch.setattr(channels, "_known", {"mail": MAIL, "push": PUSH})


def page(person: Person) -> str:
    return " ".join(as_(person).get(CHOICES).text.split())


def test_only_kinds_that_can_be_about_its_reader(cast: Cast):
    waits, failed = "A request to look at usage waits for me", "A check of the audit log failed"
    assert (waits in page(cast.ada), waits in page(cast.mia)) == (True, False)
    assert (failed in page(cast.aud), failed in page(cast.mia)) == (True, False)
    assert "A question of an agent waits for me" in page(cast.mia)
    assert "I am invited" not in page(cast.ada), "nobody can switch it off"


def test_what_somebody_was_told_once_stays(cast: Cast):
    tell([cast.mia], "trail.changed", cast.mia, "/")
    assert "A check of the audit log failed" in page(cast.mia)


def test_a_way_that_is_away_says_so_and_how_much_waits_for_its_reader(cast: Cast):
    assert "does not answer" not in page(cast.mia)
    tell([cast.mia, cast.lea], "stop.lifted", cast.support, "/", who="Ada", what="x")
    delivering.deliver()
    assert Outage.objects.exists()
    assert "It does not answer. That began" in page(cast.mia)
    assert "1 notice for you will be sent when it does." in page(cast.mia)
    assert "notice for you" not in page(cast.olga)


def test_a_way_that_does_not_reach_its_reader_says_why(cast: Cast, settings: Any):
    assert "None of your devices shows notices." in page(cast.mia)
    Person.objects.filter(pk=cast.mia.pk).update(email="mia@example.invalid")
    assert "No mail can be sent to the e-mail of your profile." in page(Person.objects.get(pk=cast.mia.pk))
    settings.SMTP = None
    assert "Not set up in this portal." in page(cast.lea)
