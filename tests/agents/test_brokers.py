"""The queue through the other brokers that ``BROKER_URL`` may name: real servers, real workers, nothing lost."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import amqp
import kombu
import psutil
import pytest
import redis
from django.db import connection, transaction

from agents.queue.models import Task
from agents.queue.states import TaskState
from tests import builders
from tests.agents.at_once import kill, python, waiting_for_us, worker
from tests.portal.machine import free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
QUORUM = {"durable": True, "auto_delete": False, "arguments": {"x-queue-type": "quorum"}}
QUEUE = """
from agents.queue import actions
from agents.registry.models import Agent
agent = Agent.objects.get()
print(actions.queue(agent.owner, agent, instruction="Sort the inbox: label each message.").pk)
"""


def program(name: str, *places: str) -> str:
    """The server's program. Skips the test when there is none, unless this run must have all real parts."""
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin"]))
    if not found:
        reason = f"no {name} here: install it (apt-get install {name})"
        if os.environ.get("PORTAL_TESTS_NEED_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def running(log: Path, *command: str, **variables: str) -> Iterator[None]:
    """A server in a session of its own; it goes with all that it started."""
    with log.open("wb") as said:
        env = os.environ | variables
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said, start_new_session=True)
    try:
        yield
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        kill(process)
        for left in family:  # Erlang's helpers leave the session
            if left.is_running():
                left.kill()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    port = free_port()
    listen = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
    with running(folder / "log", program("redis-server"), *listen):
        wait_until(lambda: answers(lambda: redis.Redis(port=port).ping()), 10)
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq_server(folder: Path) -> Iterator[str]:
    # Debian's wrapper in /usr/sbin runs as another user, who may not write here.
    server = program("rabbitmq-server", "/usr/lib/rabbitmq/bin")
    port, between, names = free_port(), free_port(), free_port()
    variables = {"HOME": str(folder), "ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1"}
    own = {"NODENAME": f"portal{port}@localhost", "NODE_IP_ADDRESS": "127.0.0.1", "NODE_PORT": str(port)}
    own |= {"DIST_PORT": str(between), "MNESIA_BASE": str(folder / "data"), "LOG_BASE": str(folder / "logs")}
    own |= {"CONF_ENV_FILE": "/dev/null", "CONFIG_FILE": str(folder / "none")}  # nothing of the machine's
    own["ENABLED_PLUGINS_FILE"] = str(folder / "plugins")
    variables |= {f"RABBITMQ_{name}": value for name, value in own.items()}
    # epmd first: one that Erlang starts itself stays for ever.
    with running(folder / "epmd", program("epmd"), **variables), running(folder / "log", server, **variables):
        wait_until(lambda: answers(amqp.Connection(f"127.0.0.1:{port}", connect_timeout=2).connect), 30)
        yield f"amqp://guest:guest@127.0.0.1:{port}//"


def answers(ask: Callable[[], object]) -> bool:
    with suppress(OSError, redis.ConnectionError, amqp.AMQPError):
        ask()
        return True
    return False


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
