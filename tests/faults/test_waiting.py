"""Tasks that wait for a slow model occupy no process of a pool; the process that awaits it may die or be cut off."""

import subprocess
import threading
import time

import psutil
import pytest

from agents.lifecycle.agents import share_agent
from agents.lifecycle.stops import set_stop
from agents.lifecycle.tasks import cancel_task
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue import claims
from agents.queue.models import Step, Task
from agents.queue.states import ENDED, TaskState
from agents.stops.models import Stop
from metering.usage.models import UsageEvent
from tests.agents.at_once import worker
from tests.agents.scripted import on, queued
from tests.faults.scene import ROUNDS, beat, made_queue, tell
from tests.faults.test_cut import cut
from tests.openai_server import Raw
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on"]
MANY, ROOM = 50, 5.0  # tasks; megabytes for each that waits


def awaits(process: "subprocess.Popen[bytes]") -> psutil.Process:
    """The process beside the pool."""
    (found,) = [one for one in psutil.Process(process.pid).children() if "agents.runtime" in one.cmdline()]
    return found


def waiting() -> int:
    return Task.objects.filter(state=TaskState.RUNNING, asks_model=True).count()


def test_fifty_wait_and_the_next_persons_task_starts_at_once(cast, on):
    """Its first step is a call of a tool, its second the end: so it goes to the pool and back."""
    over = threading.Event()

    def slowly(body: dict) -> str | list:
        if "quickly" in str(body["messages"]):
            return [("mail_list", {})] if len(body["messages"]) < 3 else "Quickly done."
        over.wait(100)
        return "Done."

    with made_queue(), on(slowly), worker(2) as process, beat():
        first = queued(cast, "Wait for it.")
        share_agent(cast.mia, first.agent, reader=cast.lea, level=Level.OPERATOR)
        wait_until(lambda: waiting() == 1, 60)
        empty = awaits(process).memory_info().rss
        many = [tasks.queue(cast.mia, first.agent, instruction="Wait for it.") for _ in range(MANY - 1)]
        wait_until(lambda: waiting() == MANY, 60)
        each = (awaits(process).memory_info().rss - empty) / (MANY - 1) / 1024**2
        began = time.monotonic()
        other = tasks.queue(cast.lea, first.agent, instruction="Do it quickly.")
        wait_until(lambda: Task.objects.get(pk=other.pk).started_at is not None, 10)
        starts = time.monotonic() - began
        wait_until(lambda: Task.objects.get(pk=other.pk).ended, 20)
        ends = time.monotonic() - began
        still = waiting()
        over.set()
        wait_until(lambda: not Task.objects.exclude(state__in=ENDED).exists(), 60)
    tell(f"another's task, while {MANY} wait, until it starts", [starts])
    tell("until it has made its call and ended", [ends])
    print(f"memory of each that waits: {each:.2f} MB")
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.SUCCEEDED}
    assert UsageEvent.objects.count() == Step.objects.count() == MANY + 2
    assert (starts <= 2.0, each <= ROOM, still == MANY, len(many)) == (True, True, True, MANY - 1)


def killed(beside: psutil.Process) -> None:
    beside.kill()


def stands_still(beside: psutil.Process) -> None:
    beside.suspend()


def told_to_leave(beside: psutil.Process) -> None:
    beside.terminate()


FAULTS = [killed, told_to_leave, *([stands_still] if ROUNDS > 1 else [])]


def test_what_waits_goes_on(cast, on):
    """Where only its session is cut, the answers that are awaited come nevertheless, and nobody is asked twice."""
    over = threading.Event()

    def slowly(body: dict) -> str:
        over.wait(60)
        return "Done."

    with made_queue(), on(slowly) as model, worker() as process, beat():
        agent = queued(cast).agent
        wait_until(lambda: len(model.requests) == 1, 60)
        for _ in range(4):
            tasks.queue(cast.mia, agent, instruction="Wait.")
        wait_until(lambda: len(model.requests) == 5, 60)
        cut()
        began = time.monotonic()
        wait_until(lambda: not claims.orphans(), 20)
        tell(
            "the session of all that wait is cut, until their claims are held again",
            [time.monotonic() - began],
        )
        time.sleep(1)
        assert len(model.requests) == 5
        for fault in FAULTS:
            asked = len(model.requests)
            fault(awaits(process))
            began = time.monotonic()
            # On a busy machine one of them may be given back and asked for twice before all are.
            wait_until(lambda asked=asked: len(model.requests) >= asked + 5, 60)
            took = time.monotonic() - began
            tell(f"the process that awaits models: {fault.__name__}, until all are awaited again", [took])
            assert took < 20
        over.set()
        wait_until(lambda: not Task.objects.exclude(state__in=ENDED).exists(), 60)
    assert set(Task.objects.values_list("state", "result")) == {(TaskState.SUCCEEDED, "Done.")}
    assert UsageEvent.objects.count() == Step.objects.count() == 5


def test_stops_and_passing_trouble_reach_what_waits(cast, on):
    over = threading.Event()

    def says(body: dict) -> str | Raw:
        if "overloaded" in str(body["messages"]) and not again:
            again.append(1)
            return Raw(b"{}", 503)
        over.wait(60)
        return "Done."

    again: list[int] = []
    with made_queue(), on(says) as model, worker() as process:
        one = queued(cast, "It is overloaded.")
        two, three = (tasks.queue(cast.mia, one.agent, instruction="Wait.") for _ in range(2))
        wait_until(lambda: len(model.requests) == 4 and again, 60)
        cancel_task(cast.mia, two)
        began = time.monotonic()
        wait_until(lambda: not claims.held(Task.objects.get(pk=two.pk)), 10)
        assert time.monotonic() - began < 2
        assert waiting() == 2
        set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")
        wait_until(lambda: not waiting(), 2)
        over.set()
        assert awaits(process).is_running()
    states = [Task.objects.get(pk=task.pk).state for task in (one, two, three)]
    assert states == [TaskState.FAILED, TaskState.CANCELLED, TaskState.FAILED]
    assert Task.objects.get(pk=one.pk).why().startswith("Ada Osei stopped everything (A drill)")
    assert not Step.objects.exists()
