"""An ask is dead the moment that anything it is bound to changes, and its buttons with it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.actions import cancel_asks
from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.grants import expire_grant, revoke_grant, suspend_grant
from agents.lifecycle.tasks import claim_task, park_task
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from agents.stops.models import Stop
from agents.sweep import sweep
from portal.audit.models import Entry
from portal.people.models import Person
from portal.reasons import because, render_reason
from tests import builders
from tests.agents.gated import Scene, scene
from tests.cast import as_

pytestmark = pytest.mark.django_db
A = Approval.State


@pytest.fixture
def here(cast) -> Scene:
    made = scene(cast)
    made.grant("mail.draft").delete()
    builders.grant(made.agent, made.box, "mail.draft", by=cast.ada, terms=Terms(always_ask=True))
    made.grant("chat.post").delete()
    builders.grant(made.agent, made.chat, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    return made


def parked(here: Scene, *calls: Call) -> list[Approval]:
    assert park_task(here.task, counts={})
    return [Approval.objects.get(call=call) for call in calls]


ENDS = {
    "revoked": (lambda s, g: revoke_grant(s.cast.ada, g), "The grant it needs was revoked."),
    "suspended": (
        lambda s, g: suspend_grant(s.cast.ada, g, cause=because("declared_anew")),
        "The grant it needs was suspended.",
    ),
    "expired": (lambda s, g: expire_grant("Agent Portal", g), "The grant it needs has ended."),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_dies_with_its_grant_and_the_task_goes_on_with_a_no(here, how):
    happens, why = ENDS[how]
    (ask,) = parked(here, here.post())
    happens(here, here.grant("chat.post"))
    ask.refresh_from_db()
    assert (ask.state, render_reason(ask.why_dead)) == (A.CANCELLED, why)
    assert Task.objects.get(pk=here.task.pk).state == TaskState.QUEUED
    (entry,) = Entry.objects.filter(event="approval.dead")
    told = {"task": here.task.pk, "why": ask.why_dead, "agent": "Inbox triage"}
    told |= {"capability": "chat.post", "connection": "Portal chat"}
    assert (entry.target_id, entry.details) == (ask.pk, told)
    with pytest.raises(ValidationError, match="no longer needed"):
        approvals.answer(here.cast.mia, ask, yes=True)
    task = claim_task(here.task.pk, "another")
    here.task = task
    row = here.again(ask.call)
    assert row.state == Call.State.REFUSED
    assert why in row.outcome


def test_other_asks_of_the_task_are_still_waited_for(here):
    _, draft = parked(here, here.post(), here.draft())
    revoke_grant(here.cast.ada, here.grant("chat.post"))
    draft.refresh_from_db()
    assert draft.state == A.OPEN
    assert Task.objects.get(pk=here.task.pk).state == TaskState.WAITING
    assert cancel_asks(Approval.objects.all(), why=because("task_ended")) == 1
    assert Task.objects.get(pk=here.task.pk).state == TaskState.QUEUED
    assert cancel_asks(Approval.objects.all(), why=because("task_ended")) == 0


def test_what_was_answered_stays_as_it_was(here):
    (ask,) = parked(here, here.post())
    approvals.answer(here.cast.mia, ask, yes=False, note="no")
    assert cancel_asks(Approval.objects.all(), why=because("task_ended")) == 0
    ask.refresh_from_db()
    assert (ask.state, ask.why_dead) == (A.REFUSED, {})


def test_an_ask_under_a_grant_that_ended_meanwhile_is_dead_from_the_beginning(here):
    row = here.post()
    Approval.objects.all().delete()
    grant = row.grant
    revoke_grant(here.cast.ada, here.grant("chat.post"))
    born = approvals.open_ask(row, grant, origins=[{"argument": "to"}])
    assert (born.state, render_reason(born.why_dead)) == (A.CANCELLED, "The grant ended or changed.")
    assert "The grant ended or changed." in here.again(row).outcome


def test_an_ask_nobody_answers_expires_and_the_task_says_so(here):
    (ask,) = parked(here, here.post())
    Approval.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sweep()
    ask.refresh_from_db()
    assert ask.state == A.EXPIRED
    here.task = claim_task(here.task.pk, "another")
    assert here.again(ask.call).outcome == "Nobody answered in time, which means no."
    shown = as_(here.cast.mia).get(here.task.get_absolute_url()).content.decode()
    assert "Nobody answered in time" in shown


CHANGES = {
    "revoked": (lambda s, a: Grant.objects.filter(pk=a.call.grant_id).update(state="revoked"), "was revoked"),
    "ended": (
        lambda s, a: Grant.objects.filter(pk=a.call.grant_id).update(ends_at=timezone.now()),
        "has ended",
    ),
    "another version": (
        lambda s, a: Grant.objects.filter(pk=a.call.grant_id).update(version=9),
        "has changed",
    ),
    "spent": (lambda s, a: Grant.objects.filter(pk=a.call.grant_id).update(max_uses=1, used=1), "are spent"),
    "other arguments": (
        lambda s, a: Call.objects.filter(pk=a.call_id).update(arguments={"to": "x"}),
        "has changed",
    ),
    "removed": (lambda s, a: Connection.objects.filter(pk=s.chat.pk).update(state="removed"), "is removed"),
    "paused": (lambda s, a: Agent.objects.filter(pk=s.agent.pk).update(state="paused"), "Inbox triage is"),
    "owner left": (
        lambda s, a: Person.objects.filter(pk=s.agent.owner_id).update(is_active=False),
        "this task is for has left",
    ),
    "stopped": (
        lambda s, a: Stop.objects.create(
            scope=Stop.Scope.CONNECTION, connection=s.chat, set_by=s.cast.ada, why="leak"
        ),
        "stopped by Ada Osei: leak",
    ),
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_nobody_closed_in_time_has_no_buttons_and_takes_no_answer(here, how):
    """The rows changed behind the ask's back: the page looks again, and so does the answer, under its lock."""
    change, why = CHANGES[how]
    (ask,) = parked(here, here.post())
    url = reverse("approvals:answer", args=[ask.pk])
    mia = as_(here.cast.mia)
    assert url in mia.get(ask.get_absolute_url()).content.decode()
    change(here, ask)
    if how == "owner left":  # the task's person here is the owner; they can look no more
        with pytest.raises(ValidationError, match=why):
            approvals.answer(here.cast.mia, ask, yes=True)
    else:
        shown = mia.get(ask.get_absolute_url()).content.decode()
        assert url not in shown
        assert why in shown
        ask.refresh_from_db()
        assert ask.state == A.OPEN  # looking writes nothing
        assert why in mia.post(url, {"answer": "yes"}, follow=True).content.decode()
    ask.refresh_from_db()
    assert ask.state == A.CANCELLED
    assert why in render_reason(ask.why_dead)
    assert Task.objects.get(pk=here.task.pk).state == TaskState.QUEUED
