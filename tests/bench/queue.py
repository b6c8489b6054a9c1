"""Tiny tasks a second through claim, step and finish, against Celery tasks with three small transactions.

``python -m tests.bench.queue [--tasks 200] [--brokers pgmq redis amqp]``: two worker processes, all kinds on the same
broker in turns, three times; medians. Celery's tasks are two: one writes three bare statements, the other does with
Django what such a task has to (claims a row that nobody else has, notes a line, finishes). Then how long a task that is
queued while all is idle waits for its first step, what the idle worker needs of the processor, and what a claim and the
two sweeps take with 100,000 tasks in the queue. It starts a PostgreSQL of its own, with a durable log, and the brokers'
servers where they are installed. Everything that ``docs/measured.md`` tells is printed in one run.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.bench import queue_deep

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, ROUNDS, IDLE, WARM = 2, 3, 20, 10
STILL = 10.0  # seconds for which an idle worker is looked at
SERVERS = {"redis": "redis_server", "amqp": "rabbitmq_server"}


def company(home: Path) -> Any:
    """The cast, and an agent whose tasks end with their first step: it may use nothing, and says so."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from django.db import connection

    from portal import broker, database_roles
    from tests import builders
    from tests.bench import queue_small
    from tests.cast import make_cast

    broker.ensure()
    cast = make_cast()
    with database_roles.making_schemas(), connection.cursor() as cursor:
        cursor.execute(queue_small.TABLES)
    return builders.agent(cast.mia, cast.support)


@contextmanager
def workers(broker: str) -> Iterator[psutil.Process]:
    """Two processes of one worker, ready."""
    options = ["--concurrency", str(PROCESSES), "--loglevel", "ERROR", "-I", "tests.bench.queue_small"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", "worker", *options, *alone],
        cwd=ROOT,
        env={**os.environ, "BROKER_URL": broker},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
            one.kill()
        process.wait()


def seconds_of(process: psutil.Process) -> float:
    """Of the processor, by it and all that it started, also what has ended since."""
    return sum(sum(one.cpu_times()) - one.cpu_times().iowait for one in [process, *process.children()])


def small(number: int) -> None:
    from portal.later import later

    for _ in range(number):
        later("bench.small")


def small_done() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench.small WHERE seen = 3")
        return int(cursor.fetchone()[0])


def jobs(number: int) -> None:
    from portal.later import later
    from tests.bench.queue_small import Job

    Job.objects.bulk_create(Job() for _ in range(number))
    for _ in range(number):
        later("bench.job")


def jobs_done() -> int:
    from tests.bench.queue_small import Job

    return Job.objects.filter(state="done").count()


def tiny(agent: Any, number: int) -> None:
    from agents.queue import actions

    for _ in range(number):
        actions.queue(agent.owner, agent, instruction="Sort the inbox.")


def tiny_done() -> int:
    from agents.queue.models import Task
    from agents.queue.states import ENDED

    return Task.objects.filter(state__in=ENDED).count()


def until(done: Any, number: int) -> None:
    end = time.monotonic() + 600
    while done() < number:
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


class Rate(NamedTuple):
    """Of one kind, in one round."""

    each: float  # milliseconds from the start to the last, for each
    hands: float  # milliseconds of the processor: the worker's processes, and the database's
    database: float


def rate(worker: psutil.Process, database: psutil.Process, queues: Any, done: Any, number: int) -> Rate:
    """All is queued while the pool's processes stand still: else the queueing would be measured, which is slower."""
    before, hands = done(), worker.children()
    for one in hands:
        one.suspend()
    try:
        queues()
    finally:
        spent, start = [seconds_of(worker), seconds_of(database)], time.monotonic()
        for one in hands:
            one.resume()
    until(done, before + number)
    took = time.monotonic() - start
    more = [
        after - first for first, after in zip(spent, [seconds_of(worker), seconds_of(database)], strict=True)
    ]
    return Rate(*(1000 * one / number for one in (took, *more)))


def compare(agent: Any, broker: str, number: int, server: psutil.Process) -> None:
    with workers(broker) as worker:
        for number_of, done in (
            (small, small_done),
            (jobs, jobs_done),
            (lambda n: tiny(agent, n), tiny_done),
        ):
            before = done()
            number_of(WARM)  # the first ones find nothing loaded
            until(done, before + WARM)
        ways: dict[str, tuple[Any, Any]] = {
            "three bare statements": (lambda: small(number), small_done),
            "three transactions with Django": (lambda: jobs(number), jobs_done),
            "tiny tasks": (lambda: tiny(agent, number), tiny_done),
        }
        kinds: dict[str, list[Rate]] = {what: [] for what in ways}
        for _ in range(ROUNDS):
            for what, (queues, done) in ways.items():
                kinds[what].append(rate(worker, server, queues, done, number))
        middle = {
            what: Rate(*(statistics.median(column) for column in zip(*rates, strict=True)))
            for what, rates in kinds.items()
        }
        for what, one in middle.items():
            rate_of = f"{broker}: {what}: {1000 / one.each:.1f} a second"
            say(f"{rate_of}; of the processor {one.hands:.1f} ms each, the database's {one.database:.1f} ms")
        *others, tiny_one = middle.values()
        for what, one in zip(middle, others, strict=False):
            longer, more = tiny_one.each / one.each, tiny_one.hands + tiny_one.database
            more /= one.hands + one.database
            say(
                f"{broker}: a tiny task takes {longer:.1f} times as long as {what}, {more:.1f} times the processor"
            )
        say(f"{broker}: {statements(agent)} statements in a tiny task")
        for what, one in (("a task", lambda: tiny_begun(agent)), ("a job of Celery's", job_begun)):
            waits = [idle(one) for _ in range(IDLE)]
            middle_wait, longest = statistics.median(waits), max(waits)
            say(
                f"{broker}: idle, from queued to started, {what}: median {middle_wait:.1f} ms, longest {longest:.0f} ms"
            )
        spent = [seconds_of(worker), seconds_of(server)]
        time.sleep(STILL)
        hands, base = (
            1000 * (after - before) / STILL
            for before, after in zip(spent, [seconds_of(worker), seconds_of(server)], strict=True)
        )
        say(f"{broker}: idle, of the processor each second: {hands:.1f} ms, the database's {base:.1f} ms")


def statements(agent: Any) -> int:
    """That one tiny task takes, counted in this process. The workers are still: nothing is sent to them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from agents.runtime import taking
    from portal import later

    sends, later.send = later.send, lambda *args: None
    try:
        tiny(agent, 2)
        taking.take(0)  # the first time finds nothing loaded
        with CaptureQueriesContext(connection) as found:
            taking.take(0)
    finally:
        later.send = sends
    return len(found)


def idle(begun: Callable[[], Callable[[], datetime]]) -> float:
    """Milliseconds from the commit of what is queued until a worker has begun it."""
    from django.db import transaction

    time.sleep(0.4)
    committed: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.time()))
        begun_at = begun()
    return 1000 * (begun_at().timestamp() - committed[0])


def tiny_begun(agent: Any) -> Callable[[], datetime]:
    from agents.queue.models import Task

    tiny(agent, 1)

    def begun_at() -> datetime:
        until(lambda: not Task.objects.under_way().exists(), True)
        return Task.objects.latest("pk").started_at

    return begun_at


def job_begun() -> Callable[[], datetime]:
    from tests.bench.queue_small import Job

    jobs(1)

    def begun_at() -> datetime:
        until(lambda: not Job.objects.exclude(state="done").exists(), True)
        return Job.objects.latest("pk").started_at

    return begun_at


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--tasks", type=int, default=200)
    wanted.add_argument("--brokers", nargs="*", default=["pgmq", "redis", "amqp"])
    asked = wanted.parse_args()
    from portal import embedded

    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    server = embedded.Server(home)
    try:
        server.start()
        os.environ |= server.variables
        os.environ |= {
            "PORTAL_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_LOG_LEVEL": "ERROR",
        }
        agent = company(home)
        say(f"load {os.getloadavg()[0]:.1f}")
        postgres = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
        for kind in asked.brokers:
            with ExitStack() as stack:
                broker = "pgmq://localhost"
                if kind in SERVERS:
                    from tests.agents import test_brokers

                    folder = home / kind
                    folder.mkdir()
                    broker = stack.enter_context(getattr(test_brokers, SERVERS[kind])(folder))
                sending_to(broker)
                compare(agent, broker, asked.tasks, postgres)
        sending_to("memory://")
        queue_deep.deep(lambda: tiny(agent, 1), say)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def sending_to(broker: str) -> None:
    """What is queued here goes through this broker from now on."""
    from django.conf import settings
    from kombu import pools

    from portal import env
    from portal.celery import app

    pools.reset()
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = broker
    app.conf.broker_transport_options = env.broker_options(broker, settings.DATABASES["default"])
    app.conf.task_default_queue_type = "quorum" if broker.startswith("amqp") else "classic"
    app.__dict__.pop("amqp", None)
    app._pool = None


if __name__ == "__main__":
    main()
