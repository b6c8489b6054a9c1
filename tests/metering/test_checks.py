"""The nightly check: quiet where everyone is hidden, loud where somebody is not, however that came about."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from metering.permits.models import Permit
from metering.publications.models import DisclosureCheck, Publication
from metering.publishing import checking
from metering.publishing.checking import Figure, alone, together
from metering.workers import check_disclosure
from portal.audit.models import Entry
from tests.cast import as_
from tests.metering.builders import permit
from tests.metering.published import group, publish

NIGHTS = reverse("reports:checks")


@pytest.fixture
def company(cast):
    group(cast.support, 10)
    group(cast.sales, 12)
    publish()
    return cast


def figure(kind: str, people, ref: str = "1") -> Figure:
    return Figure(kind, ref, frozenset(people), (frozenset(people),))


def test_all_that_is_published_hides_everyone(company, capsys):
    assert Publication.objects.count() == 5
    call_command("audit_disclosure")
    assert "5 figures hide everyone" in capsys.readouterr().out
    assert DisclosureCheck.objects.get().passed
    assert Entry.objects.get(event="disclosure.checked").details["passed"] is True


def test_a_figure_that_came_in_another_way_is_found(company, caplog, capsys):
    """Whatever wrote it: a team's figure without two people of it, beside the one with them."""
    team = Publication.objects.filter(kind="team").first()
    Publication.objects.create(
        period=team.period, kind="team", ref="0", cost_micros=1, least=8, people=team.people[:-2], parts=[]
    )
    with pytest.raises(CommandError, match="fewer people than they may"):
        call_command("audit_disclosure")
    assert "2 people can be told apart" in capsys.readouterr().err
    assert "tells of fewer people" in caplog.text
    made = DisclosureCheck.objects.get()
    assert not made.passed
    assert any(finding.startswith("Any three together") for finding in made.findings)
    assert Entry.objects.get(event="disclosure.checked").details["passed"] is False
    page = as_(company.aud).get(NIGHTS).content.decode()
    assert "2 people can be told apart" in page
    assert "See the findings" in as_(company.aud).get(reverse("reports:looks")).content.decode()


def test_permits_that_came_in_another_way_are_found(company):
    crew = Publication.objects.filter(kind="team", ref=str(company.support.pk)).get().people
    right = permit(company.lea, company.mia, by=company.ada)
    permit(company.lea, company.support, by=company.ada)
    check_disclosure()
    assert DisclosureCheck.objects.first().passed
    for person in [each for each in crew if each not in (company.lea.pk, company.mia.pk)][:6]:
        Permit.objects.create(
            viewer=company.lea, person_id=person, purpose="x", ends_at=right.ends_at, state="granted",
            decided_by=company.ada,
        )  # fmt: skip
    check_disclosure()
    findings = DisclosureCheck.objects.first().findings
    assert any(finding.startswith("Lea Brandt: the usage of 4 people") for finding in findings)


@pytest.mark.parametrize(("minimum", "left"), [(7, 5), (8, 2), (9, 2), (10, 0)])
def test_what_a_stricter_setting_withholds_is_no_finding(company, settings, minimum, left):
    """Ten and twelve used something, of whom three may put together what they know."""
    settings.GROUP_MINIMUM = minimum
    check_disclosure()
    made = DisclosureCheck.objects.get()
    assert (made.findings, made.figures) == ([], left)


def test_what_is_still_shown_is_checked_against_a_stricter_setting(company, settings):
    """Nine people, in a figure that says of itself that there are twelve."""
    period = Publication.objects.first().period
    Publication.objects.create(
        period=period, kind="team", ref="0", cost_micros=1, least=12, people=[*range(-9, 0)]
    )
    check_disclosure()
    assert DisclosureCheck.objects.first().passed
    settings.GROUP_MINIMUM = 8
    check_disclosure()
    findings = DisclosureCheck.objects.first().findings
    assert findings == ["Any three together: the usage of 9 people can be told apart"]


def test_nights_are_for_the_auditor(company):
    check_disclosure()
    for name, person in company.everyone().items():
        assert as_(person).get(NIGHTS).status_code == (200 if name == "aud" else 403)
    assert ">anonymous<" in as_(company.aud).get(NIGHTS).text
    DisclosureCheck.objects.update(findings=["Any three together"])
    page = as_(company.aud).get(NIGHTS).text
    assert ">not anonymous<" in page
    assert ">anonymous<" not in page


def test_groups_are_people_in_the_same_figures():
    parts = [figure("team", range(10)), figure("organisation", range(13), "")]
    assert list(together(parts, {}, 5)) == ["the usage of 3 people can be told apart"]
    whole = [figure("team", range(10)), figure("organisation", range(18), "")]
    assert list(together(whole, {}, 5)) == []
    assert list(together(whole, {99: frozenset({1, 2, 3, 4})}, 5)) != []
    assert list(alone(whole, frozenset(range(6)), 5)) != []
    assert list(alone(whole, frozenset({1, 2}), 5)) == []


def test_an_agents_users_are_another_sum():
    mixed = [figure("team", range(10)), figure("agent", range(9), "7")]
    assert list(together(mixed, {}, 5)) == []
    assert list(together([*mixed, figure("agent", range(8), "7")], {}, 5)) == [
        "the usage of agent 7 of 1 people can be told apart"
    ]
    assert checking.Kind.AGENT == "agent"
