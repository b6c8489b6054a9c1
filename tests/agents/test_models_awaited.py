"""A task whose next step is a model's answer waits in no process of a pool: it is handed over between two steps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.lifecycle.tasks import claim_task
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.runtime import loop, taking
from agents.sweep import LOST_AFTER, send
from portal.audit.models import Entry
from tests import builders
from tests.agents.scripted import on, queued
from tests.cast import as_

pytestmark = pytest.mark.django_db
__all__ = ["on"]
S = TaskState


@pytest.fixture
def messages(monkeypatch):
    sent: list[tuple] = []
    monkeypatch.setattr("portal.broker.ready", lambda: 0)
    for place in ("agents.sweep.later", "agents.queue.sending.later"):
        monkeypatch.setattr(place, lambda *given, **when: sent.append(given))
    return sent


def stale(task: Task, **fields: object) -> None:
    long_ago = timezone.now() - 2 * LOST_AFTER
    Task.objects.filter(pk=task.pk).update(sent_at=long_ago, **fields)


def events(task: Task) -> list[str]:
    return list(Entry.objects.filter(target_type="task", target_id=task.pk).values_list("event", flat=True))


def test_who_queues_tells_those_that_can_go_on(cast, messages):
    assert queued(cast).asks_model
    assert messages == []
    agent = builders.agent(cast.mia, cast.support, name="Offline")
    here = tasks.queue(cast.mia, agent, instruction="Sort the inbox.")
    assert (here.asks_model, messages) == (False, [("agents.run", here.pk)])


def test_a_pools_process_asks_no_model(cast, on, messages):
    with on([("mail_list", {})], "Done.") as model:
        task = queued(cast)
        loop.run(task.pk, hands_over=True)
        task.refresh_from_db()
        assert (task.state, task.asks_model, task.handed, task.worker) == (S.QUEUED, True, True, "")
        assert (model.requests, messages) == ([], [])
        loop.run(task.pk)
    task.refresh_from_db()
    assert (task.state, task.result, len(model.requests)) == (S.SUCCEEDED, "Done.", 2)


def test_between_two_steps_a_task_runs_for_people_and_for_the_trail(cast, on, messages):
    with on():
        task = queued(cast)
        claimed = claim_task(task.pk, "worker here:1:a", asks_model=True)
        before = events(task)
        tasks.hand_over(claimed, asks_model=False, worked=2.5)
        task.refresh_from_db()
        assert (task.state, task.tag.word, task.seconds_worked) == (S.QUEUED, "running", 2.5)
        assert messages == [("agents.run", task.pk)]
        page = as_(cast.mia).get(reverse("queue:detail", args=[task.pk])).text
        assert "It waits for a free worker" not in page
        again = claim_task(task.pk, "worker here:1:b")
        assert (again.state, again.claim, again.handed) == (S.RUNNING, 2, False)
        assert events(task) == before


def test_a_message_that_is_lost_between_two_steps_is_sent_again(cast, messages):
    task = queued(cast)
    stale(task, handed=True, asks_model=False)
    send()
    send()
    assert messages == [("agents.run", task.pk)]


@pytest.mark.parametrize("awaited", [True, False])
def test_where_nobody_awaits_models_a_pools_process_does(cast, on, messages, monkeypatch, awaited):
    monkeypatch.setattr("agents.queue.claims.models_are_awaited", lambda: awaited)
    monkeypatch.setattr("agents.runtime.beside.there", True)
    task = queued(cast)
    stale(task)
    send()
    assert messages == ([] if awaited else [("agents.run", task.pk, True)])
    with on("Done."):
        for _, *given in messages:
            taking.take(*given)
    task.refresh_from_db()
    assert task.state == (S.QUEUED if awaited else S.SUCCEEDED)


def test_what_waits_for_a_model_keeps_no_hand_from_others(cast, messages, monkeypatch):
    ran: list[int] = []
    monkeypatch.setattr(loop, "run", lambda pk, **how: not ran.append(pk))
    queued(cast)
    agent = builders.agent(cast.mia, cast.support, name="Offline")
    here = tasks.queue(cast.mia, agent, instruction="Sort the inbox.")
    taking.take(here.pk)
    assert ran == [here.pk]


def test_put_off_it_is_left_to_who_awaits_models(cast, messages):
    task = queued(cast)
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    send()
    assert messages == []
