"""What ends or holds up a task that waits for something under way elsewhere: stops, ends, rights, dead workers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.gate import performing
from agents.grants.models import Grant
from agents.lifecycle.tasks import cancel_task, claim_task
from agents.queue import claims
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.queue.wakes import Wake
from agents.runtime import loop
from agents.stops.models import Stop
from agents.watching import looks
from tests.agents.gated import Died
from tests.agents.scripted import on
from tests.agents.waking import GOOD, Waiting, waiting

pytestmark = pytest.mark.django_db
__all__ = ["on", "waiting"]
S, C = TaskState, Call.State
FOLLOWS = [("strange_read", {})]


@pytest.fixture
def waits(waiting: Waiting, on):
    waiting.sees(GOOD)
    with on(FOLLOWS, "Done."):
        waiting.work()
        yield waiting


def test_a_cancelled_task_is_looked_at_no_more(waits: Waiting):
    cancel_task(waits.cast.mia, waits.task)
    assert (waits.call.state, waits.wake.ended_at is None) == (C.FAILED, False)
    assert (looks.heard(waits.place.pk), waits.cursors) == (0, [])
    assert waits.now().state == S.CANCELLED


def test_a_grant_that_ends_in_the_middle_ends_the_looks_and_the_model_is_told(waits: Waiting):
    Grant.objects.filter(capability="strange.read").update(ends_at=timezone.now())
    task = waits.look()
    assert (task.state, waits.call.state, waits.cursors) == (S.QUEUED, C.FAILED, [])
    assert "looked at no more" in waits.call.outcome
    assert waits.work().state == S.SUCCEEDED


def test_a_grant_whose_last_use_it_was_is_none_against_looking(waits: Waiting):
    Grant.objects.filter(capability="strange.read").update(max_uses=1, used=1)
    assert waits.look().state == S.QUEUED
    assert (waits.call.state, len(waits.cursors)) == (C.DONE, 1)


@pytest.mark.parametrize("scope", ["connection", "everything", "agent"])
def test_a_stop_holds_looks_back_until_it_is_lifted(waits: Waiting, scope):
    about = {"connection": {"connection": waits.place}, "agent": {"agent": waits.task.agent}}.get(scope, {})
    Stop.objects.create(scope=scope, set_by=waits.cast.ada, why="enough", **about)
    task = waits.look()
    assert (task.state, waits.call.state, waits.cursors) == (S.WAITING, C.AWAITED, [])
    assert "enough" in waits.wake.trouble
    Stop.objects.update(lifted_at=timezone.now(), lifted_by=waits.cast.ada)
    assert waits.look().state == S.QUEUED


def test_a_worker_that_dies_before_it_parks_parks_again_elsewhere(waiting: Waiting, on, monkeypatch):
    def dies(*args, **kwargs):
        raise Died

    waiting.sees(GOOD)
    with on(FOLLOWS, "Done.") as model:
        with monkeypatch.context() as patch:
            patch.setattr(loop, "park_task", dies)
            with pytest.raises(Died):
                loop.run(waiting.task.pk)
        task = waiting.now()
        assert (task.state, waiting.call.state, claims.gone(task)) == (S.RUNNING, C.AWAITED, True)
        assert waiting.look().state == S.RUNNING, "it ended, and its next worker sees that"
        assert (waiting.call.state, waiting.work().state) == (C.DONE, S.SUCCEEDED)
        assert len(model.requests) == 2


def test_a_worker_that_dies_between_the_call_and_its_row_makes_a_read_again(
    waiting: Waiting, on, monkeypatch
):
    def dies(*args, **kwargs):
        raise Died

    with on(FOLLOWS):
        with monkeypatch.context() as patch:
            patch.setattr(performing, "awaits", dies)
            with pytest.raises(Died):
                loop.run(waiting.task.pk)
        assert (waiting.call.state, Wake.objects.count()) == (C.STARTED, 0)
        task = waiting.work()
    assert (task.state, waiting.call.state, Wake.objects.count()) == (S.WAITING, C.AWAITED, 1)


def test_a_write_that_had_begun_is_asked_for_and_goes_on(waiting: Waiting, on, monkeypatch):
    """The same where its system says that it has begun: nothing is begun twice."""

    def dies(*args, **kwargs):
        raise Died

    with on([("strange_write", {})]):
        with monkeypatch.context() as patch:
            patch.setattr(performing, "awaits", dies)
            with pytest.raises(Died):
                loop.run(waiting.task.pk)
        waiting.connector.reconciles = waiting.connector.performs
        task = waiting.work()
    assert (task.state, waiting.call.state, len(waiting.connector.done)) == (S.WAITING, C.AWAITED, 1)


def test_a_look_that_died_is_made_again_soon(waits: Waiting):
    def dies(cursor):
        raise Died

    waits.connector.sees = dies
    with pytest.raises(Died):
        waits.look()
    assert timezone.now() < waits.wake.due_at < timezone.now() + timedelta(minutes=3)
    waits.sees(GOOD)
    assert waits.look().state == S.QUEUED


def test_nobody_takes_a_task_that_waits(waits: Waiting):
    assert claim_task(waits.task.pk, "another") is None
    assert not Task.objects.due().filter(pk=waits.task.pk).exists()
