"""What makes workers quick: conditions in SQL that is put together once, sessions that are kept, notices that come."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.lifecycle.agents import pause_agent, resume_agent
from agents.lifecycle.stops import lift_stop, set_stop
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.runtime import taking
from agents.stops.holding import free
from agents.stops.models import Stop
from portal import locking, pgmq_transport, sessions
from portal.celery import app
from tests import builders
from tests.agents.queues import own_queue

pytestmark = pytest.mark.django_db


def test_what_may_be_taken_is_the_same_in_both_ways(cast):
    agents = [builders.agent(cast.mia, cast.support, name=f"Agent {n}") for n in range(3)]
    made = [tasks.queue(cast.mia, agent, instruction="Task") for agent in agents for _ in range(2)]

    def taken() -> list[int]:
        found, same = list(free(Task.objects.due()).in_order().values_list("pk", flat=True)), taking.due()
        assert found == same
        return found

    assert taken() == [task.pk for task in made]
    pause_agent(cast.mia, agents[0], why="A drill")
    assert taken() == [task.pk for task in made[2:]]
    resume_agent(cast.mia, agents[0])
    stop = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")
    assert taken() == []
    lift_stop(cast.ada, stop)
    agents[1].most_at_once = 1
    agents[1].save()
    Task.objects.filter(pk=made[2].pk).update(state=TaskState.RUNNING)
    assert taken() == [task.pk for task in made if task.agent_id != agents[1].pk]
    Task.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert taken() == []


def test_a_tiny_task_takes_so_many_statements(cast, django_assert_max_num_queries):
    """Each costs a worker and PostgreSQL together a third of a millisecond. Seven tell its person that it failed."""
    agent = builders.agent(cast.mia, cast.support)
    taking.take(tasks.queue(cast.mia, agent, instruction="Nothing to do").pk)
    task = tasks.queue(cast.mia, agent, instruction="Nothing to do")
    with django_assert_max_num_queries(41):
        taking.take(task.pk)
    task.refresh_from_db()
    assert task.ended


def test_no_lock_outlives_a_message_and_a_dead_session_is_replaced(transactional_db):
    assert locking.take("agents_task", "1:1")
    sessions.let_go_of_all()
    assert locking.taken("agents_task", ["1:1"]) == set()
    connection.connection.close()
    sessions.looked_at_again()
    assert locking.taken("agents_task", ["1:1"]) == set()


def test_the_end_of_a_task_wakes_a_worker_and_notices_come_back(transactional_db):
    with own_queue(), app.connection_for_read() as place:
        channel = place.default_channel
        channel._new_queue("portal")
        with connection.cursor() as cursor:  # as after a crash of the database
            cursor.execute("DELETE FROM pgmq.notify_insert_throttle")
        channel._new_queue("portal")
        with connection.cursor() as cursor:
            cursor.execute("SELECT queue_name, throttle_interval_ms FROM pgmq.notify_insert_throttle")
            assert ("portal", 0) in cursor.fetchall()
        channel._maybe_enable_notify("portal")
        waiter = place.transport._get_notify_waiter()
        assert isinstance(waiter, pgmq_transport.Waiter)
        began = time.monotonic()
        assert not waiter.wait(0.05)
        place.transport.ring()
        assert waiter.wait(10)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pgmq.send('portal', '{}')")
        assert waiter.wait(10)
        assert time.monotonic() - began < 5
