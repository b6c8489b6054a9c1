"""A stop reaches a worker that waits for a model: the task ends at once, with the listener's haste or by its rows."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction

from agents.lifecycle.agents import pause_agent
from agents.lifecycle.stops import lift_stop, set_stop
from agents.lifecycle.tasks import cancel_task
from agents.queue import actions as tasks
from agents.queue import claims
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.runtime import listening
from agents.stops.models import Stop
from portal import env
from tests.agents.at_once import at_once
from tests.agents.scripted import on, queued, run
from tests.openai_server import Model
from tests.portal.machine import wait_until
from tests.roles import superuser

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["on"]
SLOW = 8.0  # seconds that the model takes for an answer


def slowly(body: dict) -> str:
    threading.Event().wait(SLOW)
    return "An answer that nobody waits for."


def everything(cast, task: Task) -> Stop:
    return set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")


HEARD: dict[str, tuple[Callable, TaskState, str]] = {
    "everything": (everything, TaskState.FAILED, "Ada Osei stopped everything (A drill)"),
    "the agent": (
        lambda cast, task: pause_agent(cast.mia, task.agent, why="Wrong labels"),
        TaskState.FAILED,
        "Mia Park stopped Inbox triage (Wrong labels)",
    ),
    "the task": (lambda cast, task: cancel_task(cast.mia, task), TaskState.CANCELLED, ""),
}


def stopped_in_the_middle(task: Task, model: Model, stop: Callable[[], object]) -> float:
    """Seconds from the stop to the moment when the worker is free."""
    set_at: list[float] = []

    def later() -> None:
        wait_until(lambda: len(model.requests) == 1)
        assert listening.listening(10)
        stop()
        set_at.append(time.monotonic())

    ends = at_once(lambda: run(task), later)
    assert [end for end in ends if isinstance(end, BaseException)] == []
    return time.monotonic() - set_at[0]


@pytest.mark.parametrize("what", HEARD)
def test_a_stop_does_not_wait_for_the_model(cast, on, what):
    stop, state, reason = HEARD[what]
    task = queued(cast)
    with on(slowly) as model:
        took = stopped_in_the_middle(task, model, lambda: stop(cast, task))
    task.refresh_from_db()
    assert took < 2
    assert (task.state, task.steps_done) == (state, 0)
    assert task.why().startswith(reason)
    assert task.why().endswith("run it again.") == (state == TaskState.FAILED)


def test_a_stop_of_something_else_disturbs_nobody(cast, on, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SLOW", 1.0)
    task = queued(cast)
    other = tasks.queue(cast.mia, task.agent, instruction="Another one")

    def others() -> None:
        cancel_task(cast.mia, other)
        set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.move", why="x")

    with on(slowly) as model:
        stopped_in_the_middle(task, model, others)
    task.refresh_from_db()
    assert (task.state, len(model.requests)) == (TaskState.SUCCEEDED, 1)


def test_a_stop_that_is_lifted_at_once_costs_a_question_only(cast, on):
    task = queued(cast)

    def at_once_lifted() -> None:
        with transaction.atomic():
            lift_stop(cast.ada, everything(cast, task))

    with on(slowly, "All done.") as model:
        stopped_in_the_middle(task, model, at_once_lifted)
    task.refresh_from_db()
    assert (task.state, task.result, len(model.requests)) == (TaskState.SUCCEEDED, "All done.", 2)


def test_without_a_listener_the_row_says_so(cast, on, monkeypatch):
    listening.close()
    monkeypatch.setattr(listening, "listen", lambda: None)
    task = queued(cast)

    def stops_then_answers(body: dict) -> list:
        thread = threading.Thread(target=lambda: (everything(cast, task), connection.close()))
        thread.start()
        thread.join()
        return [("mail_list", {})]

    with on(stops_then_answers, "never asked") as model:
        done = run(task)
    assert done.why().startswith("Ada Osei stopped everything")
    assert (len(model.requests), done.calls.count()) == (1, 0)


def test_what_was_set_while_nobody_listened_is_caught_up_with(cast, on):
    task = queued(cast)
    with listening.watching(task) as ear:
        assert listening.listening(10)
        hang_up()
        everything(cast, task)
        wait_until(lambda: ear._heard)


def hang_up() -> None:
    """The database ends the listener's connection, as a restart does."""
    with superuser(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            [claims.process()],
        )


def test_a_database_that_is_away_is_no_trouble_for_the_task(cast, on, monkeypatch):
    listening.close()
    nowhere = env.conninfo({**connection.settings_dict, "PORT": "1", "HOST": "/nowhere"})
    monkeypatch.setattr(listening.env, "conninfo", lambda settings: nowhere)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(nowhere)
    with on("All done."):
        assert run(queued(cast)).state == TaskState.SUCCEEDED
    listening.close()
