"""The life of a task: what may follow what, through every verb, and whose it is meanwhile."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connectors.base import Result
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.tasks import cancel_task, claim_task, fail_task, finish_task, park_task
from agents.queue import actions
from agents.queue.claims import LEASE
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.queue.states import ENDED, TRANSITIONS, UNDER_WAY, TaskState
from agents.registry import actions as registry
from agents.runtime import loop
from portal.audit.models import Entry
from portal.reasons import because
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import scene, strange
from tests.agents.scripted import MODEL, on

pytestmark = pytest.mark.django_db
__all__ = ["on"]
S = TaskState


@pytest.fixture
def agent(cast):
    return builders.agent(cast.mia, cast.support)


@pytest.fixture
def task(cast, agent) -> Task:
    return transcripts.running(cast.mia, agent)


def in_state(task: Task, state: TaskState) -> Task:
    Task.objects.filter(pk=task.pk).update(state=state)
    task.refresh_from_db()
    return task


def test_a_task_moves_along_the_table_and_nowhere_else(task):
    for before in TaskState:
        for after in TaskState:
            in_state(task, before)
            moved = Task.objects.filter(pk=task.pk).move(after)
            task.refresh_from_db()
            allowed = after in TRANSITIONS[before]
            assert (moved, task.state) == ((1, after) if allowed else (0, before)), (before, after)


def test_an_ended_task_stays_ended():
    assert {S.SUCCEEDED, S.FAILED, S.CANCELLED, S.EXPIRED} == ENDED
    assert set(TaskState) == UNDER_WAY | ENDED


VERBS = {
    "claim": (lambda t: claim_task(t.pk, worker="w"), {S.QUEUED: S.RUNNING}),
    "finish": (
        lambda t: finish_task("a", t, result="r", counts={}),
        dict.fromkeys((S.RUNNING, S.WAITING), S.SUCCEEDED),
    ),
    "fail": (
        lambda t: fail_task("a", t, reason=because("portal_broke"), counts={}),
        dict.fromkeys(UNDER_WAY, S.FAILED),
    ),
    "resume": (
        lambda t: actions.resume("a", t, why=because("worker_gone")),
        dict.fromkeys((S.CLAIMED, S.RUNNING, S.WAITING), S.QUEUED),
    ),
    "cancel": (lambda t: cancel_task(t.person, t), dict.fromkeys(UNDER_WAY, S.CANCELLED)),
}


@pytest.mark.parametrize("before", TaskState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_keeps_to_the_table_and_says_what_it_did(task, verb, before):
    doing, follows = VERBS[verb]
    in_state(task, before)
    entries = Entry.objects.count()
    try:
        done = doing(task) is not None
    except (Lost, ValidationError):
        done = False
    task.refresh_from_db()
    assert task.state == follows.get(before, before)
    assert done == (before in follows)
    # A task that is stopped has a stop, whose confirmation is an entry of its own.
    confirmed = Entry.objects.filter(event="stop.confirmed").count()
    assert Entry.objects.count() == entries + done + confirmed
    assert confirmed == (done and verb == "cancel")
    if task.state in ENDED and done:
        assert task.finished_at


def test_only_what_asks_is_parked(cast):
    here = scene(cast)
    assert park_task(here.task, counts={}) is False
    here.post()
    assert park_task(here.task, counts={"read": 2}) is True
    task = Task.objects.get(pk=here.task.pk)
    assert (task.state, task.worker, task.lease_until, task.counts) == (S.WAITING, "", None, {"read": 2})
    with pytest.raises(Lost):
        park_task(here.task, counts={})


def test_a_task_takes_its_limits_from_the_agent_as_they_are(cast, agent):
    task = actions.queue(cast.mia, agent, instruction="  Sort\x00 it \ud800 ")
    limits = (agent.max_steps, agent.max_tokens)
    registry.edit(cast.mia, agent, max_steps=3)
    task.refresh_from_db()
    assert task.instruction == "Sort� it �"
    assert (task.state, task.max_steps, task.max_tokens) == (S.QUEUED, *limits)


@pytest.mark.parametrize(
    ("text", "why"), [("", "blank"), (" \n ", "blank"), ("x" * 20_001, "at most 20,000")]
)
def test_an_instruction_has_words_but_not_too_many(cast, agent, text, why):
    with pytest.raises(ValidationError, match=why):
        actions.queue(cast.mia, agent, instruction=text)
    assert not Task.objects.exists()
    assert not Entry.objects.filter(event="task.queued").exists()


def test_an_agent_that_does_not_work_takes_no_tasks(cast, agent):
    pause_agent(cast.mia, agent)
    with pytest.raises(ValidationError, match="cannot take tasks"):
        actions.queue(cast.mia, agent, instruction="Sort it")


def test_work_keeps_the_lease_and_is_added_up(task):
    Task.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
    actions.renew(task, timedelta(seconds=1.5))
    actions.renew(task, timedelta(seconds=2))
    task.refresh_from_db()
    assert task.seconds_worked == 3.5
    assert timedelta(0) <= LEASE - (task.lease_until - timezone.now()) < timedelta(seconds=30)


@pytest.mark.parametrize(
    "change",
    [
        {"claim": F("claim") + 1},
        {"state": S.QUEUED},
        {"state": S.CANCELLED},
        {"cancel_requested_at": timezone.now()},
    ],
)
def test_a_worker_learns_that_the_task_is_not_its_any_more(task, change):
    Task.objects.update(**change)
    with pytest.raises(Lost):
        actions.renew(task, timedelta(seconds=1))


def test_a_worker_that_was_thought_dead_cannot_end_what_another_works_on(task):
    Task.objects.update(claim=F("claim") + 1)
    for verb in (
        lambda: finish_task("a", task, result="mine", counts={}),
        lambda: fail_task("a", task, reason=because("portal_broke"), counts={}),
    ):
        with pytest.raises(Lost):
            verb()
    task.refresh_from_db()
    assert (task.state, task.result, task.reason) == (S.RUNNING, "", {})


def test_a_task_cancelled_in_the_middle_of_a_step_does_nothing_more(cast, on, monkeypatch):
    here = scene(cast)
    connector, _ = strange(cast, here.agent, monkeypatch)
    registry.go_live(cast.ada, registry.edit(cast.mia, here.agent, model=MODEL))
    task = builders.unnarrowed(actions.queue(cast.mia, here.agent, instruction="Write three times"))

    def cancels(context):
        cancel_task(cast.mia, Task.objects.get(pk=task.pk))
        return Result(None, "Wrote")

    connector.performs = cancels
    with on([("strange_write", {"text": str(n)}) for n in range(3)], "never asked") as model:
        loop.run(task.pk)
    task.refresh_from_db()
    assert task.state == S.CANCELLED
    assert [row.state for row in task.calls.all()] == [Call.State.DONE]
    assert len(model.requests) == len(connector.done) == 1
    assert not Approval.objects.exists()
