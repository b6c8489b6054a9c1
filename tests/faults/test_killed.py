"""``kill -9`` of a worker's process, or of a whole worker, in the middle of a task: another goes on in seconds."""

import random
import time
from collections.abc import Callable

import psutil
import pytest

from agents.queue.models import Task
from tests.agents.at_once import kill, worker
from tests.faults.scene import ROUNDS, beat, check_once, done, ended, made_queue, sorting, tell
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def goes_on(task: Task, kills: Callable[[], object]) -> float:
    """Seconds from the kill until another claim has made a call."""
    claim, began = Task.objects.values_list("claim", flat=True).get(pk=task.pk), time.monotonic()
    kills()
    before = done(task)
    wait_until(lambda: Task.objects.filter(pk=task.pk, claim__gt=claim).exists() and done(task) > before, 60)
    return time.monotonic() - began


def test_a_pool_process_is_killed(cast):
    took = []
    with made_queue(), worker() as process, beat():
        for number in range(ROUNDS):
            task, chance = sorting(cast, f"pool-{number}"), random.Random(number)
            moment = chance.randrange(1, 18)
            wait_until(lambda task=task, moment=moment: done(task) >= moment, 60)
            hand = psutil.Process(process.pid).children()[0]
            took.append(goes_on(task, hand.kill))
            wait_until(lambda task=task: ended(task), 60)
            check_once(task)
    tell("kill -9 of a pool process until the task goes on", took)
    assert max(took) < 20


def test_a_whole_worker_is_killed(cast):
    took = []
    with made_queue(), beat():
        for number in range(max(1, ROUNDS // 4)):
            with worker() as first:
                task = sorting(cast, f"whole-{number}")
                wait_until(lambda task=task: done(task) >= 3, 60)
                with worker():
                    took.append(goes_on(task, lambda first=first: kill(first)))
                    wait_until(lambda task=task: ended(task), 60)
            check_once(task)
    tell("kill -9 of a whole worker until the task goes on in another", took)
    assert max(took) < 30  # a worker that starts just now included
