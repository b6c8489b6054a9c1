"""My usage: one's own figures, nobody else's; who looked; what may be taken along."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.urls import reverse

from metering.permits import actions
from tests.cast import as_
from tests.metering.builders import last_weeks, permit, used

MINE = reverse("usage:mine")


def text(response) -> str:
    return " ".join(response.content.decode().split())


def today():
    return datetime.now(UTC).date()


def test_nobody_signed_out_sees_it(db):
    for name in ("usage:mine", "usage:export", "usage:looks"):
        assert as_(None).get(reverse(name)).status_code == 302


def test_empty_it_says_what_will_be_here(mia):
    page = text(as_(mia).get(MINE))
    assert "No usage in the last four weeks" in page
    assert "Export" not in page


def test_cost_leads_and_tokens_are_for_their_person(cast):
    used(cast.mia, cast.support, input_tokens=400_000)
    used(cast.mia, cast.support, model="acme:unheard-of", agent_id=8, agent_name="Digest")
    page = text(as_(cast.mia).get(MINE))
    assert "$1.00" in page
    assert "1 of them without a price, not included" in page
    assert "401,000" in page
    assert "Only you see this." in page
    assert '<svg class="chart"' in page
    assert page.index("Digest") < page.index("Inbox triage")


def test_what_is_not_priced_is_never_shown_as_nothing(cast):
    used(cast.mia, cast.support, model="acme:unheard-of")
    page = text(as_(cast.mia).get(MINE))
    assert "not priced" in page
    assert "No usage with a price in these weeks" in page
    assert "$0.00" not in page
    assert '<svg class="chart"' not in page


def test_the_figures_of_others_are_not_in_it(cast):
    used(cast.lea, cast.support, input_tokens=777_777, agent_name="Leas agent")
    for person in (cast.mia, cast.ada, cast.finn, cast.aud):
        page = text(as_(person).get(MINE))
        assert "777,777" not in page
        assert "Leas agent" not in page


def test_weeks_before_and_after(cast):
    used(cast.mia, cast.support, on=today() - timedelta(days=30), agent_name="Older agent")
    assert "Older agent" not in text(as_(cast.mia).get(MINE))
    before = as_(cast.mia).get(MINE, {"ending": today() - timedelta(days=28)})
    assert "Older agent" in text(before)
    assert f"ending={today()}" in text(before)
    assert as_(cast.mia).get(MINE, {"ending": "no day"}).status_code == 200


def test_the_page_asks_the_database_no_more_for_more_usage(cast, django_assert_max_num_queries):
    client = as_(cast.mia)
    for n in range(25):
        used(cast.mia, cast.support, on=today() - timedelta(days=n), agent_id=n, agent_name=f"Agent {n}")
    client.get(MINE)
    with django_assert_max_num_queries(20):
        client.get(MINE)


def test_export_has_every_call_of_the_period_and_no_formula(cast):
    mine = used(cast.mia, cast.support, agent_name="=1+1", task="5")
    used(cast.mia, cast.support, model="acme:unheard-of")
    used(cast.lea, cast.support)
    used(cast.mia, cast.support, on=today() - timedelta(days=40))
    response = as_(cast.mia).get(reverse("usage:export"))
    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert response["Content-Type"].startswith("text/csv")
    assert [row["model"] for row in rows] == ["gpt-4o", "unheard-of"]
    assert [row["cost_micros"] for row in rows] == ["2500", ""]
    assert rows[0]["agent_name"] == "'=1+1"
    assert rows[0]["at"] == mine.at.isoformat()


@pytest.fixture
def looked(cast):
    """Mia used agents in the last weeks; Lea opened the report of the team."""
    used(cast.mia, cast.support, on=last_weeks().first)
    right = permit(cast.lea, cast.support, by=cast.ada)
    return actions.open_report(cast.lea, right, period=last_weeks(), shown=False)


def test_who_looked_is_told_to_those_in_it(cast, looked):
    page = text(as_(cast.mia).get(MINE))
    assert "<b>Lea Brandt</b> opened the report of Support" in page
    assert "“budget request 88”" in page
    assert "approved by Ada Osei" in page
    assert "Who may look" in page
    assert "Lea Brandt" in text(as_(cast.mia).get(reverse("usage:looks")))


def test_and_to_nobody_else(cast, looked):
    for person in (cast.olga, cast.lea):
        assert "opened the report of Support" not in text(as_(person).get(MINE))
        assert "Nobody has looked" in text(as_(person).get(reverse("usage:looks")))


def test_the_same_report_opened_again_that_day_is_one_line(cast, looked):
    for _ in range(3):
        actions.open_report(cast.lea, looked.permit, period=last_weeks(), shown=False)
    for name in ("usage:mine", "usage:looks"):
        page = text(as_(cast.mia).get(reverse(name)))
        assert page.count("<b>Lea Brandt</b>") == 1
        assert "4 times that day" in page
    assert "4 times that day" in text(as_(cast.mia).get(looked.permit.get_absolute_url()))
