"""SIGSTOP while holding each lock that a worker takes: another finishes its task, and who wakes writes nothing."""

import os
import random
import signal
import time

import psutil
import pytest

from agents.queue.models import Task
from tests.agents.at_once import python
from tests.faults.house import house
from tests.faults.scene import ROUNDS, SEED, check_once, done, ended, made_queue, sorting, tell
from tests.portal.machine import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(ROUNDS < 2, reason="takes minutes: FAULTS=20 runs it"),
]
PARKED = 20.0  # seconds
# What is held when the function returns, within the transaction or the session of who called it.
HELD = {
    "a claim's lock, its row not taken": "agents.queue.claims.hold",
    "a claim's lock, its row taken": "agents.lifecycle.tasks._start",
    "the step's row and the task's": "agents.runtime.storing.record",
    "the lock between a stop and a decision": "agents.gate.deciding._looked_at",
    "a call's lock, its effect done and not written down": "agents.gate.calling.perform",
    "the task's row, a call's outcome written": "agents.gate.performing.fenced",
}
FREEZES = """
import importlib, os, signal
from agents.runtime import loop
task, calls, name = input().split()
module, _, function = name.rpartition(".")
place, times = importlib.import_module(module), []
does = getattr(place, function)
def freezes(*given, **named):
    found = does(*given, **named)
    times.append(1)
    if len(times) == int(calls):
        os.kill(os.getpid(), signal.SIGSTOP)
    return found
setattr(place, function, freezes)
loop.run(int(task))
print("ended", flush=True)
"""


@pytest.mark.parametrize("lock", HELD)
def test_who_stands_still_with_a_lock_keeps_nobody(cast, tmp_path, lock):
    chance, once = random.Random(f"{SEED} {lock}"), HELD[lock].endswith(("_start", "hold"))
    with made_queue():
        task = sorting(cast, f"lock-{SEED}-{list(HELD).index(lock)}")
        hand = python(FREEZES)
        try:
            hand.stdin.write(f"{task.pk} {1 if once else chance.randrange(1, 4)} {HELD[lock]}\n")
            hand.stdin.flush()
            process = psutil.Process(hand.pid)
            wait_until(lambda: process.status() == psutil.STATUS_STOPPED, 60)
            with house(tmp_path, workers=1, clocks=1) as here:
                wait_until(lambda: here.ready, 60)
                before, began = done(task), time.monotonic()
                wait_until(lambda: done(task) > before or ended(task), 60)
                took = time.monotonic() - began
                wait_until(lambda: ended(task), 60)
                claim = Task.objects.get(pk=task.pk).claim
                os.kill(hand.pid, signal.SIGCONT)
                assert hand.communicate(timeout=60)[0] == "ended\n"
        finally:
            hand.kill()
            hand.wait()
        task.refresh_from_db()
        check_once(task)
        assert task.claim == claim
    tell(f"SIGSTOP with {lock} (seed {SEED}), until another has made a call", [took])
    assert took < PARKED
