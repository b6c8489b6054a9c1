"""The whole story with rules alone: a watcher waits, sees a release make it worse, tells who is on call, and asks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db.models.functions import Now

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.connectors.deploy.connector import backend
from agents.connectors.deploy.releases import starting
from agents.connectors.deploy.releases.runner import Runner
from agents.connectors.deploy.tests.repositories import Shop, needs_git
from agents.connectors.deploy.tests.test_watching import Health, health
from agents.connectors.deploy.watching import looking
from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.wakes import Wake
from agents.runtime import loop
from agents.watching import looks
from portal.notices.models import Notice
from tests import builders
from tests.cast import Cast

pytestmark = [needs_git, pytest.mark.django_db]
__all__ = ["health"]
NEEDS = ("deploy.services", "deploy.status", "deploy.watch")
PRODUCTION = {"service": {"only": ["shop"]}, "environment": {"only": ["staging"]}}


class Story:
    def __init__(self, cast: Cast, shop: Shop, url: str, **granted: Terms) -> None:
        Health.status = 200
        self.cast, self.shop = cast, shop
        shop.settings |= {"health": f"shop staging = {url}", "minutes": 5, "on_call": cast.lea.email}
        shop.deploy("v1")
        self.place = connections.add(
            cast.ada, kind="deploy", name="Shop", team=cast.support, settings=shop.settings
        )
        connections.allow_inside(cast.ada, self.place, places=["127.0.0.0/8"])
        agent = builders.agent(cast.mia, cast.support, ready_made="deployment-watcher")
        for name in NEEDS:
            builders.grant(agent, self.place, name, by=cast.ada)
        for name, terms in granted.items():
            builders.grant(agent, self.place, f"deploy.{name}", by=cast.ada, terms=terms)
        envelope = [(name, self.place.pk) for name in (*NEEDS, *(f"deploy.{name}" for name in granted))]
        self.task = tasks.queue(cast.mia, agent, instruction="Watch shop in staging.", envelope=envelope)

    def work(self) -> Task:
        loop.run(self.task.pk)
        return self.now()

    def look(self, times: int = 1) -> Task:
        for _ in range(times):
            Wake.objects.open().update(due_at=Now())
            looks.beat()
        return self.now()

    def now(self) -> Task:
        self.task.refresh_from_db()
        return self.task

    def goes_bad(self) -> None:
        """It waits for the next deployment, which comes, and breaks it."""
        self.work()
        self.shop.deploy("v2")
        Health.status = 500
        self.look(4)


@pytest.fixture(autouse=True)
def in_this_process() -> Any:
    """A run of its own process takes half a second to begin."""
    with mock.patch.object(starting, "_hand_over", lambda made, lock: Runner(made).run()):
        yield


def test_worse_is_told_at_once_and_the_way_back_is_an_ask_that_is_filled_in(
    cast: Cast, shop: Shop, health: str
):
    story = Story(cast, shop, health, rollback=Terms(second_person=True))
    story.goes_bad()
    notice = Notice.objects.get(kind="deploy.worse")
    assert notice.person == cast.lea
    assert notice.reason["params"]["figures"][0].startswith("errors")
    assert "Show two" in notice.reason["params"]["commits"]
    task = story.work()
    ask = Approval.objects.get()
    assert (task.state, ask.second_person, task.steps.count(), task.steps.last().input_tokens) == (
        "waiting", True, 2, 0,
    )  # fmt: skip
    assert ask.call.arguments["commit"] == shop.repository.commits["v1"]
    assert shop.file("index.html") == "Two", "nothing happens without a second person"
    Health.status = 200
    approvals.answer(cast.ada, ask, yes=True)
    story.work()
    assert shop.file("index.html") == "One"
    story.look()
    assert story.work().result.endswith("It is taken back.")


def test_a_grant_may_let_it_be_taken_back_at_once(cast: Cast, shop: Shop, health: str):
    terms = Terms(limits={**PRODUCTION, "minutes": {"max": 10}}, second_person=False)
    story = Story(cast, shop, health, restore=terms, rollback=Terms(second_person=True))
    story.goes_bad()
    story.work()
    restored = Call.objects.get(capability="deploy.restore")
    assert (restored.verdict, Approval.objects.count()) == ("allow", 0)
    assert shop.file("index.html") == "One"
    story.look()
    assert story.work().state == "succeeded"


def test_what_does_well_asks_no_model_again(cast: Cast, shop: Shop, health: str):
    story = Story(cast, shop, health)
    story.shop.settings["minutes"] = 1
    story.work()
    story.shop.deploy("v2")
    story.look(2)
    with mock.patch.object(story.place.connector.__class__, "look", side_effect=_later(story)):
        task = story.look()
    assert (task.state, task.steps.count(), Notice.objects.filter(kind__startswith="deploy").count()) == (
        "succeeded", 1, 0,
    )  # fmt: skip
    assert "does as well as before" in task.result


def _later(story: Story) -> Any:
    """As it is six minutes later."""

    def look(connection: Any, call: Any, cursor: Any) -> Any:
        watch = looking.watch(connection, backend(connection), call.arguments)
        return watch.look(cursor, datetime.now(UTC) + timedelta(minutes=20))

    return look
