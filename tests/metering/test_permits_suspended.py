"""While an objection waits, the permit rests: it can be ended, its page says so, and no other one takes its place."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from metering.disputes.models import Objection
from metering.permits import actions
from metering.permits.models import Permit
from metering.rights import actions as rights
from portal.accounts import actions as accounts
from portal.people.models import Person
from portal.permissions import Role
from portal.teams.models import Team
from tests.cast import Cast, as_
from tests.metering.builders import people, permit

END = "End this permit now"


@pytest.fixture(params=["mia", "support"])
def about(cast, request) -> Person | Team:
    return getattr(cast, request.param)


@pytest.fixture
def right(cast, about) -> Permit:
    return permit(cast.lea, about, by=cast.ada)


@pytest.fixture
def objection(cast, right) -> Objection:
    return rights.object_to(cast.mia, right, why="I was never asked")


def ask_again(cast: Cast, about: Person | Team, *, by: Person | None = None) -> Permit:
    ends_at = timezone.now() + timedelta(days=3)
    return actions.request(by or cast.lea, about, purpose="again", ends_at=ends_at)


def opens(cast: Cast, permit: Permit) -> bool:
    return as_(cast.lea).get(permit.get_report_url()).status_code == 200


def test_an_objection_is_to_what_is_opened_whichever_permit_opens_it(cast, right, about):
    """Two permits for the same that were live before: both rest, and both end where the person is right."""
    second = permit(cast.lea, about, by=cast.ada)
    objection = rights.object_to(cast.mia, right, why="I was never asked")
    assert not opens(cast, right)
    assert not right.is_live
    assert not second.is_live
    assert "suspended by an objection" in as_(cast.lea).get(second.get_absolute_url()).text
    rights.uphold(cast.ada, objection)
    assert set(Permit.objects.values_list("state", flat=True)) == {"revoked"}
    assert not opens(cast, second)


@pytest.mark.parametrize("name", ["lea", "ada"])
def test_who_looks_and_who_decides_may_end_it_while_it_rests(cast, right, objection, name):
    browser = as_(getattr(cast, name))
    page = browser.get(right.get_absolute_url()).text
    assert END in page
    assert "Closed while an objection is under review" in page
    assert ("You can wait or end this permit" in page) == (name == "lea")
    assert (reverse("rights:inbox") in page[page.index("<main") :]) == (name == "ada")
    browser.post(reverse("reports:revocation", args=[right.pk]))
    right.refresh_from_db()
    assert right.state == "revoked"
    page = browser.get(right.get_absolute_url()).text
    assert END not in page
    assert "under review" not in page


def test_who_is_looked_at_reads_it_and_ends_nothing(cast, right, objection):
    page = as_(cast.mia).get(right.get_absolute_url()).text
    assert "Closed while an objection is under review" in page
    assert END not in page


def test_a_permit_past_its_end_is_not_offered_to_be_ended(cast, right):
    Permit.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert END not in as_(cast.lea).get(right.get_absolute_url()).text


@pytest.mark.parametrize("ended", [False, True])
def test_no_second_permit_takes_its_place_not_even_once_it_was_ended(cast, right, objection, about, ended):
    if ended:
        actions.revoke(cast.lea, right)
    again = ask_again(cast, about)
    with pytest.raises(ValidationError, match="must be decided first"):
        actions.grant(cast.ada, again)
    said = as_(cast.ada).post(reverse("reports:decision", args=[again.pk]), {"answer": "yes"}, follow=True)
    assert f"An objection to Lea Brandt’s permit for {about} must be decided first" in said.text
    assert not opens(cast, again)
    rights.overrule(cast.ada, objection, note="It was agreed in May")
    actions.grant(cast.ada, again)
    assert opens(cast, again)


def test_it_holds_up_nobody_else_and_nothing_else(cast, right, objection, about):
    admin = accounts.invite("test", email="x@example.com", display_name="Xi", roles=[Role.ADMIN])
    assert actions.grant(admin, ask_again(cast, about, by=cast.ada)).is_live
    (member,) = people(cast.support, 1)
    assert permit(cast.lea, member, by=cast.ada).is_live


@pytest.mark.parametrize(("answer", "state"), [("yes", "upheld"), ("no", "overruled")])
def test_an_objection_to_an_ended_permit_is_still_decided(cast, right, objection, answer, state):
    actions.revoke(cast.lea, right)
    ada = as_(cast.ada)
    assert "the permit has ended" in ada.get(reverse("rights:inbox")).text
    assert "The permit has already ended" in ada.get(objection.get_absolute_url()).text
    assert "The permit is suspended" not in as_(cast.mia).get(objection.get_absolute_url()).text
    url = reverse("rights:decide_objection", args=[objection.pk])
    said = ada.post(url, {"answer": answer, "note": "Asked and answered"}, follow=True)
    objection.refresh_from_db()
    assert objection.state == state
    assert "reinstated" not in said.text


def test_a_list_of_permits_asks_once_for_all_their_objections(cast):
    counts: dict[str, set[int]] = {"reports:teams": set(), "reports:permits": set()}
    for member in people(cast.support, 3):
        rights.object_to(member, permit(cast.lea, member, by=cast.ada), why="No")
        for person, name in ((cast.lea, "reports:teams"), (cast.ada, "reports:permits")):
            browser = as_(person)
            browser.get(reverse(name))
            with CaptureQueriesContext(connection) as captured:
                assert "suspended by an objection" in browser.get(reverse(name)).text
            counts[name].add(len(captured))
    assert [len(each) for each in counts.values()] == [1, 1]
