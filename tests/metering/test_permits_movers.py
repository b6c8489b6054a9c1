"""Who moved and is still counted in the old team's figures is looked at: they read, may object, and do not decide."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from metering.disputes.models import Objection
from metering.permits import actions
from metering.permits.models import Look, Permit
from metering.publications.models import Publication
from metering.rights import actions as rights
from portal.accounts import actions as people
from portal.people.models import Person
from portal.permissions import Role
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests.cast import Cast, as_
from tests.metering.builders import permit
from tests.metering.published import group, publish


def leave(cast: Cast, person: Person) -> None:
    teams.end_membership("test", Membership.objects.current().get(person=person, team=cast.support))


@pytest.fixture
def mover(cast) -> Person:
    one = group(cast.support, 9)[3]
    publish()
    leave(cast, one)
    teams.add_member("test", cast.sales, person=one)
    return one


@pytest.fixture
def right(cast, mover) -> Permit:
    return permit(cast.lea, cast.support, by=cast.ada)


def admin(cast: Cast, person: Person) -> Person:
    people.set_roles("test", person, roles=[Role.ADMIN])
    return Person.objects.get(pk=person.pk)


def ask(cast: Cast) -> Permit:
    return actions.request(cast.lea, cast.support, purpose="x", ends_at=timezone.now() + timedelta(days=3))


def test_they_read_the_permit_wherever_it_is_said(cast, mover, right):
    browser = as_(mover)
    for page in (right.get_absolute_url(), reverse("rights:mine"), reverse("usage:mine")):
        assert "budget request 88" in browser.get(page).text
    assert right in Permit.objects.visible_to(mover)


def test_they_object_and_the_report_closes(cast, mover, right):
    report = reverse("reports:team", args=[cast.support.pk])
    assert as_(cast.lea).get(report).status_code == 200
    assert mover in Look.objects.get().people.all()
    url = reverse("rights:object", args=[right.pk])
    assert as_(mover).post(url, {"why": "I work in Sales now"}).status_code == 302
    assert Objection.objects.get().person == mover
    assert as_(cast.lea).get(report).status_code == 404


def test_who_is_in_no_figure_of_the_team_is_not_looked_at(cast, mover, right):
    leave(cast, cast.mia)  # counted, though she used nothing
    assert right in Permit.objects.about(cast.mia)
    Publication.objects.update(people=[mover.pk])
    assert not Permit.objects.about(cast.mia).exists()
    assert as_(cast.mia).get(right.get_absolute_url()).status_code == 404
    Publication.objects.filter(
        kind="team"
    ).delete()  # of an agent, a centre or the company: not this permit's
    assert not Permit.objects.about(mover).exists()


def test_other_teams_permits_stay_unseen(cast, mover, right):
    Publication.objects.filter(kind="team").update(ref=str(cast.sales.pk))
    assert not Permit.objects.about(mover).exists()


def test_when_the_year_has_ended_they_are_not_looked_at_any_more(cast, mover, right):
    Publication.objects.update(people=[], parts=[])  # as the next year's first publication leaves them
    assert not Permit.objects.about(mover).exists()


def test_they_decide_neither_on_a_permit_nor_on_an_objection_to_one(cast, mover):
    mover, asked = admin(cast, mover), ask(cast)
    assert not Permit.objects.decidable_by(mover).exists()
    decision = reverse("reports:decision", args=[asked.pk])
    assert as_(mover).post(decision, {"answer": "yes"}).status_code == 403
    with pytest.raises(ValidationError, match="another admin must decide"):
        actions.grant(mover, asked)
    objection = rights.object_to(cast.mia, actions.grant(cast.ada, asked), why="No")
    assert not Objection.objects.decidable_by(mover).exists()
    with pytest.raises(ValidationError, match="concerns you"):
        rights.overrule(mover, objection, note="It is fine")
    assert list(Objection.objects.decidable_by(cast.ada)) == [objection]


def test_to_leave_the_team_for_the_moment_of_a_decision_brings_nothing(cast):
    teams.add_member("test", cast.support, person=cast.ada)
    asked = ask(cast)
    leave(cast, cast.ada)
    ada = Person.objects.get(pk=cast.ada.pk)
    assert not Permit.objects.decidable_by(ada).exists()
    with pytest.raises(ValidationError, match="another admin must decide"):
        actions.grant(ada, asked)
    other = admin(cast, cast.olga)
    objection = rights.object_to(cast.mia, actions.grant(other, asked), why="No")
    with pytest.raises(ValidationError, match="concerns you"):
        rights.overrule(ada, objection, note="It is fine")


def test_who_left_before_it_was_asked_for_and_is_counted_nowhere_decides(cast):
    teams.add_member("test", cast.support, person=cast.ada)
    leave(cast, cast.ada)
    assert actions.grant(cast.ada, ask(cast)).is_live
