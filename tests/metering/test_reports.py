"""Reports: a team behind a permit, cost centres for finance, looks for the auditor. Groups only."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.reports import actions
from metering.reports.disclosure import WITHHELD
from metering.reports.models import Look, Permit
from metering.rollups.periods import months
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests.cast import as_
from tests.metering.builders import last_weeks, people, permit, used

CENTRES = reverse("reports:cost_centres")


@pytest.fixture
def right(cast) -> Permit:
    return permit(cast.lea, cast.support, by=cast.ada)


@pytest.fixture
def report(cast) -> str:
    return reverse("reports:team", args=[cast.support.pk])


def last_month():
    return months(datetime.now(UTC).date())[0]


def group(cast, number: int, day=None, **more) -> list[Person]:
    """``number`` people of Support who each used the model for 2,500 micros."""
    made = people(cast.support, number)
    for person in made:
        used(person, cast.support, on=day or last_weeks().first, **more)
    return made


def test_without_a_permit_there_is_no_report(cast, report):
    for person in cast.everyone().values():
        assert as_(person).get(report).status_code == 404
    assert as_(None).get(report).status_code == 302
    assert not Look.objects.exists()


def test_a_permit_opens_it_to_its_viewer_alone(cast, right, report):
    for name, person in cast.everyone().items():
        assert as_(person).get(report).status_code == (200 if name == "lea" else 404)
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


def test_five_people_make_a_figure(cast, right, report):
    group(cast, 5)
    page = as_(cast.lea).get(report).content.decode()
    assert "$0.01" in page  # 12,500 micros
    assert "openai:gpt-4o" in page
    assert WITHHELD not in page


@pytest.mark.parametrize("number", [0, 1, 4])
def test_fewer_do_not_and_the_reason_is_always_the_same(cast, right, report, number):
    group(cast, number)
    used(cast.lea, cast.support, on=last_weeks().first)  # the viewer does not count
    page = as_(cast.lea).get(report).content.decode()
    assert WITHHELD in page
    assert "$" not in page


def test_it_shows_nothing_of_a_person(cast, right, report):
    names = [str(person) for person in group(cast, 6, input_tokens=123_456)]
    page = as_(cast.lea).get(report).content.decode()
    assert not [name for name in names if name in page]
    assert "tokens" not in page.lower()
    assert "123,456" not in page


def test_weeks_that_have_not_ended_are_not_shown(cast, right, report):
    group(cast, 6, day=last_weeks().last + timedelta(days=1))
    for query in ({}, {"from": f"{last_weeks().last + timedelta(days=1)}"}, {"from": "nonsense"}):
        assert WITHHELD in as_(cast.lea).get(report, query).content.decode()


def test_opening_it_is_recorded_and_told(cast, right, report):
    members = group(cast, 5)
    as_(cast.lea).get(report)
    look = Look.objects.get()
    assert (look.viewer_name, look.team_name, look.purpose, look.shown) == (
        "Lea Brandt",
        "Support",
        "budget request 88",
        True,
    )
    assert set(look.people.all()) == set(members)
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


def test_cost_centres_are_for_finance(cast):
    for url in (CENTRES, reverse("reports:cost_centres_export")):
        for name, person in cast.everyone().items():
            assert as_(person).get(url).status_code == (200 if name == "finn" else 403)


def test_cost_centres_by_month_and_model_without_people(cast, django_assert_max_num_queries):
    group(cast, 5, day=last_month().first)
    used(cast.mia, cast.support, on=last_month().first, model="anthropic:claude-haiku-4-5")
    used(cast.olga, cast.sales, on=last_month().first)
    client = as_(cast.finn)
    client.get(CENTRES)
    with django_assert_max_num_queries(20):
        page = client.get(CENTRES).content.decode()
    assert "4100" in page
    assert "4200" in page
    assert "not shown" in page
    assert "Person 1" not in page
    assert "claude" not in page  # one person's model is not told apart


def test_the_export_says_what_the_page_says(cast):
    group(cast, 5, day=last_month().first)
    used(cast.olga, cast.sales, on=last_month().first)
    response = as_(cast.finn).get(reverse("reports:cost_centres_export"))
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert [(row["cost_centre"], row["model"], row["cost_usd"], row["state"]) for row in rows] == [
        ("4100", "openai:gpt-4o", "0.012500", "shown"),
        ("4200", "", "", "withheld"),
    ]


def test_a_month_is_shown_when_it_has_ended(cast):
    group(cast, 6, day=datetime.now(UTC).date())
    page = as_(cast.finn).get(CENTRES, {"month": f"{timezone.now():%Y-%m}"}).content.decode()
    assert "Nothing was used in this month" in page
    assert as_(cast.finn).get(CENTRES, {"month": "2001-01", "page": "x"}).status_code == 200


def test_a_stricter_setting_counts_and_a_looser_one_does_not(cast, right, report, settings):
    group(cast, 5)
    settings.GROUP_MINIMUM = 6
    assert WITHHELD in as_(cast.lea).get(report).content.decode()
    settings.GROUP_MINIMUM = 1
    assert WITHHELD not in as_(cast.lea).get(report).content.decode()
