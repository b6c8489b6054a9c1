"""SIGSTOP of a worker while it waits for a model: another takes over; what the first writes later is refused."""

import os
import signal
import threading
import time

import psutil
import pytest

from agents.queue.models import Step, Task
from agents.queue.states import TaskState
from tests.agents.at_once import worker
from tests.agents.scripted import on, queued
from tests.faults.scene import ROUNDS, beat, ended, made_queue, tell
from tests.portal.machine import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(ROUNDS < 2, reason="takes half a minute: FAULTS=20 runs it"),
]
__all__ = ["on"]


def test_who_stands_still_is_replaced_and_writes_nothing_when_it_wakes(cast, on):
    over = threading.Event()

    def first_slowly(body: dict) -> str:
        over.wait(90)
        return "Too late."

    with made_queue(), on(first_slowly, "Done by the second.") as model, beat(), worker() as first:
        task = queued(cast)
        wait_until(lambda: len(model.requests) == 1, 60)
        hand = psutil.Process(first.pid).children()[0]
        os.kill(first.pid, signal.SIGSTOP)
        hand.suspend()
        began = time.monotonic()
        with worker():
            wait_until(lambda: ended(task), 60)
            took = time.monotonic() - began
            over.set()
            hand.resume()
            os.kill(first.pid, signal.SIGCONT)
            claim = Task.objects.get(pk=task.pk).claim
            time.sleep(3)
    task.refresh_from_db()
    tell("a worker stands still while it waits for a model, until another has done the task", [took])
    assert (task.state, task.result, task.claim) == (TaskState.SUCCEEDED, "Done by the second.", claim)
    assert Step.objects.filter(task=task).count() == 1
