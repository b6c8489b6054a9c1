"""What a task used is kept as long as its model calls are; then its page says nothing of it, not that it was free."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from agents import workers
from agents.queue import retention
from agents.queue.models import Step, Task
from agents.queue.states import TaskState
from portal import plugins
from tests.cast import as_
from tests.world import World, make_world

USAGE = {"input_tokens": 4000, "output_tokens": 711}


@pytest.fixture
def world(cast) -> World:
    """Mia's task used 4,711 tokens for $0.42."""
    world = make_world(cast)
    response = {"parts": [], "usage": USAGE, "model_name": "gpt-4o"}
    Step.objects.filter(task=world.task).update(response=response, cost_micros=420_000, **USAGE)
    Task.objects.filter(pk=world.task.pk).update(tokens=4711, cost_micros=420_000, steps_done=1)
    return world


def ended(world: World, *, days: int, state: str = TaskState.SUCCEEDED) -> None:
    at = timezone.now() - timedelta(days=days)
    Task.objects.filter(pk=world.task.pk).update(state=state, finished_at=at)


def used(world: World) -> tuple:
    task, step = Task.objects.get(pk=world.task.pk), Step.objects.get(task=world.task)
    return (
        task.tokens,
        task.cost_micros,
        step.input_tokens,
        step.output_tokens,
        step.cost_micros,
        step.response,
    )


def test_figures_of_old_tasks_go_and_the_rest_stays(world):
    ended(world, days=settings.RETENTION["events"] + 1)
    workers.forget_figures()
    assert used(world) == (0, None, 0, 0, None, {"parts": [], "model_name": "gpt-4o"})
    assert retention.forget_figures() == 0
    assert plugins.beats()["forget_figures"].worker == workers.forget_figures.name


def test_those_of_tasks_whose_calls_are_kept_and_of_any_that_goes_on_stay(world):
    before = used(world)
    ended(world, days=settings.RETENTION["events"] - 1)
    assert retention.forget_figures() == 0
    ended(world, days=400, state=TaskState.RUNNING)
    assert retention.forget_figures() == 0
    assert used(world) == before


@pytest.mark.parametrize("forgotten", [False, True])
def test_the_task_s_page_says_that_it_is_not_kept_and_not_that_it_was_free(world, cast, forgotten):
    ended(world, days=1)
    page = as_(cast.mia).get(world.task.get_absolute_url()).text
    assert "$0.42 of" in page
    assert "Step 1, 4,711 tokens" in page
    ended(world, days=settings.RETENTION["events"] + 1)
    if forgotten:
        retention.forget_figures()
    page = as_(cast.mia).get(world.task.get_absolute_url()).text
    assert "What it cost is not kept any more." in page
    assert "Cost and tokens show to you only." not in page
    assert "not priced" not in page
    assert "$0.42" not in page
    assert ("4,711 tokens" in page) is not forgotten
    assert "0 tokens" not in page


def test_it_goes_on_in_batches(world, monkeypatch):
    first = Task.objects.get(pk=world.task.pk)
    ended(world, days=400)
    first.pk, first.state, first.tokens = None, TaskState.FAILED, 9
    first.finished_at = timezone.now() - timedelta(days=400)
    first.save()
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    monkeypatch.setattr(retention, "AT_MOST", 1)
    assert [retention.forget_figures() for _ in range(3)] == [1, 1, 0]
