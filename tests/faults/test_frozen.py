"""SIGSTOP of a worker in the middle of a decision: stops are set in two seconds, and the worker writes nothing more."""

import os
import random
import signal
import time
from collections.abc import Callable

import psutil
import pytest

from agents.lifecycle.agents import pause_agent
from agents.lifecycle.stops import lift_stop, set_stop
from agents.lifecycle.tasks import cancel_task
from agents.queue.models import Call, Task
from agents.stops.models import Stop
from tests.agents.at_once import python
from tests.cast import Cast
from tests.faults.scene import ROUNDS, drafts, made_queue, sorting, tell
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
FREEZES = """
import os, signal
from agents.gate import deciding
from agents.runtime import loop
task, calls = map(int, input().split())
looks, times = deciding._looked_at, []
def freezes(row):
    found = looks(row)
    times.append(1)
    if len(times) == calls:
        os.kill(os.getpid(), signal.SIGSTOP)
    return found
deciding._looked_at = freezes
loop.run(task)
print("ended", flush=True)
"""


def everything(cast: Cast, task: Task) -> None:
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")


def connection(cast: Cast, task: Task) -> None:
    place = task.agent.grants.get(capability="mail.draft").connection
    set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=place, why="A drill")


WAYS: list[Callable[[Cast, Task], object]] = [
    everything,
    lambda cast, task: cancel_task(cast.mia, Task.objects.get(pk=task.pk)),
    lambda cast, task: pause_agent(cast.mia, task.agent, why="A drill"),
    connection,
]


def test_a_stop_does_not_wait_for_who_stands_still(cast):
    took = []
    with made_queue():
        for number in range(max(2, ROUNDS)):
            task, stops = sorting(cast, f"frozen-{number}"), WAYS[number % len(WAYS)]
            hand = python(FREEZES)
            try:
                hand.stdin.write(f"{task.pk} {random.Random(number).randrange(2, 9)}\n")
                hand.stdin.flush()
                process = psutil.Process(hand.pid)
                wait_until(lambda process=process: process.status() == psutil.STATUS_STOPPED, 60)
                calls, began = Call.objects.filter(task=task).count(), time.monotonic()
                stops(cast, task)
                took.append(time.monotonic() - began)
                stop = Stop.objects.active().latest("pk")
                assert stop.confirmed_at is not None
                os.kill(hand.pid, signal.SIGCONT)
                if stop.scope == Stop.Scope.CONNECTION:
                    continue  # the task itself goes on
                assert hand.communicate(timeout=60)[0] == "ended\n"
            finally:
                hand.kill()
                hand.wait()
            assert Call.objects.filter(task=task).count() == calls
            assert drafts(task) == []
            if stop.scope == Stop.Scope.EVERYTHING:
                lift_stop(cast.ada, stop)
    tell("a stop, while a worker stands still in a decision", took)
    assert max(took) < 2
