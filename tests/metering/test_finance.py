"""What finance sees: the organisation, and cost centres by model, as pages and as files of the same figures."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse

from metering.privacy.disclosure import REST, WITHHELD
from metering.reports import focus
from portal.words import money
from tests.cast import as_
from tests.metering.builders import last_weeks, used
from tests.metering.published import group, publish

CENTRES, FILE = reverse("reports:cost_centres"), reverse("reports:cost_centres_export")
WHOLE, WHOLE_FILE = reverse("reports:organisation"), reverse("reports:organisation_export")
CLAUDE = "anthropic:claude-haiku-4-5"


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode())))


@pytest.fixture
def company(cast):
    """Nine of Support, of whom eight used a second model and one a third; Olga alone in Sales."""
    crew = group(cast.support, 9)
    for person in crew[:8]:
        used(person, cast.support, on=last_weeks().first, model=CLAUDE)
    used(crew[0], cast.support, on=last_weeks().first, model="openai:gpt-5-mini")
    used(cast.olga, cast.sales, on=last_weeks().first)
    publish()
    return cast


def test_for_finance_alone(company):
    for url in (CENTRES, FILE, WHOLE, WHOLE_FILE):
        for name, person in company.everyone().items():
            assert as_(person).get(url).status_code == (200 if name == "finn" else 403)


def test_cost_centres_by_model_without_people(company, django_assert_max_num_queries):
    client = as_(company.finn)
    client.get(CENTRES)
    with django_assert_max_num_queries(20):
        page = client.get(CENTRES).content.decode()
    for said in ("4100", "4200", "not shown", WITHHELD):
        assert said in page
    for unsaid in ("Person 1", "Olga", "gpt-5-mini", "tokens"):
        assert unsaid not in page


def test_the_file_has_the_columns_of_focus(company):
    lines = rows(as_(company.finn).get(FILE))
    assert list(lines[0]) == list(focus.HEADER)
    assert (
        len([name for name in focus.HEADER if not name.startswith(("x_", "SubAccount", "ServiceSub"))]) == 21
    )
    assert {line["SubAccountName"] for line in lines} == {"4100"}
    first = lines[0]
    assert first["BilledCost"] == first["EffectiveCost"] == first["ListCost"] == first["ContractedCost"]
    assert (first["ChargeCategory"], first["ServiceCategory"]) == ("Usage", "AI and Machine Learning")
    assert first["ChargePeriodStart"] == f"{last_weeks().first}T00:00:00Z"
    assert first["ChargePeriodEnd"] == f"{last_weeks().last + timedelta(days=1)}T00:00:00Z"
    assert not any("person" in name.lower() or "email" in name.lower() for name in focus.HEADER)


def test_the_file_says_what_the_page_says(company):
    page = as_(company.finn).get(CENTRES).content.decode()
    lines = rows(as_(company.finn).get(FILE))
    assert [line["x_Model"] for line in lines] == ["openai:gpt-4o", REST]
    for line in lines:
        assert line["x_Model"] in page
        assert money(round(float(line["BilledCost"]) * 1_000_000)) in page


def test_the_organisation_is_everybody_together(company):
    page = as_(company.finn).get(WHOLE).content.decode()
    line = rows(as_(company.finn).get(WHOLE_FILE))[0]
    whole = sum(float(each["BilledCost"]) for each in rows(as_(company.finn).get(FILE)))
    assert float(line["cost"]) == pytest.approx(whole)
    assert money(round(float(line["cost"]) * 1_000_000)) in page
    assert (line["group"], line["state"], line["verified_items"]) == ("Organisation", "shown", "")


def test_what_is_withheld_is_in_no_form(cast):
    group(cast.support, 6)
    publish()
    assert rows(as_(cast.finn).get(FILE)) == []
    assert rows(as_(cast.finn).get(WHOLE_FILE))[0]["state"] == "not shown"
    for url in (CENTRES, WHOLE):
        page = as_(cast.finn).get(url).content.decode()
        assert WITHHELD in page
        assert "$" not in page


def test_weeks_are_shown_when_they_have_ended(cast):
    group(cast.support, 9, day=last_weeks().last + timedelta(days=1))
    publish()
    client = as_(cast.finn)
    for url in (CENTRES, WHOLE):
        for query in ({}, {"period": "2001-01-01", "page": "x", "from": "never"}):
            page = client.get(url, query).content.decode()
            assert "not shown" in page.lower()
            assert "$" not in page
