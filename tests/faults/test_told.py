"""SIGTERM: a worker finishes its step, gives the task back and exits; the next asks the model nothing again."""

import signal
import threading
import time

import pytest

from agents.queue.models import Task
from agents.queue.states import TaskState
from tests.agents.at_once import worker
from tests.agents.queues import sent
from tests.agents.scripted import on, queued
from tests.faults.scene import check_once, done, ended, made_queue, sorting
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on"]


def told(process) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    return time.monotonic() - began


def test_a_task_is_given_back_and_goes_on_elsewhere(cast):
    with made_queue():
        task = sorting(cast, "told")
        with worker() as first:
            wait_until(lambda: done(task) >= 2, 60)
            took = told(first)
        task.refresh_from_db()
        assert (task.state, task.worker, took < 10) == (TaskState.QUEUED, "", True)
        assert ("agents.run", [task.pk]) in sent()
        with worker():
            wait_until(lambda: ended(task), 60)
    check_once(task)


def test_nobody_waits_for_a_slow_model(cast, on):
    over = threading.Event()

    def slowly(body: dict) -> str:
        over.wait(40)
        return "Too late."

    with made_queue(), on(slowly) as model:
        task = queued(cast)
        with worker() as first:
            wait_until(lambda: len(model.requests) == 1, 60)
            took = told(first)
        over.set()
    assert took < 10
    assert Task.objects.get(pk=task.pk).state == TaskState.QUEUED
