"""Two workers at one step: a call outlasted its lease. Each settles its own, and what was paid for is counted once."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from agents.lifecycle.tasks import cancel_task, claim_task
from agents.queue.claims import LEASE
from agents.queue.models import Step, Task
from agents.queue.states import TaskState
from agents.runtime import asking, loop, spending, transcript
from agents.runtime.transcript import Transcript
from agents.sweep import sweep
from metering.budgets.models import BudgetReservation
from metering.budgets.permissions import of_team
from metering.usage.models import UsageEvent
from tests.agents.scripted import on, queued, run
from tests.metering.budgeted import DOLLAR, sums
from tests.metering.budgeted import budget as set_budget
from tests.openai_server import Raw

pytestmark = pytest.mark.django_db
__all__ = ["on"]


def taken_over(task: Task) -> Task:
    """By another worker, since the lease of the one at work is over."""
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep()
    other = claim_task(task.pk, worker="here:1:other")
    assert other is not None
    return other


def meanwhile(monkeypatch: pytest.MonkeyPatch, does: Callable[..., None]) -> None:
    """While the first answer is on its way ``does`` happens, with what ``asking._answer`` was given."""
    real, times = asking._answer, []

    def answer(question):
        times.append(1)
        if len(times) == 1:
            does(question)
        return real(question)

    monkeypatch.setattr(asking, "_answer", answer)


def test_an_answer_that_comes_too_late_is_paid_for_and_the_task_goes_on(cast, on, monkeypatch):
    others = []

    def does(question):
        others.append(taken_over(question.task))
        assert loop._step(others[0], Transcript(others[0])) is False

    meanwhile(monkeypatch, does)
    with on([("mail_list", {})], [("mail_list", {"limit": 3})], "Done.") as model:
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        loop.run(task.pk)
        task.refresh_from_db()
        assert (task.state, task.worker) == (TaskState.RUNNING, others[0].worker), task.why()
        assert Step.objects.filter(task=task).count() == 1
        assert loop._step(others[0], Transcript(others[0])) is True
    task.refresh_from_db()
    assert (task.state, len(model.requests)) == (TaskState.SUCCEEDED, 3)
    events = UsageEvent.objects.filter(task=str(task.pk)).order_by("id")
    late = events.exclude(key__in=[f"task:{task.pk}:step:{n}" for n in (1, 2)]).get()
    assert late.key.startswith(f"task:{task.pk}:step:1:")
    costs = [event.cost_micros for event in events]
    assert (len(costs), sum(costs)) == (3, task.cost_micros)
    assert task.tokens == 3 * 1_050
    assert sums(one) == (task.cost_micros, 0)
    assert not BudgetReservation.objects.exists()


def test_a_cancelled_task_s_last_answer_is_paid_for(cast, on, monkeypatch):
    meanwhile(monkeypatch, lambda question: cancel_task(cast.mia, Task.objects.get(pk=question.task.pk)))
    with on("Done."):
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        loop.run(task.pk)
    task.refresh_from_db()
    assert (task.state, task.steps_done) == (TaskState.CANCELLED, 0)
    assert task.cost_micros == UsageEvent.objects.get().cost_micros
    assert sums(one) == (task.cost_micros, 0)


def test_a_try_that_failed_gives_back_its_own_and_not_the_other_worker_s(cast, on, monkeypatch):
    kept = []

    def does(question):
        other = taken_over(question.task)
        kept.append(spending.reserve(other, transcript.messages(other), question.parameters))
        assert BudgetReservation.objects.count() == 2
        raise TimeoutError

    meanwhile(monkeypatch, does)
    with on("Done."):
        task = queued(cast)
        one = set_budget(cast.lea, of_team(cast.support), DOLLAR)
        loop.run(task.pk)
    assert sums(one) == (0, kept[0].micros)
    assert BudgetReservation.objects.get().call == kept[0].call


def test_an_answer_that_trickles_in_does_not_outlast_the_lease(cast, on, monkeypatch):
    """Each byte of it comes in time."""
    assert timedelta(seconds=spending.TIMEOUT) < LEASE
    monkeypatch.setattr(spending, "TIMEOUT", 0.4)
    with on(Raw(b"{}", drips=600)):
        task, began = queued(cast, max_seconds=10), time.monotonic()
        run(task)
    assert time.monotonic() - began < 15
    assert (task.state, "did not answer (not within 0.4 s, " in task.why()) == (
        TaskState.FAILED,
        True,
    )
