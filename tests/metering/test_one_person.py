"""The weeks of one person: with a permit for that person, told at once, and never against what groups hide."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from metering.permits import actions
from metering.permits.models import Look, Permit
from metering.permits.viewers import people_in_line
from metering.privacy.disclosure import WITHHELD
from metering.reports import figures
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import as_
from tests.metering.builders import last_weeks, permit, used
from tests.metering.published import group, publish


@pytest.fixture
def page(cast) -> str:
    return reverse("reports:person", args=[cast.mia.pk])


@pytest.fixture
def right(cast) -> Permit:
    return permit(cast.lea, cast.mia, by=cast.ada, purpose="Split her budget")


def test_a_line_is_who_reports_to_one_and_who_is_in_a_team_one_leads(cast):
    assert list(people_in_line(cast.lea)) == [cast.mia]
    assert set(people_in_line(cast.ada)) == {cast.lea, cast.mia}
    member = group(cast.support, 1)[0]
    assert member in people_in_line(cast.lea)
    assert cast.lea not in people_in_line(cast.lea)
    for person in (cast.mia, cast.finn, cast.olga):
        assert not people_in_line(person).exists()


def test_without_a_permit_for_that_person_there_is_nothing(cast, page):
    permit(cast.lea, cast.support, by=cast.ada)  # one for the team opens nobody's page
    for person in cast.everyone().values():
        assert as_(person).get(page).status_code == 404
    assert not Look.objects.exists()


def test_cost_and_items_of_four_weeks_and_nothing_else(cast, right, page):
    used(cast.mia, cast.support, on=last_weeks().first, input_tokens=123_000)
    publish()
    seen = as_(cast.lea).get(page).content.decode()
    assert "$0.31" in seen  # 307,500 micros
    assert "verified work items" in seen
    main = seen[seen.index("<main") :].replace("No days, no tokens, no comparison.", "")
    for unsaid in (
        "123,000",
        "token",
        "gpt-4o",
        "Inbox triage",
        "Export",
        "signal",
        "Support",
        "average",
        "sort",
    ):
        assert unsaid not in main


def test_only_weeks_that_were_published_are_there(cast, right, page):
    used(cast.mia, cast.support, on=last_weeks().last + timedelta(days=1))
    publish()
    for query in ({}, {"from": f"{last_weeks().last + timedelta(days=1)}"}):
        assert "Nothing in these weeks" in as_(cast.lea).get(page, query).content.decode()


def test_the_person_is_told_at_once(cast, right, page):
    used(cast.mia, cast.support, on=last_weeks().first)
    publish()
    as_(cast.lea).get(page)
    look = Look.objects.get()
    assert (look.viewer, look.team_name, list(look.people.all())) == (cast.lea, "Mia Park", [cast.mia])
    mine = as_(cast.mia).get(reverse("usage:mine")).content.decode()
    assert "Split her budget" in mine
    assert f"Your cost: {last_weeks()}." in mine
    assert "Nothing was shown" not in mine
    assert "Lea Brandt" in as_(cast.mia).get(reverse("home")).content.decode()
    entry = Entry.objects.get(event="report.opened")
    assert (entry.actor, entry.target_name, entry.details["purpose"]) == (
        cast.lea,
        "Mia Park",
        "Split her budget",
    )
    assert right.get_absolute_url() in mine


def test_a_look_that_showed_nothing_says_so(cast, right, page):
    used(cast.mia, cast.support)  # of these weeks nothing is published
    assert "Nothing in these weeks" in as_(cast.lea).get(page).text
    told = as_(cast.mia).get(reverse("usage:mine")).text
    assert f"Nothing was shown, because you had no usage: {Look.objects.get().period}." in told
    assert "Your cost:" not in told
    assert "opened a report about you, but nothing was shown" in as_(cast.mia).get(reverse("home")).text


def test_neither_who_looks_nor_who_is_looked_at_decides(cast):
    people.set_roles(cast.ada, cast.mia, roles=[Role.ADMIN])
    cast.mia.refresh_from_db()
    asked = actions.request(cast.lea, cast.mia, purpose="x", ends_at=timezone.now() + timedelta(days=3))
    mia = Person.objects.get(pk=cast.mia.pk)
    assert as_(mia).post(reverse("reports:decision", args=[asked.pk]), {"answer": "yes"}).status_code == 403
    with pytest.raises(ValidationError, match="another admin must decide"):
        actions.grant(mia, asked)
    with pytest.raises(IntegrityError, match="permit_not_by_person"), transaction.atomic():
        Permit.objects.filter(pk=asked.pk).update(decided_by=mia)
    assert not Permit.objects.decidable_by(mia).exists()
    assert actions.grant(cast.ada, asked).is_live


def test_who_decided_and_who_looks_end_it_at_once(cast, right, page):
    assert as_(cast.lea).get(page).status_code == 200
    people.set_roles(cast.ada, cast.aud, roles=[])
    assert as_(cast.mia).post(reverse("reports:revocation", args=[right.pk])).status_code == 403
    as_(cast.ada).post(reverse("reports:revocation", args=[right.pk]))
    assert as_(cast.lea).get(page).status_code == 404


def test_it_ends_with_the_reporting_line(cast, right, page):
    Person.objects.filter(pk=cast.mia.pk).update(manager=None)
    assert as_(cast.lea).get(page).status_code == 200  # Lea still leads Mia's team
    cast.mia.memberships.update(ended_at=timezone.now())
    assert as_(cast.lea).get(page).status_code == 404


def test_a_form_is_about_a_team_or_a_person_never_both(cast):
    until = f"{timezone.now() + timedelta(days=9):%Y-%m-%d}"
    form = {"purpose": "Split her budget", "until": until}
    new = reverse("reports:new_permit")
    both = {"team": cast.support.pk, "person": cast.mia.pk}
    for wrong in ({}, both, {"person": cast.olga.pk}):
        assert as_(cast.lea).post(new, form | wrong).status_code == 422
    assert not Permit.objects.exists()
    assert as_(cast.lea).post(new, form | {"person": cast.mia.pk}).status_code == 302
    assert Permit.objects.get().target == cast.mia


def test_no_permit_takes_a_published_figure_apart(cast):
    """Ten are counted: Lea sees Mia, two others know their own, six are left. With one more five, then four."""
    crew = group(cast.support, 8)
    permit(cast.lea, cast.mia, by=cast.ada)
    publish()
    permit(cast.lea, crew[0], by=cast.ada)
    third = actions.request(cast.lea, crew[1], purpose="x", ends_at=timezone.now() + timedelta(days=3))
    with pytest.raises(ValidationError, match="would no longer hide everyone"):
        actions.grant(cast.ada, third)
    assert (
        b"would no longer hide everyone"
        in as_(cast.ada)
        .post(reverse("reports:decision", args=[third.pk]), {"answer": "yes"}, follow=True)
        .content
    )


def test_permits_before_it_is_published_close_the_figure(cast):
    crew = group(cast.support, 8)
    for person in (cast.mia, *crew[:2]):
        permit(cast.lea, person, by=cast.ada)
    permit(cast.lea, cast.support, by=cast.ada)
    publish()
    assert WITHHELD in as_(cast.lea).get(reverse("reports:team", args=[cast.support.pk])).content.decode()


def test_weeks_whose_days_are_not_kept_any_more_are_not_shown(cast, right, page, monkeypatch, settings):
    used(cast.mia, cast.support, on=last_weeks().first)
    publish()
    days, first = settings.RETENTION["person_days"], last_weeks().first
    monkeypatch.setattr(figures, "folds_before", lambda today, kept: {days: first}[kept])
    assert "verified work items" in as_(cast.lea).get(page).content.decode()
    monkeypatch.setattr(figures, "folds_before", lambda today, kept: {days: first + timedelta(1)}[kept])
    assert "verified work items" not in as_(cast.lea).get(page).content.decode()
