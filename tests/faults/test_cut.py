"""Database sessions are cut in the middle of a task: its worker goes on, and asks the model nothing again."""

import random
import time

import pytest
from django.conf import settings
from django.db import connection

from agents.queue.models import Task
from tests.agents.at_once import worker
from tests.faults.scene import ROUNDS, beat, check_once, done, ended, made_queue, sorting, tell
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def cut() -> None:
    """Every session but ours, those to the queue too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = %s AND datname = current_database()",
            [settings.DATABASE_ROLE],
        )


def test_sessions_are_cut_again_and_again(cast):
    took = []
    with made_queue(), worker(), beat():
        for number in range(ROUNDS):
            task, chance = sorting(cast, f"cut-{number}"), random.Random(number)
            for _ in range(2):
                moment = done(task) + chance.randrange(1, 6)
                wait_until(lambda task=task, moment=moment: done(task) >= moment or ended(task), 60)
                if ended(task):
                    break
                cut()
                before, began = done(task), time.monotonic()
                wait_until(lambda task=task, before=before: done(task) > before or ended(task), 60)
                took.append(time.monotonic() - began)
            wait_until(lambda task=task: ended(task), 60)
            check_once(task)
            assert Task.objects.get(pk=task.pk).claim > 1
    tell("all sessions cut until the next call", took)
    assert max(took) < 20
