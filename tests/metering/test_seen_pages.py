"""Whose page somebody has opened counts against what groups hide all year, however soon the looks are deleted."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from metering.permits import actions, exposure
from metering.permits.models import Look
from metering.publications import running
from metering.publications.models import SeenPage
from metering.publications.years import begin, year_of
from metering.publishing import checking, gathering
from metering.rights import actions as rights
from metering.rights import retention
from metering.rights.export import chunks
from metering.rollups.periods import FOUR_WEEKS, four_weeks
from portal.accounts import actions as people
from portal.people.models import Person
from tests.cast import as_
from tests.metering.builders import last_weeks, permit
from tests.metering.published import group, publish
from tests.metering.test_publications import PERIODS, settled
from tests.metering.test_rights_export import rows

__all__ = ["settled"]


def this_year() -> int:
    return year_of(last_weeks().first)


def opened(viewer: Person, person: Person, by: Person) -> None:
    """Permitted, opened, and ended at once."""
    right = permit(viewer, person, by=by)
    assert as_(viewer).get(reverse("reports:person", args=[person.pk])).status_code == 200
    actions.revoke(by, right)


def forget_looks() -> None:
    Look.objects.update(at=timezone.now() - timedelta(days=32))
    retention.apply()
    assert not Look.objects.exists()


def seen() -> dict[int, frozenset[int]]:
    found = exposure.seen(this_year())
    assert {viewer: exposure.seen_by(viewer, this_year()) for viewer in found} == found
    return found


def test_page_after_page_takes_no_figure_apart_when_looks_are_kept_for_a_month(cast, settings):
    settings.RETENTION = settings.RETENTION | {"looks": 31}
    crew = group(cast.support, 9)
    publish()
    for person in crew[:2]:
        opened(cast.lea, person, cast.ada)
        forget_looks()
    with pytest.raises(ValidationError, match="would no longer hide everyone"):
        opened(cast.lea, crew[2], cast.ada)
    assert checking.check().passed


def test_what_was_seen_closes_what_is_published_after(cast, settings):
    settings.RETENTION = settings.RETENTION | {"looks": 31}
    crew = group(cast.support, 9)
    for person in crew[:3]:
        opened(cast.lea, person, cast.ada)
    forget_looks()
    assert seen() == {cast.lea.pk: {person.pk for person in crew[:3]}}
    publish()
    assert running.running_year() == this_year()
    assert checking.check().figures == 0


def test_a_page_is_remembered_once_and_a_team_is_no_page(cast):
    permit(cast.lea, cast.support, by=cast.ada)
    as_(cast.lea).get(reverse("reports:team", args=[cast.support.pk]))
    assert not SeenPage.objects.exists()
    assert seen() == {}
    for _ in range(2):
        opened(cast.lea, cast.mia, cast.ada)
    assert SeenPage.objects.values_list("viewer", "person", "year").get() == (
        cast.lea.pk,
        cast.mia.pk,
        this_year(),
    )
    assert str(SeenPage.objects.get()) == "Lea Brandt has seen the page of Mia Park"


def test_a_permit_counts_before_it_is_used_and_not_after_it_ended_unused(cast):
    right = permit(cast.lea, cast.mia, by=cast.ada)
    assert seen() == {cast.lea.pk: {cast.mia.pk}}
    actions.revoke(cast.ada, right)
    assert seen() == {}


def test_pages_count_in_the_year_of_their_weeks_and_go_with_its_cohorts(cast, settled, monkeypatch):
    settled(1)
    group(cast.support, 9, day=PERIODS[0].first)
    SeenPage.objects.note(cast.lea.pk, cast.mia.pk, PERIODS[0])
    later = four_weeks(begin(2) + timedelta(days=27))
    SeenPage.objects.note(cast.lea.pk, cast.olga.pk, later)
    publish()
    assert exposure.seen(1) == {cast.lea.pk: {cast.mia.pk}}
    assert exposure.seen(2) == {cast.lea.pk: {cast.olga.pk}}
    monkeypatch.setattr(gathering, "ended", lambda today: [later])
    publish()
    assert SeenPage.objects.values_list("year", "person").get() == (2, cast.olga.pk)


def test_both_find_it_in_their_data_and_an_erasure_leaves_it_nameless(cast):
    opened(cast.lea, cast.mia, cast.ada)
    for person in (cast.lea, cast.mia):
        (row,) = rows(person, "pages-seen")
        assert (row["viewer"], row["person"], row["year"]) == ("Lea Brandt", "Mia Park", this_year())
    assert rows(cast.ada, "pages-seen") == []
    people.deactivate(cast.ada, cast.mia)
    rights.erase(cast.ada, Person.objects.get(pk=cast.mia.pk), typed=cast.mia.email)
    assert SeenPage.objects.get().person_id == cast.mia.pk, "the figures of this year still hide the others"
    assert b"Mia Park" not in b"".join(chunks(cast.lea))
    assert "Mia" not in str(rows(cast.lea, "pages-seen"))


def test_pages_are_taken_over_from_looks(cast):
    """What the migration does to looks of before."""
    page, team = (permit(cast.lea, about, by=cast.ada) for about in (cast.mia, cast.support))
    permit(cast.lea, group(cast.support, 1)[0], by=cast.ada)  # and never opened
    for right, first in ((page, begin(2)), (page, begin(3) - FOUR_WEEKS), (page, begin(3)), (team, begin(2))):
        actions.open_report(cast.lea, right, period=four_weeks(first + timedelta(days=27)), shown=True)
    noted = sorted(SeenPage.objects.values_list("year", "viewer", "person"))
    SeenPage.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("metering.migrations.0011_seen_pages").FROM_LOOKS)
    assert sorted(SeenPage.objects.values_list("year", "viewer", "person")) == noted
    assert noted == [(2, cast.lea.pk, cast.mia.pk), (3, cast.lea.pk, cast.mia.pk)]
