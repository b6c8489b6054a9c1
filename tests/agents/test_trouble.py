"""Passing trouble of a mailbox or a model: the task waits without a worker and goes on by itself, within its time."""

import fcntl
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from agents.connectors import confined
from agents.connectors.mail import maildir
from agents.lifecycle.tasks import cancel_task, claim_task
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.runtime import loop
from agents.sweep import send
from portal.audit.models import Entry
from tests.agents.scripted import on, queued, run, tool_results
from tests.cast import as_
from tests.openai_server import Raw

pytestmark = pytest.mark.django_db
__all__ = ["on"]
S = TaskState


def box_of(task: Task) -> Path:
    return Path(task.agent.grants.get(capability="mail.label").connection.settings["path"])


def label(task: Task) -> list[tuple[str, dict]]:
    """What the model wants: a label on the one message."""
    (file,) = [*(box_of(task) / "new").iterdir(), *(box_of(task) / "cur").iterdir()]
    return [("mail_label", {"message": file.name.partition(":")[0], "label": "Hello"})]


def once(task: Task) -> Task:
    """One go, now."""
    Task.objects.filter(pk=task.pk).update(due_at=Now())
    loop.run(task.pk)
    task.refresh_from_db()
    return task


@pytest.fixture
def busy(monkeypatch):
    """Somebody else has the mailbox, until the lock is closed."""
    monkeypatch.setattr(maildir, "LOCK_WAITS", 0.0)
    held = []

    def hold(task: Task) -> None:
        held.append(os.open(box_of(task) / maildir.LOCK, os.O_RDWR | os.O_CREAT, 0o600))
        fcntl.flock(held[0], fcntl.LOCK_EX)

    yield hold, lambda: os.close(held.pop())
    for descriptor in held:
        os.close(descriptor)


def test_a_mailbox_that_is_busy_is_tried_again_and_the_model_is_not_told(cast, on, busy):
    hold, free = busy
    task = queued(cast)
    grant = task.agent.grants.get(capability="mail.label")
    hold(task)
    with on(label(task), "Labelled.") as model:
        once(task)
        assert (task.state, task.tag.word, task.worker) == (S.QUEUED, "tried again later", "")
        assert (task.tries, task.seconds_waited, len(model.requests)) == (1, 1.0, 1)
        assert task.due_at > timezone.now()
        assert task.calls.get().state == Call.State.LATER
        grant.refresh_from_db()
        assert grant.used == 0
        text = as_(cast.mia).get(task.get_absolute_url()).text
        assert "It is tried again" in text
        assert "The mailbox is busy." in text
        assert as_(cast.mia).get(reverse("queue:list")).text.count("tried again later") == 1
        once(task)
        assert (task.tries, task.seconds_waited, len(model.requests)) == (2, 3.0, 1)
        free()
        once(task)
        told = tool_results(model)
    assert (task.state, task.result, task.tries, task.waits) == (S.SUCCEEDED, "Labelled.", 0, {})
    assert [result["status"] for result in told] == ["done"]
    grant.refresh_from_db()
    assert grant.used == 1
    events = [
        e for e in Entry.objects.order_by("id").values_list("event", flat=True) if e.startswith("call.")
    ]
    assert events == ["call.allowed", "call.put_off", "call.allowed", "call.put_off", "call.allowed"]


def test_when_the_time_for_it_is_used_up_the_model_is_told(cast, on, busy):
    task = queued(cast, max_seconds=60)
    busy[0](task)
    with on(label(task), "It was busy all the time.") as model:
        run(task)
        told = tool_results(model)
    assert (task.state, task.result) == (S.SUCCEEDED, "It was busy all the time.")
    assert told == [{"status": "failed", "reason": "The mailbox is busy."}]
    assert 20 < task.seconds_waited < 40  # half of it is left for the rest


def test_a_full_disk_is_waited_for_and_leaves_nothing_behind(cast, on, monkeypatch):
    task = queued(cast)
    wanted, box = label(task), box_of(task)
    (box / "dovecot-uidlist").touch()
    before, fsync = sorted(box.rglob("*")), os.fsync

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with on(wanted, "Labelled."):
        monkeypatch.setattr(confined.os, "fsync", full)
        once(task)
        assert (task.state, task.put_off) == (S.QUEUED, True)
        assert "no space left" in task.put_off_because()
        assert [path for path in sorted(box.rglob("*")) if path.name != maildir.LOCK] == before
        monkeypatch.setattr(confined.os, "fsync", fsync)
        assert once(task).state == S.SUCCEEDED
    assert [path.name.endswith("a") for path in (box / "cur").iterdir()] == [True]


def test_who_stops_the_task_meanwhile_stops_the_call(cast, on, busy):
    hold, free = busy
    task = queued(cast)
    hold(task)
    with on(label(task)):
        once(task)
        cancel_task(cast.mia, task)
        free()
        once(task)
    row = task.calls.get()
    assert (task.state, row.state, row.outcome) == (S.CANCELLED, Call.State.FAILED, "The mailbox is busy.")
    assert row.finished_at is not None


def test_a_model_that_is_overloaded_is_asked_when_it_said(cast, on):
    reply = Raw(b'{"error": {"message": "slow down"}}', 429, headers={"Retry-After": "40"})
    with on(reply) as model:
        task = once(queued(cast))
        assert (task.state, task.seconds_waited, len(model.requests)) == (S.QUEUED, 40.0, 1)
        assert timedelta(seconds=35) < task.due_at - timezone.now() <= timedelta(seconds=40)
        assert "does not answer (HTTP 429)" in task.put_off_because()
        loop.run(task.pk)  # a message that comes too early
        assert claim_task(task.pk, "early") is None
        assert len(model.requests) == 1
        Task.objects.filter(pk=task.pk).update(max_seconds=75)
        assert once(task).state == S.FAILED  # it says longer than what is left of the task's time
    assert "did not answer (HTTP 429, 2 times)" in task.why()


def test_what_is_due_is_sent_once_although_its_message_is_lost(cast, on, monkeypatch):
    with on("never said", failures=1):
        task = once(queued(cast))
    messages = []
    monkeypatch.setattr("agents.sweep.later", lambda *given: messages.append(given))
    send()
    assert messages == []
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    send()
    send()
    assert messages == [("agents.run", task.pk)]
    task.refresh_from_db()
    assert (task.state, task.put_off) == (S.QUEUED, False)
