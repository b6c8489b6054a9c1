"""Pages of deployments: who sees them, what they show, and the way back by one click."""

import pytest
from django.urls import reverse

from agents.connections import actions as connections
from agents.connectors.deploy.tests.repositories import Shop, needs_git
from agents.queue.models import Task
from tests import builders
from tests.cast import Cast, as_

pytestmark = [needs_git, pytest.mark.django_db]


def connected(cast: Cast, shop: Shop) -> tuple[str, int]:
    made = connections.add(cast.ada, kind="deploy", name="Shop", team=cast.support, settings=shop.settings)
    agent = builders.agent(cast.mia, cast.support, name="Releases")
    builders.grant(agent, made, "deploy.rollback", by=cast.ada)
    return reverse("deploy:environment", args=[made.pk, "shop", "staging"]), agent.pk


def test_the_list_says_what_runs_where_to_who_sees_the_connection(cast: Cast, shop: Shop):
    shop.deploy("v1")
    connected(cast, shop)
    shown = as_(cast.mia).get(reverse("deploy:list")).text
    assert "shop in staging" in shown
    assert "Runs <b>v1</b>" in shown
    assert "Runs nothing yet" in shown
    assert "shop in staging" not in as_(cast.olga).get(reverse("deploy:list")).text


def test_an_environment_lists_its_runs_and_how_it_did_and_a_run_shows_its_jobs(cast: Cast, shop: Shop):
    shop.deploy("v1")
    shop.deploy("v2")
    page, _ = connected(cast, shop)
    shown = as_(cast.mia).get(page).text
    assert shown.index("v2</a>") < shown.index("v1</a>")
    assert "2 deployments, 0 % of them failed or were rolled" in " ".join(shown.split())
    one = as_(cast.mia).get(f"{page}2/").text
    for words in ("Progress", "lay out", "What it changed", "Show two", "settings.toml", "Roll back to v1"):
        assert words in one, words
    assert as_(cast.mia).get(f"{page}9/").status_code == 404
    assert as_(cast.mia).get(page.replace("staging", "moon")).status_code == 404


def test_one_click_queues_the_roll_back_for_an_agent_that_may(cast: Cast, shop: Shop):
    shop.deploy("v1")
    shop.deploy("v2")
    page, agent = connected(cast, shop)
    assert "with Releases" in as_(cast.mia).get(page).text
    assert "No agent of yours may roll back here" in as_(cast.ada).get(page).text
    assert as_(cast.ada).post(f"{page}rollback/", {"agent": agent}).status_code == 302
    assert not Task.objects.exists()
    as_(cast.mia).post(f"{page}rollback/", {"agent": agent})
    assert Task.objects.get().instruction == "Roll back shop in staging to v1."
    assert shop.file("index.html") == "Two"


def test_a_folder_that_is_gone_is_said_and_breaks_nothing(cast: Cast, shop: Shop):
    page, _ = connected(cast, shop)
    (shop.root / "releases").rename(shop.root / "away")
    assert (
        "No folder “releases” is in the portal&#x27;s deploy folder"
        in as_(cast.mia).get(reverse("deploy:list")).text
    )
    assert as_(cast.mia).get(page).status_code == 404
