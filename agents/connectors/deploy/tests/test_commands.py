"""Commands of a release: pinned, within a time, with few variables; its health; cancelled in time."""

from hashlib import sha256
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.deploy import following
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.tests.repositories import Shop, needs_git, pinned, python
from agents.connectors.deployments import RunState

pytestmark = needs_git


def test_promoted_are_the_very_files(shop: Shop, settings: Any):
    build = python("import os,pathlib; pathlib.Path('built').write_text(os.urandom(8).hex())")
    pinned(shop, "v4", f"build = {build}\n", settings)
    shop.deploy("v4")
    built = shop.file("built")
    run = shop.deploy("v4", "production", capability="promote", origin="staging")
    assert (run.state, run.jobs[0].name) == ("succeeded", "copy")
    assert shop.file("built", "production") == built


def test_what_is_not_healthy_is_switched_back(shop: Shop, settings: Any):
    shop.deploy("v1")
    pinned(shop, "v4", '[holds]\n"index.html" = "Welcome"\n', settings)
    run = shop.deploy("v4")
    assert (run.state, run.after and run.after.name) == ("failed", "v1")
    assert run.why == (
        "The new release did not look healthy, so the one before runs again. “index.html” does not hold what it must."
    )
    assert shop.file("index.html") == "One"
    shop.settings["revert"] = False
    run = shop.deploy("v4")
    assert (run.state, run.after and run.after.name, shop.file("index.html")) == ("failed", "v4", "v4")
    (asked,) = following.back(run)
    assert asked.capability == "deploy.rollback"
    run = shop.deploy("v1", capability="rollback", **asked.arguments)
    assert (run.state, shop.file("index.html")) == ("succeeded", "One")


def test_a_command_runs_with_named_variables_only_and_within_its_time(
    shop: Shop, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SECRET_OF_THE_PORTAL", "x")
    shop.settings |= {"variables": "COLOUR = blue", "seconds": 1}
    seen = python(
        "import os; print(sorted(os.environ)); print(os.environ['COLOUR'], os.environ['DEPLOY_VERSION'])"
    )
    pinned(shop, "v4", f"build = {seen}\n", settings)
    shop.deploy("v4")
    log = shop.do("logs", environment="staging", run="1")["log"]
    assert "blue v4" in log
    assert "SECRET" not in log
    assert "DATABASE" not in log
    pinned(shop, "v5", f"build = {python('import time; time.sleep(60)')}\n", settings)
    run = shop.deploy("v5")
    assert run.why == "The build command took longer than it may."
    assert shop.runs() == shop.repository.commits["v4"]


def test_a_file_that_nobody_read_is_refused_and_so_are_commands_without_a_user(shop: Shop, settings: Any):
    text = "build = ['make']\n"
    shop.repository.commit("v4", {"deploy.toml": text})
    with pytest.raises(ConnectorError, match=sha256(text.encode()).hexdigest()):
        shop.start("v4")
    shop.settings["pins"] = sha256(text.encode()).hexdigest()
    with pytest.raises(ConnectorError, match="PORTAL_DEPLOY_USER names nobody"):
        shop.start("v4")


def test_cancelled_while_it_builds_and_not_afterwards(shop: Shop, settings: Any):
    shop.deploy("v1")
    pinned(shop, "v4", f"build = {python('import time; time.sleep(60)')}\n", settings)
    shop.start("v4")
    with pytest.raises(ConnectorError, match="Another run to staging is under way"):
        shop.start("v2")
    call = shop.call("cancel", environment="staging", run="2")
    Deploy().perform(shop.connection, call)
    run = shop.end()
    assert (run.state, run.after and run.after.name) == (RunState.CANCELLED, "v1")
    assert Deploy().reconcile(shop.connection, call) is not None
    with pytest.raises(ConnectorError, match="over already"):
        shop.do("cancel", environment="staging", run="2")
    with pytest.raises(ConnectorError, match="over already"):
        shop.do("cancel", environment="staging", run="1")
