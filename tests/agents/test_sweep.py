"""The sweep: what was lost is sent again, what is abandoned taken over, what is overdue closed, whatever is broken."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.grants.models import Grant
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import claim_task, park_task
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.runtime import loop
from agents.runtime.transcript import Transcript
from agents.sweep import send, sweep
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.reasons import because
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, scene
from tests.agents.queues import forget, own_queue, sent
from tests.roles import superuser

S = TaskState


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def ago(**span: float):
    return timezone.now() - timedelta(**span)


def state(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


@pytest.mark.django_db(transaction=True)
def test_a_message_that_was_lost_is_sent_again_but_not_at_once(cast):
    with own_queue():
        agent, _ = builders.triage(cast)
        task = tasks.queue(cast.mia, agent, instruction="Sort the inbox")
        assert sent() == [("agents.run", [task.pk])]
        forget()
        send()
        assert sent() == []
        Task.objects.update(sent_at=ago(seconds=11))
        send()
        send()
        assert sent() == [("agents.run", [task.pk])]
        loop.run(task.pk)
        Task.objects.update(sent_at=ago(seconds=11))
        forget()
        send()
        assert sent() == []


@pytest.mark.django_db(transaction=True)
def test_of_a_long_queue_only_what_is_next_is_sent_again(cast, monkeypatch):
    monkeypatch.setattr("agents.sweep.NEXT", 2)
    with own_queue():
        agent, _ = builders.triage(cast)
        every = [tasks.queue(cast.mia, agent, instruction=f"Task {n}").pk for n in range(4)]
        forget()
        for _ in range(3):
            Task.objects.update(sent_at=ago(minutes=9))
            send()
        assert sent() == [("agents.run", [pk]) for pk in every[:2]]  # the rest only waits for workers
        forget()
        for pk in every[:2]:
            assert claim_task(pk, worker="w")
        send()
        assert [arguments for _, arguments in sent()] == [[pk] for pk in every[2:]]


@pytest.mark.django_db
def test_a_task_whose_worker_is_gone_is_taken_over_and_finished(cast):
    agent, _ = builders.triage(cast, {"Hello": "Where is my order?", "Invoice 7": "Please pay."}, opened=True)
    task = transcripts.running(cast.mia, agent)
    assert loop._step(task, Transcript(task)) is False  # it has listed the mailbox
    sweep()
    assert state(task) == S.RUNNING
    Task.objects.update(lease_until=ago(seconds=1))
    sweep()
    assert state(task) == S.QUEUED
    loop.run(task.pk)
    task.refresh_from_db()
    assert task.state == S.SUCCEEDED
    assert task.calls.filter(capability="mail.list").count() == 1
    assert [one.number for one in task.steps.order_by("number")] == list(range(1, task.steps_done + 1))
    resumed = Entry.objects.get(event="task.resumed")
    assert (resumed.actor_name, resumed.details["why"]) == (PORTAL, because("worker_gone"))


@pytest.mark.django_db
def test_a_worker_that_died_before_its_first_step_is_replaced_too(here):
    Task.objects.update(state=S.CLAIMED, lease_until=ago(seconds=1))
    sweep()
    assert state(here.task) == S.QUEUED


@pytest.mark.django_db
def test_a_worker_that_comes_back_in_time_keeps_its_task(here):
    Task.objects.update(lease_until=ago(seconds=1))
    abandoned = Task.objects.abandoned().get()
    tasks.renew(here.task, timedelta(seconds=1))
    with pytest.raises(Lost):
        tasks.resume(PORTAL, abandoned, why=because("worker_gone"))
    assert state(here.task) == S.RUNNING


@pytest.mark.django_db
def test_an_ask_without_an_answer_is_closed_once_and_the_task_goes_on(here):
    here.post()
    park_task(here.task, counts={})
    sweep()
    assert state(here.task) == S.WAITING
    Approval.objects.update(expires_at=ago(seconds=1))
    overdue = Approval.objects.overdue().get()
    sweep()
    with pytest.raises(ValidationError):
        approvals.expire(PORTAL, overdue)  # another sweep that looked at the same moment
    assert Approval.objects.get().state == Approval.State.EXPIRED
    assert state(here.task) == S.QUEUED
    assert Entry.objects.filter(event="approval.expired").count() == 1


@pytest.mark.django_db
def test_only_the_last_closed_ask_lets_the_task_go_on(here):
    first, second = here.post(), here.post("Hello again")
    park_task(here.task, counts={})
    Approval.objects.filter(call=first).update(expires_at=ago(seconds=1))
    sweep()
    assert state(here.task) == S.WAITING
    approvals.answer(here.cast.mia, second.approval, yes=False)
    assert state(here.task) == S.QUEUED


@pytest.mark.django_db
def test_grants_and_requests_past_their_end_are_closed_once(here):
    mine, revoked = here.grant("mail.read"), here.grant("mail.move")
    revoke_grant(here.cast.ada, revoked)
    Grant.objects.filter(capability="mail.draft").update(state=Grant.State.REQUESTED)
    Grant.objects.update(ends_at=ago(seconds=1))
    Grant.objects.filter(capability="mail.list").update(ends_at=timezone.now() + timedelta(days=1))
    sweep()
    sweep()
    states = dict(Grant.objects.values_list("capability", "state"))
    assert states.pop("mail.list") == Grant.State.ACTIVE
    assert states.pop("mail.move") == Grant.State.REVOKED
    assert set(states.values()) == {Grant.State.EXPIRED}
    assert Entry.objects.filter(event="grant.expired", target_id=mine.pk).count() == 1


@pytest.mark.django_db
def test_a_broken_row_does_not_keep_the_others(here, caplog):
    broken = here.grant("mail.list")
    Grant.objects.update(ends_at=ago(seconds=1))
    Task.objects.update(lease_until=ago(seconds=1))
    with superuser(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'broken'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse BEFORE UPDATE ON agents_grant FOR EACH ROW"
            f" WHEN (old.id = {broken.pk}) EXECUTE FUNCTION refuse()"
        )
    sweep()
    left = Grant.objects.filter(state=Grant.State.ACTIVE)
    assert list(left) == [broken]
    assert state(here.task) == S.QUEUED
    assert f"Grant {broken.pk} is broken; the others go on" in caplog.text
