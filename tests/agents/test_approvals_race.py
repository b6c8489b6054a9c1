"""Answers at the same moment: one wins and the others are told; a yes never outlives the grant it was given under."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from agents.approvals import actions as approvals
from agents.approvals.actions import cancel_asks
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.connectors.chat.models import ChatMessage
from agents.grants.models import Grant
from agents.lifecycle.grants import revoke_grant
from agents.permissions import ConnectionPermission
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.reasons import because, render_reason
from tests.agents import transcripts
from tests.agents.asking import again, asked, running
from tests.agents.at_once import at_once, while_open

pytestmark = pytest.mark.django_db(transaction=True)
A = Approval.State


def fresh(ask: Approval) -> Approval:
    return Approval.objects.get(pk=ask.pk)


def test_of_two_second_persons_one_wins_and_the_other_is_told_who(cast):
    task, room = running(cast, second_person=True)
    ask = asked(task, room)
    connections.give(cast.ada, room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    ends = at_once(
        lambda: approvals.answer(cast.ada, fresh(ask), yes=True),
        lambda: approvals.answer(cast.lea, fresh(ask), yes=False),
    )
    (told,) = [end for end in ends if isinstance(end, ValidationError)]
    (won,) = [end for end in ends if isinstance(end, Approval)]
    word = "allowed" if won.state == A.APPROVED else "refused"
    assert told.messages == [f"{won.answered_by} has {word} this already."]
    assert fresh(ask).answered_by == won.answered_by
    assert again(ask).state == (Call.State.DONE if won.state == A.APPROVED else Call.State.REFUSED)
    assert ChatMessage.objects.count() == (won.state == A.APPROVED)


def test_a_yes_that_came_before_the_revocation_has_no_effect_after_it(cast):
    task, room = running(cast)
    ask = asked(task, room)
    _, revoked = while_open(
        lambda: approvals.answer(cast.mia, fresh(ask), yes=True),
        lambda: revoke_grant(cast.ada, ask.call.grant),
    )
    assert not isinstance(revoked, Exception)
    assert fresh(ask).state == A.APPROVED
    assert again(ask).state == Call.State.DENIED
    assert not ChatMessage.objects.exists()


def test_a_yes_while_the_grant_is_revoked_waits_and_finds_the_ask_dead(cast):
    task, room = running(cast)
    ask = asked(task, room)
    _, told = while_open(
        lambda: revoke_grant(cast.ada, ask.call.grant),
        lambda: approvals.answer(cast.mia, fresh(ask), yes=True),
    )
    assert "The grant it needs was revoked." in told.messages[0]
    assert fresh(ask).state == A.CANCELLED
    assert Task.objects.get(pk=task.pk).state == TaskState.QUEUED
    assert again(ask).state == Call.State.REFUSED
    assert not ChatMessage.objects.exists()


def test_approve_and_revoke_at_once_never_leaves_an_effect_after_the_revocation(cast):
    task, room = running(cast)
    ask = asked(task, room)
    ends = at_once(
        lambda: approvals.answer(cast.mia, fresh(ask), yes=True),
        lambda: revoke_grant(cast.ada, ask.call.grant),
    )
    assert not isinstance(ends[1], Exception)
    assert fresh(ask).state in {A.APPROVED, A.CANCELLED}
    assert again(ask).state in {Call.State.DENIED, Call.State.REFUSED}
    assert not ChatMessage.objects.exists()


def test_an_ask_made_while_its_grant_is_revoked_is_dead_and_its_task_does_not_wait(cast):
    task, room = running(cast)
    call = asked(task, room).call
    decided_on = call.grant
    Approval.objects.all().delete()

    def made() -> Approval:
        with transaction.atomic():  # the gate's
            return approvals.open_ask(call, decided_on)

    _, born = while_open(lambda: revoke_grant(cast.ada, Grant.objects.get(pk=decided_on.pk)), made)
    assert (born.state, render_reason(born.why_dead)) == (A.CANCELLED, "The grant ended or changed.")


def test_two_burials_of_several_tasks_do_not_wait_for_each_other_forever(cast):
    task, room = running(cast)
    asks = [asked(task, room)]
    for number in range(3):
        other = transcripts.running(cast.mia, task.agent)
        asks.append(asked(other, room, said=f"Round {number}"))
    ends = at_once(*[lambda: cancel_asks(Approval.objects.all(), why=because("task_ended"))] * 4)
    assert sorted(ends) == [0, 0, 0, 4]
    assert {fresh(ask).state for ask in asks} == {A.CANCELLED}
