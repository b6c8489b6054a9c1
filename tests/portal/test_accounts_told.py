"""Who hears of a link that its person did not know of, and what takes two admins in a company that has one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions as people
from portal.admin_requests import actions
from portal.admin_requests.models import AdminRequest
from portal.audit.models import Entry
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db
TITLE = "A sign-in link that its person did not expect"


@pytest.fixture
def three(cast: Cast) -> Cast:
    """Finn and Olga are admins too."""
    for person in (cast.finn, cast.olga):
        people.set_roles("test", person, roles=[Role.ADMIN])
    return replace(cast, **{name: Person.objects.get(pk=getattr(cast, name).pk) for name in ("finn", "olga")})


def answered(cast: Cast, answer: str) -> None:
    """Ada asked, Finn confirmed, Mia answers."""
    row = actions.ask(cast.ada, cast.mia, kind="link")
    actions.confirm(cast.finn, row)
    url = reverse("people:acknowledgement", args=[row.pk])
    as_(Person.objects.get(pk=cast.mia.pk)).post(url, {"answer": answer})


def test_admins_and_auditors_hear_of_a_link_that_was_not_theirs(three: Cast):
    answered(three, "other")
    for reader in (three.olga, three.aud):
        page = as_(reader).get("/").text
        assert TITLE in page
        assert "Ada Osei asked for it and Finn Moreau confirmed it" in page
    for other in (three.ada, three.finn, three.lea, Person.objects.get(pk=three.mia.pk)):
        assert TITLE not in as_(other).get("/").text, other
    AdminRequest.objects.update(acknowledged_at=timezone.now() - timedelta(days=31))
    assert TITLE not in as_(three.aud).get("/").text


def test_who_came_in_by_a_stolen_link_cannot_answer_for_the_person(three: Cast):
    """Else they would click the notice away, and the person would never hear of the link."""
    row = actions.ask(three.ada, three.mia, kind="link")
    actions.confirm(three.finn, row)
    thief = actions.enter(Person.objects.get(pk=three.mia.pk), password="quite another phrase")
    url = reverse("people:acknowledgement", args=[row.pk])
    assert as_(thief).post(url, {"answer": "mine"})["Location"] == "/people/profile/held/"
    assert "I expected this" not in as_(thief).get("/people/profile/held/").text
    with pytest.raises(ValidationError, match="must first confirm"):
        actions.acknowledge(thief, row, mine=True)
    assert actions.prove(thief, password=PASSWORD)
    assert "I expected this" in as_(Person.objects.get(pk=three.mia.pk)).get("/").text


def test_nobody_is_alarmed_by_a_link_that_its_person_knew_of(three: Cast):
    answered(three, "mine")
    assert TITLE not in as_(three.aud).get("/").text


def test_the_machine_does_all_that_takes_two_admins(cast: Cast, capsys):
    """The refusal names the command, so the command does each kind."""
    call_command("account", "email", cast.mia.email, "--to", "Mia.New@example.com")
    assert Person.objects.get(pk=cast.mia.pk).email == "mia.new@example.com"
    call_command("account", "admin", cast.lea.email)
    assert Role.ADMIN in Person.objects.get(pk=cast.lea.pk).roles
    call_command("account", "link", cast.olga.email)
    assert "/invitation/" in capsys.readouterr().out
    whats = [entry.details["what"] for entry in Entry.objects.filter(event="account.done").order_by("pk")]
    assert whats == [AdminRequest.Kind(kind).label for kind in ("email", "admin", "link")]
    assert set(AdminRequest.Kind) == set(actions.DONE)
    for wrong in (
        ("email", cast.lea.email),
        ("email", cast.lea.email, "--to", cast.olga.email),
        ("email", cast.lea.email, "--to", "no address"),
        ("admin", cast.lea.email, "--to", "x@example.com"),
    ):
        with pytest.raises(CommandError):
            call_command("account", *wrong)
    assert Entry.objects.filter(event="account.done").count() == 3


def test_an_agent_stands_in_the_trail_with_its_number(cast: Cast):
    from tests.world import make_world

    make_world(cast)
    acted = Entry.objects.filter(event__startswith="call.", actor=None).exclude(actor_name="Agent Portal")
    assert acted
    for entry in acted:
        assert re.fullmatch(rf"{re.escape(entry.actor_name)} \(agent #\d+\)", entry.who), entry.who
    page = as_(cast.aud).get("/trail/").text
    assert f"({acted[0].details['acted']})" in page
    assert Entry(event="x", actor=None, actor_name="Inbox triage").who == "Inbox triage (no person)"
