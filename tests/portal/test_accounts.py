"""No admin takes over an account alone: a second confirms, the person is told, and opens it before anything shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions as people
from portal.admin_requests import actions
from portal.admin_requests.models import TRIES, AdminRequest, vouchers
from portal.audit.models import Entry
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import PASSWORD, Cast, as_
from tests.doors import DOORS
from tests.portal.test_invitations import choose, path_in
from tests.world import make_world

pytestmark = pytest.mark.django_db
NEW = "quite another phrase"
OPEN = {"schedules:hook", "slack:arrive", "push:worker", "alive", "ready", "metrics"}  # to programs
WHILE_HELD = {"people:held", "sign-in", "sign-out", "invitation", "mailing:switching", "mailing:resumption"}


@pytest.fixture
def two(cast: Cast) -> Cast:
    """Finn is an admin too."""
    people.set_roles("test", cast.finn, roles=[Role.ADMIN])
    return replace(cast, finn=Person.objects.get(pk=cast.finn.pk))


def asked(cast: Cast, kind: str = "link", person: Person | None = None) -> AdminRequest:
    return AdminRequest.objects.open().get(kind=kind, person=person or cast.mia)


def came_in(cast: Cast, person: Person | None = None) -> Client:
    """Somebody follows the link that Ada asked for and Finn confirmed."""
    person = person or cast.mia
    as_(cast.ada).post(reverse("people:links", args=[person.pk]))
    page = as_(cast.finn).post(reverse("people:confirmation", args=[asked(cast, person=person).pk]))
    client = Client()
    assert choose(client, path_in(page.text), NEW).status_code == 302
    return client


def test_one_admin_gets_no_link_for_somebody_who_has_joined(two: Cast):
    session = as_(two.mia)
    answer = as_(two.ada).post(reverse("people:links", args=[two.mia.pk]), follow=True)
    assert "/invitation/" not in answer.text
    assert "Another admin must confirm it" in answer.text
    assert session.get("/").status_code == 200, "nothing has happened yet"
    for wrong in (two.ada, two.mia):
        with pytest.raises(ValidationError):
            actions.confirm(wrong, asked(two))
    assert as_(two.lea).post(reverse("people:confirmation", args=[asked(two).pk])).status_code == 403
    with pytest.raises(ValidationError, match="has already requested this"):
        actions.ask(two.finn, two.mia, kind="link")
    with pytest.raises(ValidationError, match="a second admin must confirm"):
        people.make_link(two.ada, two.mia)
    page = as_(two.finn).post(reverse("people:confirmation", args=[asked(two).pk]))
    assert "/invitation/" in page.text
    assert session.get("/").status_code == 302, "the person is signed out"
    entry = Entry.objects.get(event="account.confirmed")
    assert (entry.actor, entry.target_id, entry.details["asked_by"]) == (two.finn, two.mia.pk, "Ada Osei")


def test_an_ask_ends_after_three_days_and_may_be_refused(two: Cast):
    actions.ask(two.ada, two.mia, kind="link")
    AdminRequest.objects.update(asked_at=timezone.now() - timedelta(days=4))
    with pytest.raises(ValidationError):
        actions.confirm(two.finn, AdminRequest.objects.get())
    actions.ask(two.ada, two.mia, kind="link")
    as_(two.finn).post(reverse("people:refusal", args=[asked(two).pk]))
    assert not AdminRequest.objects.exclude(state="refused").exists()


def test_everything_is_closed_to_who_came_in_by_it(two: Cast):
    """Every door of the house, so that the next page is closed as well."""
    world = make_world(two)
    AdminRequest.objects.filter(pk=world.asked.pk).delete()
    AdminRequest.objects.filter(pk=world.told.pk).delete()
    client, told = came_in(two), AdminRequest.objects.get()
    open_ = []
    for name, (method, target, _) in DOORS.items():
        arguments = [told.pk] if target == "told" else [1] if target == "asked" else world.arguments(target)
        url = reverse(name, args=arguments)
        answer = client.post(url) if method == "POST" and name not in WHILE_HELD | OPEN else client.get(url)
        if (answer.status_code, answer.headers.get("Location")) != (302, "/people/profile/held/"):
            open_.append(name)
    assert set(open_) <= WHILE_HELD | OPEN
    page = client.get("/people/profile/held/").text
    assert "Ada Osei asked for it and Finn Moreau confirmed it" in page
    assert two.lea.email in page
    assert 'href="/usage/"' not in page


def test_the_former_password_opens_it_and_five_wrong_ones_end_that(two: Cast):
    client = came_in(two)
    url = "/people/profile/held/"
    assert client.post(url, {"former_password": NEW}).status_code == 422, "the admins could know that one"
    assert client.get("/usage/").status_code == 302
    assert client.post(url, {"former_password": PASSWORD})["Location"] == "/"
    assert client.get("/usage/").status_code == 200
    assert Entry.objects.get(event="account.opened").actor == two.mia

    other = came_in(two, two.olga)
    for _ in range(TRIES):
        assert other.post(url, {"former_password": "no"}).status_code == 422
    assert "no longer works here" in other.post(url, {"former_password": PASSWORD}).text


def test_a_second_link_does_not_make_the_first_links_password_the_former_one(two: Cast):
    came_in(two)
    client = came_in(two)
    assert client.post("/people/profile/held/", {"former_password": NEW}).status_code == 422
    assert client.post("/people/profile/held/", {"former_password": PASSWORD}).status_code == 302


def test_the_manager_opens_it_and_nobody_who_made_the_link(two: Cast):
    client = came_in(two)
    assert list(vouchers(two.mia)) == [two.lea]
    url = reverse("people:vouching", args=[two.mia.pk])
    assert "It was Mia" in as_(two.lea).get("/").text
    for other in (two.ada, two.finn, two.olga, two.aud):
        assert as_(other).post(url).status_code == 404
    as_(two.lea).post(url)
    assert client.get("/usage/").status_code == 200
    assert Entry.objects.get(event="account.opened").actor == two.lea

    came_in(two, two.lea)  # her manager is Ada, who asked; she leads, and nobody else does
    assert not vouchers(two.lea)
    with pytest.raises(ValidationError):
        actions.open_again(two.ada, Person.objects.get(pk=two.lea.pk))


@pytest.mark.parametrize(("answer", "mine"), [("mine", True), ("other", False)])
def test_the_person_is_told_until_they_answer(two: Cast, answer: str, mine: bool):
    actions.ask(two.ada, two.mia, kind="link")
    actions.confirm(two.finn, asked(two))
    client, row = as_(Person.objects.get(pk=two.mia.pk)), AdminRequest.objects.get()
    beside = as_(Person.objects.get(pk=two.mia.pk))
    for _ in range(2):
        assert "Ada Osei asked for it and Finn Moreau confirmed it" in client.get("/").text
    assert as_(two.olga).post(reverse("people:acknowledgement", args=[row.pk])).status_code == 404
    onward = client.post(reverse("people:acknowledgement", args=[row.pk]), {"answer": answer})["Location"]
    assert client.get(onward).status_code == 200
    assert (beside.get("/").status_code == 200) is mine
    assert "Admins made a sign-in link for you" not in client.get("/").text
    assert Entry.objects.get(event="account.acknowledged").details["mine"] is mine


def test_an_email_of_somebody_who_has_joined_waits_for_another_admin(two: Cast):
    form = {"display_name": "Mia Park", "time_zone": "UTC", "email": "ada.too@example.com"}
    page = as_(two.ada).post(reverse("people:edit", args=[two.mia.pk]), form, follow=True).text
    assert "Another admin must confirm the new e-mail." in page
    two.mia.refresh_from_db()
    assert two.mia.email == "mia.park@example.com"
    actions.confirm(two.finn, asked(two, "email"))
    two.mia.refresh_from_db()
    assert two.mia.email == "ada.too@example.com"
    with pytest.raises(ValidationError):  # one's own too: a personal mailbox is found by it
        people.edit(two.ada, two.ada, display_name="Ada Osei", time_zone="UTC", email=two.olga.email)


def test_no_admin_makes_the_second_one_that_they_need(two: Cast):
    people.set_roles(two.ada, two.lea, roles=[Role.ADMIN, Role.FINANCE])
    assert Person.objects.get(pk=two.lea.pk).roles == [Role.FINANCE]
    with pytest.raises(ValidationError):
        people.invite(two.ada, email="p@example.com", display_name="Puppet", roles=[Role.ADMIN])
    puppet = people.invite(two.ada, email="p@example.com", display_name="Puppet")
    with pytest.raises(ValidationError, match="not joined"):
        people.set_roles(two.ada, puppet, roles=[Role.ADMIN])
    file = "email,name,roles\nlea.brandt@example.com,Lea Brandt,admin\nnew@example.com,New Two,admin\n"
    preview = as_(two.ada).post("/people/chart/imports/", {"text": file, "digest": ""}).text
    assert preview.count("A second admin must confirm a new admin") == 2
    actions.confirm(two.finn, asked(two, "admin", two.lea))
    assert Role.ADMIN in Person.objects.get(pk=two.lea.pk).roles


def test_a_company_with_one_admin_has_a_command_on_the_machine(cast: Cast, capsys):
    page = as_(cast.ada).post(reverse("people:links", args=[cast.mia.pk]), follow=True).text
    assert "manage.py account" in page
    call_command("account", "link", cast.mia.email)
    entry = Entry.objects.get(event="account.done")
    assert (entry.actor, entry.target_id) == (None, cast.mia.pk)
    assert entry.details["at_the_machine"]
    client = Client()
    assert choose(client, path_in(capsys.readouterr().out), NEW).status_code == 302
    assert client.get("/usage/")["Location"] == "/people/profile/held/"
    call_command("account", "open", cast.mia.email)
    assert client.get("/usage/").status_code == 200
    assert "Somebody at the machine where the portal runs" in client.get("/").text
    for wrong in (("open", cast.mia.email), ("link", "nobody@example.com")):
        with pytest.raises(CommandError):
            call_command("account", *wrong)
