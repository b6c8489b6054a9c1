"""Faults of all kinds, one after the other, while tasks are done: nothing lost, nothing doubled, nothing stuck."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest
from django.db import Error
from django.test import override_settings
from kombu import pools

from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.celery import app
from tests.brokers import Broker, program, rabbitmq_server, redis_server
from tests.cast import Cast
from tests.faults import kinds
from tests.faults.house import House, house
from tests.faults.kinds import Fault, back
from tests.faults.scene import ROUNDS, SEED, check_once, made_queue, sorting
from tests.faults.watch import Watch

pytestmark = pytest.mark.django_db(transaction=True)
SLOTS = 3  # tasks under way at once: fewer than there are hands
PARKED = 20.0  # seconds
SHORT: list[Fault] = [
    kinds.a_pool_process,
    kinds.all_sessions,
    kinds.messages_are_lost,
    kinds.a_workers_parent,
]


def soak(
    cast: Cast,
    here: House,
    faults: Sequence[Fault],
    chance: random.Random,
    pauses: tuple[float, float] = (0.5, 5),
) -> None:
    """One fault after the other, each a moment after the last; then all tasks come to their end."""
    tasks: list[Task] = []
    names, done = itertools.count(), Counter[str]()
    watch, due, left = Watch(here), 0.0, list(faults)
    began = time.monotonic()
    while left or any(not task.ended for task in tasks):
        assert time.monotonic() - began < 180 + 60 * len(faults), (done, [str(t) for t in tasks])
        here.keep()
        try:
            watch.look()
            for task in tasks:
                if not task.ended:
                    task.refresh_from_db()
            if left and sum(not task.ended for task in tasks) < SLOTS:
                tasks.append(sorting(cast, f"soak-{SEED}-{next(names)}"))
        except Error:
            back()
        if left and time.monotonic() >= due and any(task.state == TaskState.RUNNING for task in tasks):
            fault = left.pop(0)
            with suppress(Error):
                fault(here, chance)
            done[fault.__name__] += 1
            watch.faults.append((fault.__name__, round(time.monotonic() - began, 1)))
            due = time.monotonic() + chance.uniform(*pauses)
        time.sleep(0.3)
    for task in Task.objects.all():
        check_once(task)
    parked = watch.parked(tasks)
    print(
        f"\nseed {SEED}: {sum(done.values())} faults in {time.monotonic() - began:.0f} s, {len(tasks)} tasks"
    )
    print(dict(done))
    print(f"stood still at most: median {parked[len(parked) // 2]:.1f} s, worst {parked[-1]:.1f} s")
    for row in watch.told:
        print("stood still for long:", *row)
    assert not Call.objects.filter(state=Call.State.UNKNOWN).exists()
    assert parked[-1] <= PARKED


def chosen(all_of_them: Sequence[Fault], chance: random.Random) -> list[Fault]:
    """So many as ``FAULTS`` says, all kinds alike; without it a few."""
    if ROUNDS < 2:
        return SHORT
    every = [all_of_them[number % len(all_of_them)] for number in range(ROUNDS)]
    chance.shuffle(every)
    return every


def test_faults_of_all_kinds(cast, tmp_path):
    chance = random.Random(f"{SEED} pgmq")
    with made_queue(), house(tmp_path, workers=2, clocks=2 if ROUNDS > 1 else 1) as here:
        soak(cast, here, chosen(kinds.ALL, chance), chance)


@contextmanager
def through(url: str) -> Iterator[None]:
    """This process sends there, too."""
    before = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.broker_url, app.conf.broker_transport_options = url, {"max_retries": 1, "interval_start": 0}
    pools.reset()
    with override_settings(BROKER_URL=url):
        try:
            yield
        finally:
            app.conf.broker_url, app.conf.broker_transport_options = before
            pools.reset()


@pytest.mark.skipif(ROUNDS < 2, reason="takes minutes: FAULTS=20 runs it")
@pytest.mark.parametrize("server", [redis_server, rabbitmq_server])
def test_faults_with_another_broker(cast, tmp_path, server):
    """It is emptied, and killed; where it keeps nothing, it is empty then."""
    chance = random.Random(f"{SEED} {server.__name__}")
    with Broker(server, tmp_path) as broker, through(broker.url):
        faults = [broker.killed, broker.emptied, kinds.a_worker, kinds.a_pool_process, kinds.all_sessions]
        with house(tmp_path, workers=2, clocks=2, BROKER_URL=broker.url) as here:
            soak(cast, here, chosen(faults, chance), chance)


@pytest.mark.skipif(ROUNDS < 2, reason="takes minutes: FAULTS=20 runs it")
def test_faults_while_clocks_are_wrong(cast, tmp_path):
    """One worker's machine is three hours ahead, one clock's three behind."""
    program("faketime")
    chance = random.Random(f"{SEED} clocks")
    wrong = {"worker0": "+3h", "clock0": "-3h"}
    faults = [
        kinds.a_pool_process,
        kinds.a_worker,
        kinds.a_clock,
        kinds.all_sessions,
        kinds.messages_are_lost,
    ]
    with made_queue(), house(tmp_path, workers=2, clocks=2, wrong=wrong) as here:
        soak(cast, here, chosen(faults, chance), chance)


@pytest.mark.skipif(ROUNDS < 2, reason="takes minutes: FAULTS=20 runs it")
def test_the_database_stands_still_again_and_again(cast, tmp_path):
    """For 0 to 2 s every 5 to 40 s: an hour of it is some 160 times."""
    chance = random.Random(f"{SEED} still")
    with made_queue(), house(tmp_path, workers=2, clocks=2) as here:
        soak(cast, here, [kinds.the_database_stands_still] * ROUNDS, chance, pauses=(5, 40))
