"""What metering brings to the rail and to the start page, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from metering import home, links
from metering.permits import actions
from metering.rights import actions as rights
from portal.parts import Link
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, permit, used

RAIL = {
    "ada": [
        "My usage",
        "Work items",
        "My data",
        "Corrections to decide",
        "Budgets",
        "Team usage",
        "Permits",
        "Rejected usage records",
    ],
    "lea": ["My usage", "Work items", "My data", "Budgets", "Team usage"],
    "mia": ["My usage", "Work items", "My data", "Budgets", "Team usage"],
    "finn": [
        "My usage",
        "Work items",
        "My data",
        "Budgets",
        "Team usage",
        "Cost centres",
        "Prices",
        "Rejected usage records",
    ],
    "aud": ["My usage", "Work items", "My data", "Budgets", "Team usage", "Who looked"],
    "olga": ["My usage", "Work items", "My data", "Budgets", "Team usage"],
}


def request(person):
    made = RequestFactory().get("/")
    made.user = type(person).objects.get(pk=person.pk)  # permissions are remembered on the object
    return made


def templates(person) -> list[str]:
    return [part.template.rpartition("/")[2] for part in home.parts(request(person))]


@pytest.mark.parametrize("name", RAIL)
def test_the_rail_has_what_a_person_can_open(cast: Cast, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert [
            link.title for link in links.links(request(getattr(cast, name))) if isinstance(link, Link)
        ] == RAIL[name]


def test_permits_that_wait_are_counted_for_who_decides(cast):
    ends_at = timezone.now() + timedelta(days=3)
    actions.request(cast.lea, cast.support, purpose="x", ends_at=ends_at)
    actions.request(cast.ada, cast.support, purpose="my own does not wait for me", ends_at=ends_at)
    assert [
        link.count for link in links.links(request(cast.ada)) if getattr(link, "title", "") == "Permits"
    ] == [1]
    (part,) = home.parts(request(cast.ada))
    assert (part.count, [each.viewer for each in part.context["permits"]]) == (1, [cast.lea])


def test_the_start_page_of_each(cast):
    assert [templates(person) for person in (cast.ada, cast.mia, cast.olga)] == [[], [], []]
    assert templates(cast.finn) == templates(cast.aud) == ["_open.html"]
    used(cast.mia, cast.support, on=last_weeks().first)
    right = permit(cast.lea, cast.support, by=cast.ada)
    assert templates(cast.lea) == ["_open.html"]
    actions.open_report(cast.lea, right, period=last_weeks(), shown=False)
    assert templates(cast.mia) == ["_cost.html"]
    assert templates(cast.lea) == ["_open.html"]


def test_one_s_own_cost_and_never_tokens(cast):
    used(cast.mia, cast.support, model="acme:unheard-of")
    (part,) = home.parts(request(cast.mia))
    assert part.context["cost"] is None
    used(cast.mia, cast.support)
    (part,) = home.parts(request(cast.mia))
    assert (part.context["cost"], part.context["unpriced"]) == (2500, 1)
    assert not [key for key in part.context if "token" in key]


def test_corrections_wait_on_the_start_page_of_who_decides(cast):
    used(cast.mia, cast.support)
    today = datetime.now(UTC).date()
    rights.request_correction(cast.mia, first_day=today, last_day=today, why="Not me")
    (part,) = home.parts(request(cast.ada))
    assert (part.template, part.count) == ("metering/rights/_waiting.html", 1)
    assert templates(cast.mia) == ["_cost.html"]
    assert "Mia Park: “Not mine”" in as_(cast.ada).get("/").text
