"""Claims: who has a task, how everybody sees that its worker is gone, and that its successor goes on at once."""

import time
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from agents import sweep as sweeping
from agents.lifecycle.tasks import claim_task
from agents.queue import actions, claims
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.runtime import loop
from metering.usage.models import UsageEvent
from portal import env
from portal.audit.models import Entry
from tests import builders
from tests.agents import transcripts
from tests.agents.at_once import at_once
from tests.agents.scripted import on, queued
from tests.cast import as_
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db
__all__ = ["on"]
GONE = "Its worker is gone; another takes over."


@pytest.fixture
def task(cast) -> Task:
    return transcripts.running(cast.mia, builders.agent(cast.mia, cast.support))


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def test_while_a_worker_lives_nobody_else_gets_its_task(task):
    assert not claims.orphans().exists()
    assert claim_task(task.pk, worker="other") is None
    assert (state(task), Task.objects.get(pk=task.pk).claim) == (TaskState.RUNNING, task.claim)


def test_who_meets_a_task_without_a_worker_takes_it_over_at_once(task):
    claims.let_go(task)
    assert list(claims.orphans()) == [task]
    heir = claim_task(task.pk, worker="heir")
    assert heir is not None
    assert (heir.state, heir.worker, heir.claim) == (TaskState.RUNNING, "heir", task.claim + 1)
    assert Entry.objects.get(event="task.resumed").details["why"]["code"] == "worker_gone"
    assert not claims.orphans().exists()


def test_the_short_sweep_gives_a_lost_session_time_to_be_back(task, monkeypatch):
    claims.let_go(task)
    monkeypatch.setattr(sweeping.time, "sleep", lambda seconds: claims.hold(task.pk, task.claim))
    sweeping.rescue()
    assert state(task) == TaskState.RUNNING
    claims.let_go(task)
    monkeypatch.setattr(sweeping.time, "sleep", lambda seconds: None)
    sweeping.rescue()
    assert state(task) == TaskState.QUEUED


def test_the_page_says_that_its_worker_is_gone(cast, task):
    address = reverse("queue:detail", args=[task.pk])
    assert GONE not in as_(cast.mia).get(address).text
    claims.let_go(task)
    assert GONE in as_(cast.mia).get(address).text


def test_a_lease_is_by_the_clock_of_the_database(task, monkeypatch):
    ahead = timezone.now() + timedelta(hours=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: ahead)
    actions.renew(task, timedelta(seconds=1))
    assert Task.objects.filter(lease_until__lte=Now() + claims.LEASE).exists()
    assert not Task.objects.abandoned().exists()


def test_steps_of_newer_code_are_left_to_newer_workers(cast, task, monkeypatch):
    sent, long_ago = [], Now() - sweeping.LOST_AFTER - timedelta(seconds=1)
    monkeypatch.setattr(sweeping, "later", lambda *given: sent.append(given))
    monkeypatch.setattr(sweeping.broker, "ready", lambda: 0)
    Task.objects.update(state=TaskState.QUEUED, shape=claims.SHAPE + 1, sent_at=long_ago)
    loop.run(task.pk)
    assert (state(task), task.reason) == (TaskState.QUEUED, {})
    sweeping.send()
    assert sent == [("agents.run", task.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_lost_is_taken_up_again_with_the_same_claim(task):
    connection.close()
    (orphan,) = at_once(lambda: list(claims.orphans()))
    assert orphan == [task]
    claims.keep(task)
    assert at_once(lambda: list(claims.orphans())) == [[]]
    claims.let_go(task)


@pytest.mark.django_db(transaction=True)
def test_who_was_taken_over_meanwhile_is_told(task):
    connection.close()
    (heir,) = at_once(lambda: claim_task(task.pk, worker="heir"))
    assert heir.claim == task.claim + 1
    with pytest.raises(Lost):
        claims.keep(task)


@pytest.mark.django_db(transaction=True)
def test_an_answer_outlives_the_session_that_should_store_it(cast, on, monkeypatch):
    stores, lost = loop.store_last, []

    def once(*given, **names):
        if not lost:
            lost.append(connection.close())
            raise OperationalError("the server closed the connection")
        return stores(*given, **names)

    monkeypatch.setattr(loop, "store_last", once)
    with on("All done.") as model:
        task = queued(cast)
        loop.run(task.pk)
    task.refresh_from_db()
    assert (task.state, task.claim, len(model.requests)) == (TaskState.SUCCEEDED, 2, 1)
    assert UsageEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_stands_still_before_its_claim_is_written_down_keeps_nobody(task, monkeypatch):
    """It has the lock of the next claim, the row says queued, and its session says nothing."""
    monkeypatch.setattr(claims, "STANDS_STILL", 0.5)
    Task.objects.update(state=TaskState.QUEUED, sent_at=Now() - timedelta(minutes=1))
    row = Task.objects.get()
    claims.let_go(row)
    place = env.conninfo({**connection.settings_dict, "USER": settings.DATABASE_ROLE, "OPTIONS": {}})
    with suppress(psycopg.OperationalError), psycopg.connect(place, autocommit=True) as frozen:
        take = "SELECT pg_advisory_lock(hashtextextended(%s, 0) # hashtextextended(%s, 1))"
        frozen.execute(take, [claims.TASKS, f"{row.pk}:{row.claim + 1}"])
        claims.end_standing([row.pk])
        assert claim_task(row.pk, "here:1:b") is None
        time.sleep(0.6)
        claims.end_standing([row.pk])
        wait_until(lambda: claim_task(row.pk, "here:1:b") is not None, 5)
    claims.let_go(Task.objects.get())
