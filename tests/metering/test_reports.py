"""Reports of teams: behind a permit or one's own, published figures of groups only."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.permits import actions
from metering.permits.models import Look, Permit
from metering.privacy.disclosure import WITHHELD
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests.cast import as_
from tests.metering.builders import last_weeks, permit, used
from tests.metering.published import ENOUGH, group, publish

CENTRES = reverse("reports:cost_centres")


@pytest.fixture
def right(cast) -> Permit:
    return permit(cast.lea, cast.support, by=cast.ada)


@pytest.fixture
def report(cast) -> str:
    return reverse("reports:team", args=[cast.support.pk])


def test_without_a_permit_there_is_no_report(cast, report):
    for name, person in cast.everyone().items():
        assert as_(person).get(report).status_code == (200 if name == "mia" else 404)  # it is Mia's own team
    assert as_(None).get(report).status_code == 302
    assert not Look.objects.exists()


def test_a_permit_opens_it_to_its_viewer_alone(cast, right, report):
    for name, person in cast.everyone().items():
        assert as_(person).get(report).status_code == (200 if name in ("lea", "mia") else 404)
    assert as_(cast.lea).get(reverse("reports:team", args=[cast.sales.pk])).status_code == 404


def test_a_superuser_is_nobody_here(cast, right, report):
    Person.objects.filter(pk=cast.olga.pk).update(is_superuser=True)
    for url in (report, CENTRES, reverse("reports:cost_centres_export"), reverse("reports:looks")):
        assert as_(cast.olga).get(url).status_code in (403, 404)


@pytest.mark.parametrize("how", ["over", "revoked", "left the line"])
def test_an_ended_permit_opens_nothing(cast, right, report, how):
    assert as_(cast.lea).get(report).status_code == 200
    if how == "over":
        Permit.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    elif how == "revoked":
        actions.revoke(cast.ada, right)
    else:
        teams.end_membership("test", Membership.objects.get(person=cast.lea, team=cast.support))
        Person.objects.update(manager=None)
    assert as_(cast.lea).get(report).status_code == 404


def test_enough_people_make_a_figure(cast, right, report):
    group(cast.support, ENOUGH)
    publish()
    page = as_(cast.lea).get(report).content.decode()
    assert "$0.02" in page  # 20,000 micros
    assert WITHHELD not in page


@pytest.mark.parametrize("number", [0, 1, 6])
def test_fewer_do_not_and_the_reason_is_always_the_same(cast, right, report, number):
    group(cast.support, number)
    used(cast.lea, cast.support, on=last_weeks().first)
    publish()
    page = as_(cast.lea).get(report).content.decode()
    assert WITHHELD in page
    assert "$" not in page


def test_it_shows_nothing_of_a_person(cast, right, report):
    names = [str(person) for person in group(cast.support, 9, input_tokens=123_456)]
    publish()
    page = as_(cast.lea).get(report).content.decode()
    assert not [name for name in names if name in page]
    assert "tokens" not in page.lower()
    assert "openai" not in page
    assert "123,456" not in page


def test_weeks_that_have_not_ended_are_not_shown(cast, right, report):
    group(cast.support, 9, day=last_weeks().last + timedelta(days=1))
    publish()
    for query in ({}, {"from": f"{last_weeks().last + timedelta(days=1)}"}, {"from": "nonsense"}):
        assert WITHHELD in as_(cast.lea).get(report, query).content.decode()


def test_opening_it_is_recorded_and_told(cast, right, report):
    members = group(cast.support, 9)
    publish()
    as_(cast.lea).get(report)
    look = Look.objects.get()
    assert (look.viewer_name, look.team_name, look.purpose, look.shown) == (
        "Lea Brandt",
        "Support",
        "budget request 88",
        True,
    )
    assert set(look.people.all()) == {*members, cast.lea, cast.mia}
    entry = Entry.objects.get(event="report.opened")
    assert (entry.actor, entry.target_name) == (cast.lea, "Support")
    assert "Lea Brandt" in as_(members[0]).get(reverse("usage:mine")).content.decode()


def test_looks_are_for_the_auditor(cast, right, report):
    as_(cast.lea).get(report)
    for name, person in cast.everyone().items():
        response = as_(person).get(reverse("reports:looks"))
        assert response.status_code == (200 if name == "aud" else 403)
    page = as_(cast.aud).get(reverse("reports:looks")).content.decode()
    assert "Lea Brandt" in page
    assert "nothing shown" in page


def test_one_s_own_team_is_seen_without_a_permit_and_without_a_look(cast, report):
    group(cast.support, 9)
    publish()
    page = as_(cast.mia).get(report).content.decode()
    assert "$0.02" in page
    assert "Your own team" in page
    assert not Look.objects.exists()
    assert report in as_(cast.mia).get(reverse("reports:teams")).content.decode()


def test_a_stricter_setting_counts_at_once_and_a_looser_one_does_not(cast, right, report, settings):
    group(cast.support, 8)
    publish()
    settings.GROUP_MINIMUM = 11  # ten are in the cohort, Lea does not count
    assert WITHHELD in as_(cast.lea).get(report).content.decode()
    settings.GROUP_MINIMUM = 1
    assert WITHHELD not in as_(cast.lea).get(report).content.decode()


def test_the_page_and_the_file_say_the_same(cast, right, report):
    group(cast.support, 9)
    publish()
    lines = (
        as_(cast.lea)
        .get(reverse("reports:team_export", args=[cast.support.pk]))
        .content.decode()
        .splitlines()
    )
    assert lines[1].split(",")[2:] == ["Support", "0.022500", "USD", "", "", "shown"]
    assert Look.objects.count() == 1
    as_(cast.lea).get(report)
    assert Look.objects.count() == 2


def test_a_page_reads_no_usage(cast, right, report, django_assert_max_num_queries):
    group(cast.support, 9)
    publish()
    client = as_(cast.lea)
    client.get(report)
    with django_assert_max_num_queries(40) as captured:
        client.get(report)
    assert not [each["sql"] for each in captured if "dayusage" in each["sql"] or "usageevent" in each["sql"]]
