"""The sample company's service: three releases behind it, a broken one, and the whole story with rules alone."""

from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.connectors.base import ConnectionContext
from agents.connectors.deploy import sample
from agents.connectors.deploy.releases import git
from agents.connectors.deploy.releases.backend import Releases
from agents.connectors.deploy.tests.repositories import Shop, needs_git
from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.queue.wakes import Wake
from agents.runtime import loop
from agents.watching import looks
from tests import builders
from tests.cast import Cast

pytestmark = needs_git


def test_three_ran_and_the_fourth_is_there(tmp_path: Path, settings: Any):
    settings.DEPLOY_ROOT, settings.DEPLOY_SOURCES, settings.DEPLOY_USER = tmp_path, (), ""
    back = Releases(ConnectionContext(1, "Shop", sample.made()))
    for environment in ("staging", "production"):
        assert [run.version.name for run in back.runs("shop", environment)] == ["v1.2", "v1.1", "v1.0"]
    assert {one.name for one in back.versions("shop")} == {"v1.0", "v1.1", "v1.2", "v1.3", "main"}
    sample.made()  # once more, where somebody begins anew


def test_without_git_it_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch):
    assert sample.missing() == ""
    monkeypatch.setattr(git.shutil, "which", lambda *_, **__: None)
    assert sample.missing().startswith("Without git on this machine there are no sample deployments")


@pytest.mark.django_db
def test_the_story_by_rules_alone(cast: Cast, tmp_path: Path, settings: Any):
    """Asked, allowed by Ada, broken, proposed back, allowed, back: with no model and no other yes."""
    settings.DEPLOY_ROOT, settings.DEPLOY_SOURCES, settings.DEPLOY_USER = tmp_path, (), ""
    told = sample.made()
    place = connections.add(cast.ada, kind="deploy", name="Shop", team=cast.support, settings=told)
    agent = builders.agent(cast.mia, cast.support, name="Releases", ready_made="releases")
    for name, limits in sample.limits("", "").items():
        builders.grant(agent, place, name, by=cast.ada, terms=Terms(limits=limits))
    task = tasks.queue(cast.mia, agent, instruction=sample.AGENT.task)
    shop = Shop(tmp_path, None, dict(told))  # type: ignore[arg-type]
    bad = worked(task)
    allowed(cast, bad, "deploy.start", "v1.3")
    worked(task)
    assert shop.end("production").why.startswith("The new release does not look healthy, and it runs.")
    looked(task)
    allowed(cast, worked(task), "deploy.rollback", "v1.2")
    worked(task)
    assert shop.end("production").after is not None
    looked(task)
    task = worked(task)
    assert task.state == TaskState.SUCCEEDED, task.reason
    version = shop.back.running("shop", "production").version
    assert version is not None
    assert version.name == "v1.2"


def worked(task: Task) -> Task:
    loop.run(task.pk)
    task.refresh_from_db()
    return task


def looked(task: Task) -> None:
    Wake.objects.open().update(due_at=Now())
    looks.beat()
    task.refresh_from_db()


def allowed(cast: Cast, task: Task, capability: str, version: str) -> None:
    (ask,) = Approval.objects.open().filter(call__task=task)
    assert (ask.call.capability, ask.call.arguments["version"]) == (capability, version)
    assert ask.second_person
    approvals.answer(cast.ada, ask, yes=True)
