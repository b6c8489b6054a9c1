"""What one admin asked for and another confirmed counts while both are admins: who leaves takes no way in along."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.accounts import actions as people
from portal.admin_requests import actions
from portal.admin_requests.models import AdminRequest
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import Cast, as_
from tests.portal.test_invitations import choose, path_in

pytestmark = pytest.mark.django_db
NEW = "quite another phrase"


@pytest.fixture
def three(cast: Cast) -> Cast:
    """Finn and Lea are admins too."""
    for person in (cast.finn, cast.lea):
        people.set_roles("test", person, roles=[Role.ADMIN])
    again = {name: Person.objects.get(pk=getattr(cast, name).pk) for name in ("finn", "lea")}
    return replace(cast, **again)


# How an admin stops being one.
ENDS: dict[str, Callable[[Cast, Person], object]] = {
    "left": lambda cast, who: people.deactivate(cast.lea, who),
    "lost the role": lambda cast, who: people.set_roles(cast.lea, who, roles=[]),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("kind", ["link", "email", "admin"])
def test_nobody_confirms_what_somebody_asked_who_is_no_admin_any_more(three: Cast, end: str, kind: str):
    asked = actions.ask(three.ada, three.mia, kind=kind, value="else@example.com" if kind == "email" else "")
    assert "Ada Osei" in as_(three.finn).get("/").text
    ENDS[end](three, three.ada)
    as_(three.finn).post(reverse("people:confirmation", args=[asked.pk]))
    with pytest.raises(ValidationError, match="was already decided"):
        actions.confirm(three.finn, asked)
    three.mia.refresh_from_db()
    assert (three.mia.email, three.mia.roles) == ("mia.park@example.com", [])
    assert reverse("people:confirmation", args=[asked.pk]) not in as_(three.finn).get("/").text
    again = actions.ask(three.finn, three.mia, kind=kind, value=asked.value)
    assert AdminRequest.objects.open().get() == again, "another admin asks anew"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("who", ["ada", "finn"])
def test_a_link_opens_nothing_once_one_who_made_it_is_no_admin(three: Cast, end: str, who: str):
    as_(three.ada).post(reverse("people:links", args=[three.mia.pk]))
    asked = AdminRequest.objects.get()
    path = path_in(as_(three.finn).post(reverse("people:confirmation", args=[asked.pk])).text)
    assert Client().get(path).status_code == 200
    ENDS[end](three, getattr(three, who))
    assert Client().get(path).status_code == 410
    assert choose(Client(), path, NEW).status_code == 410
    three.mia.refresh_from_db()
    assert not three.mia.check_password(NEW)
