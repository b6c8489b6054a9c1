"""One task cannot take a machine's memory: a worker's process has a hard limit, and its task fails in words."""

import multiprocessing
import resource

import pytest
from django.conf import settings

from agents import workers
from agents.queue.states import TaskState
from agents.runtime import loop
from tests.agents.scripted import on, queued, run

__all__ = ["on"]


def hungry(most: int) -> bool:
    """In a process of its own, as a worker's pool has them."""
    settings.WORKER_MEMORY_MB = most
    workers.bound_memory()
    assert resource.getrlimit(resource.RLIMIT_DATA) == (2 * most * 1024**2,) * 2
    try:
        bytearray(3 * most * 1024**2)
    except MemoryError:
        return bool(bytearray(1024**2))  # it lives on
    return False


def test_a_process_gets_twice_its_memory_and_no_more():
    assert settings.CELERY_WORKER_MAX_MEMORY_PER_CHILD == settings.WORKER_MEMORY_MB * 1024
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(hungry, (512,))


@pytest.mark.django_db
def test_a_task_that_wants_more_memory_says_so(cast, on, monkeypatch):
    def too_much(*given):
        raise MemoryError

    monkeypatch.setattr(loop, "_call", too_much)
    with on([("mail_list", {})]):
        task = run(queued(cast))
    assert task.state == TaskState.FAILED
    assert "more memory than one worker has" in task.why()
