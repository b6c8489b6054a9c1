"""Asks and their answers. One answer wins; the others are told."""

import hashlib
import json
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals.models import Approval
from agents.events import Event
from agents.grants.models import Grant
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from portal.audit.record import PORTAL, action, detail
from portal.people.models import Person

OPEN_FOR = timedelta(hours=24)


def binding(call: Call, grant: Grant) -> str:
    """What an approval is bound to: a digest of {capability, connection, arguments, grant and version, task}."""
    bound = [call.capability, call.connection_id, call.arguments, grant.pk, grant.version, call.task_id]
    return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()


def open_ask(call: Call, grant: Grant) -> Approval:
    """The ask of a call that was just decided (inside the gate's transaction; its entry is the decision's)."""
    return Approval.objects.create(
        call=call, digest=binding(call, grant), expires_at=timezone.now() + OPEN_FOR
    )


def answer(actor: Person, approval: Approval, *, yes: bool, note: str = "") -> Approval:
    """Say yes or no to one call. Raises ValidationError when it is answered, overdue, or no longer needed."""
    return (approve if yes else refuse)(actor, approval, note=note)


@action(Event.APPROVAL_APPROVED)
def approve(actor: Person, approval: Approval, *, note: str = "") -> Approval:
    return _answer(actor, approval, Approval.State.APPROVED, note)


@action(Event.APPROVAL_REFUSED)
def refuse(actor: Person, approval: Approval, *, note: str = "") -> Approval:
    return _answer(actor, approval, Approval.State.REFUSED, note)


@action(Event.APPROVAL_EXPIRED)
def expire(actor: str, approval: Approval) -> Approval:
    """Nobody answered: that means no, and the task goes on."""
    return _close(approval, Approval.State.EXPIRED)


def _answer(actor: Person, approval: Approval, state: Approval.State, note: str) -> Approval:
    now = timezone.now()
    _lock(approval)
    closed = Approval.objects.open(now).filter(pk=approval.pk, call__task__person=actor)
    if not closed.update(state=state, answered_by=actor, answered_at=now, note=note[:500]):
        approval.refresh_from_db()
        raise ValidationError(_why_closed(approval))
    detail(task=approval.call.task_id)
    return _go_on(actor, approval)


def _close(approval: Approval, state: Approval.State) -> Approval:
    _lock(approval)
    if not Approval.objects.filter(pk=approval.pk, state=Approval.State.OPEN).update(state=state):
        raise ValidationError("This ask is closed already.")
    return _go_on(PORTAL, approval)


def _lock(approval: Approval) -> Task:
    """The ask's task, locked before the ask is: in the order of all who change both."""
    return Task.objects.select_for_update(of=("self",)).get(calls=approval.call_id)


def _go_on(actor: Person | str, approval: Approval) -> Approval:
    """The task returns to the queue with the last of its open asks."""
    approval.refresh_from_db()
    task = _lock(approval)
    waiting = Approval.objects.filter(call__task=task, state=Approval.State.OPEN).exists()
    if task.state == TaskState.WAITING and not waiting:
        tasks.resume(actor, task, why="every ask is answered")
    return approval


def _why_closed(approval: Approval) -> str:
    match approval.state:
        case Approval.State.APPROVED | Approval.State.REFUSED:
            word = "allowed" if approval.state == Approval.State.APPROVED else "refused"
            return f"{approval.answered_by} has {word} this already."
        case Approval.State.DEAD:
            return "The task has ended or changed; this ask is no longer needed."
    return "The time for an answer is over. That meant no; the task went on."
