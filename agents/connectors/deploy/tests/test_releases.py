"""Releases on disk: started, promoted, rolled back; kept and removed."""

import json
import os

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.tests.repositories import Shop, needs_git
from agents.connectors.results import Awaited, Ended

pytestmark = needs_git


def test_a_version_is_laid_out_and_becomes_current(shop: Shop):
    shop.start("v1")
    run = shop.end()
    assert (run.state, run.id, run.after and run.after.name) == ("succeeded", "1", "v1")
    assert shop.file("index.html") == "One"
    assert [job.name for job in run.jobs] == ["lay out", "switch", "health"]
    current = shop.root / "releases" / "shop" / "staging" / "current"
    assert os.readlink(current) == f"releases/v1-{shop.repository.commits['v1'][:12]}"
    status = shop.do("status", environment="staging")
    assert (status["runs"]["version"], status["latest_run"]["state"]) == ("v1", "succeeded")


def test_one_call_is_one_run(shop: Shop):
    told = {"version": "v1", "commit": shop.repository.commits["v1"], "replaces": "nothing"}
    call = shop.call("start", environment="staging", **told)
    first = Deploy().perform(shop.connection, call)
    assert isinstance(first, Awaited)
    assert Deploy().perform(shop.connection, call) == first
    shop.end()
    assert Deploy().perform(shop.connection, call) == first
    assert Deploy().reconcile(shop.connection, call) == first
    ended = Deploy().look(shop.connection, call, None)
    assert isinstance(ended, Ended)
    assert (ended.words, ended.proposes) == ("v1 of shop runs in staging (run 1).", ())
    assert ended.result.data["runs_now"] == "v1"
    assert len(shop.back.runs("shop", "staging")) == 1


def test_a_tag_that_moved_after_the_yes_is_refused(shop: Shop):
    approved = shop.repository.commits["v2"]
    shop.repository.git("tag", "--force", "v2", "v3")
    with pytest.raises(ConnectorError, match=f"“v2” names {shop.repository.commits['v3'][:12]} by now"):
        shop.start("v2", commit=approved)
    assert shop.runs() == ""


def test_what_runs_otherwise_by_now_is_refused(shop: Shop):
    shop.deploy("v1")
    with pytest.raises(ConnectorError, match=r"staging runs \w+ by now, not nothing"):
        shop.start("v2", replaces="nothing")
    with pytest.raises(ConnectorError, match="runs that commit already"):
        shop.start("v1")


def test_red_checks_freezes_days_and_hours_are_refused_when_it_begins(shop: Shop):
    shop.repository.check("v1", "tests: green\nscan: pending")
    with pytest.raises(ConnectorError, match="Its checks are not green: scan"):
        shop.start("v1")
    shop.repository.commit("v4", checks="")
    with pytest.raises(ConnectorError, match="No check has said anything"):
        shop.start("v4")
    never = {"freezes": "2000-01-01 to 2999-01-01: Audit"}
    shop.settings |= never
    with pytest.raises(ConnectorError, match=r"frozen until the end of 2999-01-01 \(Audit\)"):
        shop.start("v2")


def test_what_the_grant_sets_is_held(shop: Shop):
    told = {"version": "v1", "commit": shop.repository.commits["v1"], "replaces": "nothing"}
    for bounds, words in (
        ({"weekdays": ["Nevday"]}, "The grant allows no"),
        ({"checks": ["scan"]}, "not green: scan"),
    ):
        with pytest.raises(ConnectorError, match=words):
            Deploy().perform(
                shop.connection, shop.call("start", bounds=bounds, environment="staging", **told)
            )


def test_only_what_runs_well_there_is_promoted(shop: Shop):
    shop.deploy("v1")
    with pytest.raises(ConnectorError, match="staging does not run that commit"):
        shop.start("v2", "production", capability="promote", origin="staging")
    with pytest.raises(ConnectorError, match="production does not come before staging"):
        shop.start("v2", "staging", capability="promote", origin="production")


def test_rolled_back_by_switching(shop: Shop):
    shop.deploy("v1")
    shop.deploy("v2")
    run = shop.deploy("v1", capability="rollback")
    assert (run.state, [job.name for job in run.jobs]) == ("succeeded", ["switch", "health"])
    assert shop.file("index.html") == "One"
    with pytest.raises(ConnectorError, match="never ran well in staging"):
        shop.start("v3", capability="rollback")


def test_the_newest_are_kept(shop: Shop):
    shop.settings["keep"] = 2
    for tag in ("v1", "v2", "v3"):
        shop.deploy(tag)
    kept = {path.name[:2] for path in (shop.root / "releases/shop/staging/releases").iterdir()}
    assert kept == {"v2", "v3"}
    with pytest.raises(ConnectorError, match="not kept any more"):
        shop.start("v1", capability="rollback")


def test_a_deployment_that_stayed_up_counts_and_a_roll_back_takes_it_back(shop: Shop):
    call = shop.call("start", environment="staging", **_of(shop, "v1", "nothing"))
    Deploy().perform(shop.connection, call)
    shop.end()
    ended = Deploy().look(shop.connection, call, None)
    assert isinstance(ended, Ended)
    (item,) = Deploy().items(call, ended.result)
    assert item.external_id == "shop/staging/1"
    assert Deploy().verified(shop.connection, item.external_id) is None
    place = shop.back.place("shop", "staging")
    record = json.loads(place.run(1, "json").read_text())
    place.run(1, "json").write_text(json.dumps(record | {"ended": "2026-11-01T12:00:00+00:00"}))
    assert Deploy().verified(shop.connection, item.external_id) is not None
    shop.deploy("v2")
    shop.deploy("v1", capability="rollback")
    found = Deploy().verified(shop.connection, "shop/staging/2")
    assert found is not None
    assert found.reversed_at


def _of(shop: Shop, tag: str, replaces: str) -> dict[str, str]:
    return {"version": tag, "commit": shop.repository.commits[tag], "replaces": replaces}
