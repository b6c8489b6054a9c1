"""The queue through the other brokers that ``BROKER_URL`` may name: real servers, real workers, nothing lost."""

import kombu
import pytest
import redis
from django.db import connection, transaction

from agents.queue.models import Task
from agents.queue.states import TaskState
from tests import builders
from tests.agents.at_once import kill, python, waiting_for_us, worker
from tests.brokers import rabbitmq_server, redis_server
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
QUORUM = {"durable": True, "auto_delete": False, "arguments": {"x-queue-type": "quorum"}}
QUEUE = """
from agents.queue import actions
from agents.registry.models import Agent
agent = Agent.objects.get()
print(actions.queue(agent.owner, agent, instruction="Sort the inbox: label each message.").pk)
"""


def killed_with_the_message(task: Task, url: str) -> None:
    """A worker that has the message and waits to claim the task, and goes, with its database connection."""
    with transaction.atomic(), worker(BROKER_URL=url) as process:
        Task.objects.select_for_update().get(pk=task.pk)
        wait_until(waiting_for_us, 60)
        kill(process)
        with connection.cursor() as cursor:
            waits = "pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {waits}")


@pytest.mark.parametrize("server", [redis_server, rabbitmq_server])
def test_a_task_goes_through_it_though_its_first_worker_is_killed(cast, tmp_path, server):
    builders.triage(cast, {f"Question {n}": f"What does lamp {n} cost?" for n in range(3)}, opened=True)
    with server(tmp_path) as url:
        task = Task.objects.get(pk=int(python(QUEUE, BROKER_URL=url).communicate(timeout=30)[0]))
        killed_with_the_message(task, url)
        assert Task.objects.get(pk=task.pk).state == TaskState.QUEUED
        if url.startswith("redis"):  # which gives it to another when an hour has gone by
            (held,) = (client := redis.Redis.from_url(url)).zrange("unacked_index", 0, -1)
            client.zincrby("unacked_index", -3600, held)
        else:  # refused where the queue is there and is of another type
            with kombu.Connection(url) as client:
                client.default_channel.queue_declare("portal", **QUORUM)
        with worker(BROKER_URL=url):
            wait_until(lambda: Task.objects.get(pk=task.pk).ended, 60)
    task.refresh_from_db()
    assert (task.state, task.counts["labelled"]) == (TaskState.SUCCEEDED, 3)
