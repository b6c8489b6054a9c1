"""Every figure × every person × every form: who gets a figure gets the same one everywhere, others nowhere."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.registry.models import Agent
from metering.permits import actions
from portal.people.models import Person
from portal.teams.models import Membership
from portal.words import money
from tests import builders
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, used
from tests.metering.published import group, publish

NAMES = ("ada", "lea", "mia", "finn", "aud", "olga", "rita")


@pytest.fixture
def company(cast: Cast) -> dict[str, Person]:
    """Lea may open Support and Mia; Rita leads Sales without a permit; Mia owns an agent. Each sum differs."""
    agent = builders.agent(cast.mia, cast.support)
    rita = Person.objects.create(email="rita@example.com", display_name="Rita Meier", password="!")
    Membership.objects.create(team=cast.sales, person=rita, role=Membership.Role.LEAD)
    for number, person in enumerate([*group(cast.support, 9), cast.mia]):
        values = {"on": last_weeks().first, "agent_id": agent.pk, "input_tokens": 100_000 + 7 * number}
        used(person, cast.support, **values)
        used(person, cast.support, on=last_weeks().first, agent_id=0, input_tokens=50_000)
    for person in group(cast.sales, 11, agent_id=0):
        used(person, cast.sales, on=last_weeks().first, agent_id=0, input_tokens=70_000)
    ends_at = timezone.now() + timedelta(days=9)
    for about in (cast.support, cast.mia):
        actions.grant(cast.ada, actions.request(cast.lea, about, purpose="x", ends_at=ends_at))
    publish()
    return cast.everyone() | {"rita": rita}


# figure: (where each form of it is, who gets it)
def forms(cast: Cast) -> dict[str, tuple[list[str], set[str]]]:
    return {
        "support": (
            [reverse(f"reports:{name}", args=[cast.support.pk]) for name in ("team", "team_export")],
            {"lea", "mia"},
        ),
        "sales": (
            [reverse(f"reports:{name}", args=[cast.sales.pk]) for name in ("team", "team_export")],
            {"olga"},
        ),
        "organisation": (
            [reverse("reports:organisation"), reverse("reports:organisation_export")],
            {"finn"},
        ),
        "centres": (
            [reverse("reports:cost_centres"), reverse("reports:cost_centres_export")],
            {"finn"},
        ),
        "mia": ([reverse("reports:person", args=[cast.mia.pk])], {"lea"}),
        "agent": ([reverse("registry:usage", args=[Agent.objects.get().pk])], {"mia"}),
    }


def amounts(response) -> set[str]:
    """The amounts of money that a page or a file says, as a page says them."""
    text = response.content.decode()
    if response["Content-Type"].startswith("text/csv"):
        return {money(round(float(each) * 1_000_000)) for each in re.findall(r"(?<![\d-])\d+\.\d{6}", text)}
    if response["Content-Type"] == "application/json":
        return {money(round(float(each) * 1_000_000)) for each in re.findall(r'"(\d+\.\d{6})"', text)}
    main = text[text.index("<main") : text.index("</main>")]
    main = re.sub(r"<svg.*?</svg>", "", main, flags=re.S)  # a chart's axis has round amounts of its own
    return set(re.findall(r"\$[\d,.]*\d", main))


def test_whoever_gets_a_figure_gets_the_same_from_every_form(cast, company):
    wrong, seen = [], {}
    for figure, (urls, allowed) in forms(cast).items():
        for name, person in company.items():
            answers = [as_(person).get(url) for url in urls]
            opened = {answer.status_code == 200 for answer in answers}
            said = [amounts(answer) for answer in answers if answer.status_code == 200]
            if opened != {name in allowed} or any(each != said[0] for each in said):
                wrong.append((figure, name, opened, said))
            seen.setdefault(figure, set()).update(*said)
    assert wrong == []
    assert set(company) == set(NAMES)
    assert all(seen[figure] for figure in forms(cast)), seen


OWN = ("usage:mine", "usage:mine_csv", "usage:mine_json", "usage:export", "rights:mine", "home")


def test_one_s_own_figures_are_the_same_in_every_form_and_nobody_else_s(cast, company):
    """Each of them used another amount: page, CSV and JSON say one's own, and no form says anybody else's."""
    day, wrong = last_weeks().last, []
    for number, person in enumerate(company.values()):
        used(person, cast.support, on=day, agent_id=0, input_tokens=1_000_000 + 40_000 * number)
    theirs = {
        name: amounts(as_(person).get(reverse("usage:mine"), {"ending": day}))
        for name, person in company.items()
    }
    for name, person in company.items():
        others = set().union(*(said for other, said in theirs.items() if other != name)) - theirs[name]
        assert len(theirs[name]) >= 1
        assert len(others) >= len(company) - 1
        for url in OWN:
            answer = as_(person).get(reverse(url), {"ending": day})
            said = amounts(answer)
            if (
                answer.status_code != 200
                or said & others
                or (url.startswith("usage:mine") and said != theirs[name])
            ):
                wrong.append((name, url, said))
    assert wrong == []


def test_no_other_page_says_any_of_these_amounts(cast, company):
    figures = {}
    for figure, (urls, allowed) in forms(cast).items():
        figures[figure] = amounts(as_(company[sorted(allowed)[0]]).get(urls[0]))
    agent = builders.agent(cast.mia, cast.support, name="Another")
    elsewhere = [
        "/",
        *(reverse(f"usage:{name}") for name in ("mine", "mine_csv", "mine_json", "export")),
        reverse("reports:teams"),
        agent.get_absolute_url(),
    ]
    own = amounts(as_(company["mia"]).get(reverse("usage:mine")))
    for name, person in company.items():
        for url in elsewhere:
            said = amounts(as_(person).get(url)) if as_(person).get(url).status_code == 200 else set()
            mine = own if name == "mia" else set()
            assert not (said - mine) & (set().union(*figures.values()) - {"$0.00"}), (name, url)
