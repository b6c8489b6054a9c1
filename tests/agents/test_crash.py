"""A worker process is killed in the middle of its work, or the queue is away: nothing is lost, nothing done twice."""

import email
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.sweep import rescue, send
from metering.usage.models import UsageEvent
from portal.audit import chain
from portal.audit.models import Entry
from tests import builders
from tests.agents.at_once import environment, kill, worker
from tests.agents.queues import own_queue, sent
from tests.cast import Cast
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES = {
    **{f"Question {n}": f"Could you tell me the price of lamp {n}?" for n in range(20)},
    **{f"Invoice {n}": "The amount due is 12 dollars." for n in range(20)},
}


def triage(cast: Cast, tmp_path: Path) -> Task:
    agent = builders.agent(cast.mia, cast.support)
    place = builders.maildir(f"crash-{tmp_path.name}", MESSAGES)
    box = builders.mail(cast.ada, cast.support, place)
    for capability in ("mail.list", "mail.read", "mail.label", "mail.draft"):
        opened = Terms(limits=builders.OPENED.get(capability, {}))
        builders.grant(agent, box, capability, by=cast.ada, terms=opened)
    return tasks.queue(cast.mia, agent, instruction="Sort the inbox: label each message, draft answers.")


def labelled(task: Task) -> int:
    return Call.objects.filter(task=task, capability="mail.label", state=Call.State.DONE).count()


def finished(task: Task) -> bool:
    task.refresh_from_db()
    return task.ended


def drafts(task: Task) -> list[str]:
    place = Path(task.agent.grants.first().connection.settings["path"]) / ".Drafts" / "cur"
    return [email.message_from_bytes(file.read_bytes())["Subject"] for file in place.iterdir()]


def check_all_done_once(task: Task) -> None:
    assert (task.state, task.reason) == (TaskState.SUCCEEDED, {})
    rows = Call.objects.filter(task=task)
    assert set(rows.values_list("state", flat=True)) == {Call.State.DONE}
    for capability in ("mail.read", "mail.label"):
        made = Counter(rows.filter(capability=capability).values_list("arguments__message", flat=True))
        assert (len(made), set(made.values())) == (40, {1}), capability
    assert sorted(drafts(task)) == sorted(f"Re: Question {n}" for n in range(20))
    assert rows.filter(capability="mail.draft").count() == 20
    # Every call has its entry; only the one that was interrupted before its effect may be decided twice.
    allowed = Counter(Entry.objects.filter(event="call.allowed").values_list("target_id", flat=True))
    assert set(allowed) == set(rows.values_list("pk", flat=True))
    assert sum(allowed.values()) - len(allowed) <= 2
    used = sum(task.agent.grants.values_list("used", flat=True))
    assert used == rows.count()
    assert task.counts == {"read": 40, "labelled": 40, "drafted": 20}
    assert UsageEvent.objects.filter(task=str(task.pk)).count() == task.steps_done
    assert chain.fault() == {}


def test_a_worker_killed_in_the_middle_is_replaced_and_everything_is_done_once(cast, tmp_path):
    with own_queue():
        task = triage(cast, tmp_path)
        with worker() as first:
            wait_until(lambda: labelled(task) >= 5, 30)
            kill(first)
        assert 5 <= labelled(task) < 40
        task.refresh_from_db()
        assert task.state == TaskState.RUNNING
        with worker():
            # As the clock does, again and again: the database may still hold the dead worker's session.
            wait_until(lambda: rescue() or finished(task), 40)
    check_all_done_once(task)
    assert Entry.objects.filter(event="task.claimed").count() == 2


def test_a_pool_process_killed_in_the_middle_is_replaced_by_its_own_worker(cast, tmp_path):
    with own_queue():
        task = triage(cast, tmp_path)
        with worker() as process:
            wait_until(lambda: labelled(task) >= 5, 30)
            os.kill(psutil.Process(process.pid).children()[0].pid, signal.SIGKILL)
            wait_until(lambda: len(psutil.Process(process.pid).children()) == 1, 10)
            assert not finished(task)
            wait_until(lambda: finished(task), 40)
    check_all_done_once(task)


AWAY = {
    "no such server": {"BROKER_URL": "amqp://127.0.0.1:1//"},
    "no such transport": {"BROKER_URL": "nonsense://here"},
    "no such Redis": {"BROKER_URL": "redis://127.0.0.1:1/0"},
}
QUEUE = """
import django; django.setup()
from agents.queue import actions
from agents.sweep import send
from agents.registry.models import Agent
agent = Agent.objects.get()
print(actions.queue(agent.owner, agent, instruction="Sort the inbox").pk)
send()
"""


def queued_elsewhere(**variables: str) -> tuple[Task, str]:
    """A task that another process queued, and what that process logged."""
    run = subprocess.run(
        [sys.executable, "-c", QUEUE],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    return Task.objects.get(pk=int(run.stdout)), run.stderr


@pytest.mark.parametrize("how", AWAY)
def test_a_queue_that_is_away_takes_the_task_and_sends_it_later(cast, how):
    builders.triage(cast)
    task, said = queued_elsewhere(**AWAY[how])
    assert task.state == TaskState.QUEUED
    assert "waits for the next sweep" in said
    with own_queue():
        Task.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
        send()
        assert sent() == [("agents.run", [task.pk])]


def test_a_queue_whose_tables_are_missing_is_made(cast):
    builders.triage(cast)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
    task, said = queued_elsewhere(BROKER_URL="pgmq://localhost")
    assert "waits for the next sweep" not in said
    assert sent() == [("agents.run", [task.pk])]
