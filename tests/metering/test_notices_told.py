"""Who looked at my usage is told at once, with what they saw, why and a way to object."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metering.permits import actions as permits
from metering.permits.models import Permit
from metering.rights import actions as rights
from metering.rollups.periods import four_weeks
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.notices.models import Notice
from portal.permissions import Role
from tests.agents.test_notices_told import CANARY, outside, told
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def permit(cast: Cast) -> Permit:
    """Lea's for Mia, granted by another admin than Lea's own manager."""
    ends_at = timezone.now() + timedelta(days=3)
    bo = people.invite(PORTAL, email="bo@example.com", display_name="Bo Berg", roles=[Role.ADMIN])
    people.join(bo, password=PASSWORD)
    made = permits.request(cast.lea, cast.mia, purpose=CANARY, ends_at=ends_at)
    assert set(told("permit.waits")) >= {"Bo"}
    assert {"Lea", "Mia", "Finn"}.isdisjoint(told("permit.waits"))
    Permit.objects.filter(pk=made.pk).update(state=Permit.State.GRANTED)
    made.refresh_from_db()
    return made


def test_who_is_looked_at_is_told_at_once_and_may_object(cast: Cast, permit: Permit):
    period = four_weeks(timezone.now().date() - timedelta(days=40))
    for _ in range(2):
        permits.open_report(cast.lea, permit, period=period, shown=True)
    assert told("usage.seen") == ["Mia"], "once a day for the same figures"
    row = Notice.objects.get(kind="usage.seen")
    assert "Lea Brandt saw what your agents cost" in row.text
    assert CANARY in row.text
    page = as_(cast.mia).get(row.link)
    assert (page.status_code, "Object" in page.text) == (200, True)
    assert CANARY not in outside()


def test_an_objection_reaches_who_decides_and_its_person_hears_of_it(cast: Cast, permit: Permit):
    objection = rights.object_to(cast.mia, permit, why=CANARY)
    deciders = told("dispute.waits")
    assert "Bo" in deciders
    assert {"Mia", "Lea"}.isdisjoint(deciders)
    bo = people.Person.objects.get(display_name="Bo Berg")
    rights.overrule(bo, objection, note=CANARY)
    assert told("dispute.waits", open_only=True) == []
    assert told("dispute.decided") == ["Mia"]
    assert CANARY not in outside()
