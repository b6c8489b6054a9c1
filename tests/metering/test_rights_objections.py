"""Objections: a permit is suspended until somebody decides whom it does not concern; signals end at once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from metering.disputes.models import Objection
from metering.permissions import MeteringPermission
from metering.permits.models import Permit
from metering.rights import actions
from portal.accounts import actions as people
from portal.people.models import Person
from portal.permissions import Role
from portal.teams import actions as teams
from tests.cast import as_
from tests.metering.builders import permit


@pytest.fixture
def right(cast) -> Permit:
    return permit(cast.lea, cast.support, by=cast.ada)


def opens(cast) -> bool:
    return as_(cast.lea).get(reverse("reports:team", args=[cast.support.pk])).status_code == 200


def test_a_permit_rests_at_once_and_holds_again_when_overruled(cast, right):
    assert opens(cast)
    objection = actions.object_to(cast.mia, right, why="I was never asked")
    assert not opens(cast)
    assert not right.is_live
    assert "suspended by an objection" in as_(cast.lea).get(right.get_absolute_url()).text
    actions.overrule(cast.ada, objection, note="The team agreed in May")
    assert opens(cast)
    assert "suspended by an objection" not in as_(cast.lea).get(right.get_absolute_url()).text
    assert "The team agreed in May" in as_(cast.mia).get(objection.get_absolute_url()).text


def test_upheld_the_permit_is_over_for_good(cast, right):
    actions.uphold(cast.ada, actions.object_to(cast.mia, right, why="No purpose"))
    right.refresh_from_db()
    assert right.state == Permit.State.REVOKED
    assert not opens(cast)


def test_taken_back_the_permit_holds_again(cast, right):
    objection = actions.object_to(cast.mia, right, why="Hm")
    actions.withdraw_objection(cast.mia, objection)
    assert opens(cast)
    with pytest.raises(ValidationError, match="decided already"):
        actions.uphold(cast.ada, objection)


def test_who_looks_and_who_is_looked_at_do_not_decide(cast, right):
    objection = actions.object_to(cast.mia, right, why="No")
    people.set_roles(cast.ada, cast.lea, roles=[Role.ADMIN])
    lea = Person.objects.get(pk=cast.lea.pk)
    assert lea.has_perm(MeteringPermission.DECIDE_PERMITS)
    teams.add_member(cast.ada, cast.support, person=cast.ada)
    ada = Person.objects.get(pk=cast.ada.pk)
    for person in (lea, ada, cast.olga):
        assert not Objection.objects.decidable_by(person).exists()
        with pytest.raises(ValidationError, match="concerns you"):
            actions.uphold(person, objection)
        assert not opens(cast)


def test_only_who_a_permit_is_about_objects_and_once(cast, right):
    for person in (cast.olga, cast.lea):
        with pytest.raises(ValidationError, match="not about you"):
            actions.object_to(person, right, why="No")
        assert as_(person).get(reverse("rights:object", args=[right.pk])).status_code == 404
    objection = actions.object_to(cast.mia, right, why="No")
    actions.overrule(cast.ada, objection, note="Yes")
    with pytest.raises(ValidationError, match="already objected to this permit"):
        actions.object_to(cast.mia, right, why="No, again")


def test_signals_are_switched_off_at_once_and_on_again(cast):
    assert as_(cast.mia).post(reverse("rights:signals")).status_code == 302
    assert list(Objection.objects.to_signals().values_list("person", flat=True)) == [cast.mia.pk]
    with pytest.raises(ValidationError, match="already"):
        actions.signals_off(cast.mia)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(person=cast.mia, state="in force")
    off = Objection.objects.get()
    assert as_(cast.ada).post(reverse("rights:withdraw_objection", args=[off.pk])).status_code == 404
    assert as_(cast.mia).post(reverse("rights:withdraw_objection", args=[off.pk])).status_code == 302
    assert not Objection.objects.to_signals().exists()


def test_through_the_pages(cast, right):
    mia, ada = as_(cast.mia), as_(cast.ada)
    url = reverse("rights:object", args=[right.pk])
    assert mia.post(url, {"why": ""}).status_code == 422
    answer = mia.post(url, {"why": "Ask me first"})
    objection = Objection.objects.get()
    assert answer["Location"] == objection.get_absolute_url()
    assert "Ask me first" in ada.get(reverse("rights:inbox")).text
    decide = reverse("rights:decide_objection", args=[objection.pk])
    assert ada.post(decide, {"answer": "no"}).status_code == 422
    assert ada.post(decide, {"answer": "yes"}).status_code == 302
    objection.refresh_from_db()
    assert (objection.state, objection.decided_by) == ("upheld", cast.ada)
