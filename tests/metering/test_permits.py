"""Permits: who may ask, who decides, what they open, and when they end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from metering.permits import actions
from metering.permits.models import Permit
from metering.permits.viewers import teams_in_line
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from tests.cast import as_
from tests.metering.builders import permit

NEW = reverse("reports:new_permit")


def in_days(days: int):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def asked(cast) -> Permit:
    return actions.request(cast.lea, cast.support, purpose="budget request 88", ends_at=in_days(10))


def test_a_line_is_what_one_leads_and_who_reports_directly_or_not(cast):
    assert list(teams_in_line(cast.lea)) == [cast.support]
    assert list(teams_in_line(cast.ada)) == [cast.support]  # Lea reports to her, Mia to Lea
    for person in (cast.mia, cast.finn, cast.aud, cast.olga):
        assert not teams_in_line(person).exists()


def test_a_reporting_line_in_a_circle_ends(cast):
    Person.objects.filter(pk=cast.ada.pk).update(manager=cast.mia)
    assert list(teams_in_line(cast.ada)) == [cast.support]


def test_asking_leaves_a_request_and_an_entry(cast):
    form = {"team": cast.support.pk, "purpose": "budget request 88", "until": f"{in_days(30):%Y-%m-%d}"}
    response = as_(cast.lea).post(NEW, form, follow=True)
    made = Permit.objects.get()
    assert response.redirect_chain == [(reverse("reports:permit", args=[made.pk]), 302)]
    assert (made.viewer, made.team, made.state) == (cast.lea, cast.support, "requested")
    entry = Entry.objects.about(made).get()
    assert (entry.event, entry.actor) == ("permit.requested", cast.lea)
    assert entry.details["purpose"] == "budget request 88"


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": "  "},
        {"purpose": "x" * 301},
        {"until": "2001-01-01"},
        {"until": "soon"},
        {"team": "999"},
        {"team": ""},
    ],
)
def test_wrong_values_are_said_and_nothing_is_lost(cast, wrong):
    form = {
        "team": cast.support.pk,
        "purpose": "budget request 88",
        "until": f"{in_days(30):%Y-%m-%d}",
    } | wrong
    response = as_(cast.lea).post(NEW, form)
    assert response.status_code == 422
    assert b"aria-invalid" in response.content
    assert not Permit.objects.exists()


def test_ninety_days_at_most(cast):
    until = {"purpose": "x", "team": cast.support.pk}
    assert as_(cast.lea).post(NEW, until | {"until": f"{in_days(92):%Y-%m-%d}"}).status_code == 422
    assert as_(cast.lea).post(NEW, until | {"until": f"{in_days(90):%Y-%m-%d}"}).status_code == 302


def test_nobody_asks_for_a_team_outside_their_line(cast):
    for person in (cast.mia, cast.olga, cast.finn):
        with pytest.raises(ValidationError, match="not in your reporting line"):
            actions.request(person, cast.support, purpose="x", ends_at=in_days(1))
        assert "No team reports to you" in as_(person).get(NEW).content.decode()


def test_the_same_is_asked_for_once(cast, asked):
    with pytest.raises(ValidationError, match="You have already requested this"):
        actions.request(cast.lea, cast.support, purpose="again", ends_at=in_days(10))
    actions.deny(cast.ada, asked)
    assert actions.request(cast.lea, cast.support, purpose="again", ends_at=in_days(10)).pk != asked.pk


def test_an_admin_outside_the_team_decides(cast, asked):
    page = as_(cast.ada).get(reverse("reports:permits"))
    assert b"Waiting for you" in page.content
    assert b'name="answer"' in as_(cast.ada).get(asked.get_absolute_url()).content
    as_(cast.ada).post(reverse("reports:decision", args=[asked.pk]), {"answer": "yes"})
    asked.refresh_from_db()
    assert asked.is_live
    assert asked.decided_by == cast.ada
    with pytest.raises(ValidationError, match="decided already"):
        actions.deny(cast.ada, asked)


@pytest.mark.parametrize("answer", ["no", "maybe"])
def test_no_is_no_and_anything_else_decides_nothing(cast, asked, answer):
    as_(cast.ada).post(reverse("reports:decision", args=[asked.pk]), {"answer": answer})
    asked.refresh_from_db()
    assert asked.state == ("denied" if answer == "no" else "requested")


@pytest.mark.parametrize(
    ("name", "status"), [("lea", 403), ("mia", 403), ("aud", 403), ("finn", 404), ("olga", 404)]
)
def test_nobody_else_decides(cast, asked, name, status):
    person = getattr(cast, name)
    assert (
        as_(person).post(reverse("reports:decision", args=[asked.pk]), {"answer": "yes"}).status_code
        == status
    )
    assert as_(person).get(asked.get_absolute_url()).status_code == (200 if status == 403 else 404)
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_an_admin_in_the_team_or_who_asked_does_not_decide(cast, asked):
    teams.add_member("test", cast.support, person=cast.ada)
    own = actions.request(cast.ada, cast.support, purpose="x", ends_at=in_days(1))
    for each in (asked, own):
        assert (
            as_(cast.ada).post(reverse("reports:decision", args=[each.pk]), {"answer": "yes"}).status_code
            == 403
        )
        with pytest.raises(ValidationError, match="another admin must decide"):
            actions.grant(cast.ada, each)
        assert "Another admin decides" in as_(cast.ada).get(each.get_absolute_url()).content.decode()
    assert not Permit.objects.decidable_by(cast.ada).exists()


def test_the_table_itself_refuses_a_permit_by_its_viewer(cast, asked):
    with pytest.raises(IntegrityError, match="permit_not_by_viewer"), transaction.atomic():
        Permit.objects.filter(pk=asked.pk).update(decided_by=cast.lea)


def test_a_request_past_its_end_is_not_permitted(cast, asked):
    Permit.objects.filter(pk=asked.pk).update(ends_at=in_days(-1))
    asked.refresh_from_db()
    with pytest.raises(ValidationError, match="has passed"):
        actions.grant(cast.ada, asked)


@pytest.mark.parametrize("name", ["lea", "ada"])
def test_who_looks_and_who_decides_may_end_it(cast, name):
    right = permit(cast.lea, cast.support, by=cast.ada)
    url = reverse("reports:revocation", args=[right.pk])
    assert as_(cast.mia).post(url).status_code == 403
    assert as_(cast.olga).post(url).status_code == 404
    assert as_(getattr(cast, name)).get(url).status_code == 405
    as_(getattr(cast, name)).post(url)
    right.refresh_from_db()
    assert right.state == "revoked"
    assert b"ended already" in as_(cast.ada).post(url, follow=True).content


def test_the_team_sees_its_permits_and_others_do_not(cast):
    right = permit(cast.lea, cast.support, by=cast.ada)
    for person, status in ((cast.mia, 200), (cast.aud, 200), (cast.finn, 404), (cast.olga, 404)):
        assert as_(person).get(right.get_absolute_url()).status_code == status
    assert as_(cast.mia).get(reverse("reports:permits")).status_code == 403


def test_one_s_own_permits_are_listed_by_their_state(cast, asked):
    page = as_(cast.lea).get(reverse("reports:teams")).content.decode()
    assert "No permits" in page
    assert "waiting" in page
    actions.grant(cast.ada, asked)
    assert (
        reverse("reports:team", args=[cast.support.pk])
        in as_(cast.lea).get(reverse("reports:teams")).content.decode()
    )
