"""Workers and people at the same moment: one worker has a task, no answer strands it, nobody waits for the other."""

import json

import pytest
from django.core.exceptions import ValidationError

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.lifecycle.tasks import cancel_task, claim_task, park_task
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.stops.models import Stop
from agents.sweep import sweep
from portal.audit.models import Entry
from tests import builders
from tests.agents.at_once import at_once, python, while_open
from tests.agents.gated import Scene, scene

pytestmark = pytest.mark.django_db(transaction=True)
S = TaskState
CLAIMS = """
import json, os
from agents.lifecycle.tasks import claim_task
print("ready", flush=True)
ids = json.loads(input())
print(json.dumps([pk for pk in ids if claim_task(pk, worker=str(os.getpid()))]), flush=True)
"""


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def state(here: Scene) -> str:
    return Task.objects.get(pk=here.task.pk).state


def test_of_workers_in_processes_of_their_own_one_gets_each_task(cast):
    agent = builders.agent(cast.mia, cast.support)
    every = [tasks.queue(cast.mia, agent, instruction=f"Task {n}").pk for n in range(40)]
    workers = [python(CLAIMS) for _ in range(3)]
    try:
        for one in workers:
            assert one.stdout.readline() == "ready\n"
        for one in workers:
            one.stdin.write(json.dumps(every) + "\n")
            one.stdin.flush()
        won = [json.loads(one.stdout.readline()) for one in workers]
    finally:
        for one in workers:
            one.communicate(timeout=20)
    assert sorted(pk for ids in won for pk in ids) == every
    for one, ids in zip(workers, won, strict=True):
        assert set(Task.objects.filter(worker=str(one.pid)).values_list("pk", flat=True)) == set(ids)
    assert Entry.objects.filter(event="task.claimed").count() == 40


def test_an_answer_while_the_task_is_being_parked_waits_and_then_sends_it_on(here):
    ask = here.post().approval
    parked, _ = while_open(
        lambda: park_task(here.task, counts={}), lambda: approvals.answer(here.cast.mia, ask, yes=True)
    )
    assert parked is True
    assert state(here) == S.QUEUED


def test_a_park_while_the_answer_is_being_given_waits_and_then_does_not_park(here):
    ask = here.post().approval
    _, parked = while_open(
        lambda: approvals.answer(here.cast.mia, ask, yes=True), lambda: park_task(here.task, counts={})
    )
    assert parked is False
    assert state(here) == S.RUNNING


def test_however_they_meet_the_task_is_never_stranded(here):
    for number in range(8):
        ask = here.post("Hello" + "!" * number).approval
        parked, answered = at_once(
            lambda: park_task(here.task, counts={}),
            lambda ask=ask, yes=bool(number % 2): approvals.answer(here.cast.mia, ask, yes=yes),
        )
        assert not isinstance(answered, Exception)
        assert state(here) == (S.QUEUED if parked is True else S.RUNNING)
        if parked is True:
            here.task = claim_task(here.task.pk, worker="next")


def test_of_two_answers_at_once_the_first_counts_and_the_second_is_told(here):
    ask = here.post().approval
    park_task(here.task, counts={})
    ends = at_once(
        lambda: approvals.answer(here.cast.mia, ask, yes=True),
        lambda: approvals.answer(here.cast.mia, Approval.objects.get(pk=ask.pk), yes=False),
    )
    refused = [end for end in ends if isinstance(end, ValidationError)]
    assert len(refused) == 1
    assert "Mia Park has" in refused[0].messages[0]
    assert state(here) == S.QUEUED
    assert Entry.objects.filter(event__in=["approval.approved", "approval.refused"]).count() == 1


def test_an_answer_and_a_cancellation_at_once_do_not_wait_for_each_other(here):
    for number in range(6):
        ask = here.post("Hello" + "!" * number).approval
        park_task(here.task, counts={})
        answered, cancelled = at_once(
            lambda ask=ask: approvals.answer(here.cast.mia, ask, yes=True),
            lambda: cancel_task(here.cast.mia, Task.objects.get(pk=here.task.pk)),
        )
        assert isinstance(cancelled, Task), cancelled
        assert isinstance(answered, Approval | ValidationError), answered
        assert state(here) == S.CANCELLED
        Task.objects.update(state=S.QUEUED, cancel_requested_at=None)
        Stop.objects.all().delete()
        here.task = claim_task(here.task.pk, worker="next")


def test_two_sweeps_at_once_do_everything_once(here):
    here.post()
    park_task(here.task, counts={})
    Approval.objects.update(expires_at=here.task.created_at)
    assert at_once(sweep, sweep, sweep) == [None] * 3
    assert state(here) == S.QUEUED
    assert Entry.objects.filter(event="approval.expired").count() == 1
    assert Entry.objects.filter(event="task.resumed").count() == 1
