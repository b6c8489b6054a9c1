"""Calls that ended *unknown*: a person looks again and says what happened. The first answer counts.

An answer is taken while no worker has the task, so that whoever goes on with it reads what was said. Once the task has
ended an answer is only for the record: nothing is done any more.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Thread

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F
from django.utils import timezone

from agents.approvals.answering import ON_PAGE
from agents.approvals.unclear import Unclear
from agents.approvals.waiting import go_on, locked
from agents.connectors.results import Awaited, Result
from agents.events import Event
from agents.gate import performing
from agents.gate.awaiting import against_look, facts_to_look
from agents.gate.deciding import request_of
from agents.gate.locking import lock_call
from agents.grants.models import Grant
from agents.permissions import TaskPermission
from agents.policy.decide import decide
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Reason, Verdict
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.reasons import of_rules
from agents.storable import storable
from portal.audit.record import PORTAL, action, detail
from portal.notices.telling import settle
from portal.people.models import Person
from portal.reasons import Stored, because, render_reason

log = logging.getLogger(__name__)

WITHIN = 5.0  # seconds that a look may take
State = Unclear.State


def look_again(actor: Person, unclear: Unclear, *, way: str = ON_PAGE) -> Unclear:
    """Ask the system once more. Where it shows that the call happened, that is the answer. Raises ValidationError."""
    row = _call_of(unclear)
    _refuse(actor, unclear, row.task)
    if against := against_look(row):
        raise ValidationError(_in_words(against))
    return _looked(actor, unclear, found=_bounded_look(row), way=way)


@action(Event.UNCLEAR_LOOKED)
def _looked(actor: Person, unclear: Unclear, *, found: Result | Awaited | Stored, way: str) -> Unclear:
    row = _held(actor, unclear)
    detail(way=way, **row.named)
    seen = {"looked_at": timezone.now(), "looked_by": actor}
    if isinstance(found, Result | Awaited):
        performing.happened(row, found)
        return _close(actor, unclear, row, State.SHOWN, **seen)
    Unclear.objects.filter(pk=unclear.pk).update(shown=storable(found), **seen)
    unclear.refresh_from_db()
    return unclear


@action(Event.UNCLEAR_HAPPENED)
def happened(actor: Person, unclear: Unclear, *, way: str = ON_PAGE) -> Unclear:
    """No work item comes of it: those are what systems show, and nobody's word about their own task."""
    row = _held(actor, unclear)
    assert row.connection is not None
    row.result = {"confirmed": True}
    row.counts = dict(row.connection.connector.counted.get(row.capability, {}))
    performing.close_call(row, Call.State.DONE, ending=because("call_confirmed"))
    return _answered(actor, unclear, row, State.HAPPENED, way)


@action(Event.UNCLEAR_AGAIN)
def do_it(actor: Person, unclear: Unclear, *, way: str = ON_PAGE) -> Unclear:
    """It did not happen: a worker decides on it anew, with what is true then, and does it under the same key."""
    row = _held(actor, unclear)
    if row.task.ended:
        raise ValidationError("The task has ended, so nothing is done for it any more. Run it again instead.")
    # The use of the grant that it took is given back: it is taken anew when it is decided on.
    Grant.objects.filter(pk=row.grant_id or 0, used__gt=0).update(used=F("used") - 1)
    if against := _against_doing(row):
        raise ValidationError(_in_words(against))
    Call.objects.filter(pk=row.pk).update(state=Call.State.LATER, ending={}, summary="", finished_at=None)
    return _answered(actor, unclear, row, State.AGAIN, way)


@action(Event.UNCLEAR_NOT)
def did_not(actor: Person, unclear: Unclear, *, way: str = ON_PAGE) -> Unclear:
    """It did not happen, and is not done either."""
    row = _held(actor, unclear)
    performing.close_call(row, Call.State.FAILED, ending=because("call_not_happened"))
    return _answered(actor, unclear, row, State.NOT, way)


# What a person can say, as pages and the desk call it.
ANSWERS: Mapping[str, Callable[..., Unclear]] = {"happened": happened, "do": do_it, "not": did_not}


@action(Event.UNCLEAR_EXPIRED)
def expire(actor: str, unclear: Unclear) -> Unclear:
    """Nobody said: it stays unknown, and the task goes on."""
    task = locked(Task.objects.filter(calls=unclear.call_id))[0]
    if not Unclear.objects.filter(pk=unclear.pk, state=State.OPEN).update(state=State.EXPIRED):
        raise ValidationError("This was answered already.")
    detail(**unclear.call.named, task=task.pk)
    settle(unclear)
    go_on(PORTAL, task)
    unclear.refresh_from_db()
    return unclear


def _call_of(unclear: Unclear) -> Call:
    return Call.objects.select_related("connection", "task__agent__owner", "task__person").get(
        pk=unclear.call_id
    )


def _held(actor: Person, unclear: Unclear) -> Call:
    """Its call, with the task's row locked: who comes second sees the answer of the first."""
    locked(Task.objects.filter(calls=unclear.call_id))
    row = _call_of(unclear)
    unclear.refresh_from_db()
    _refuse(actor, unclear, row.task)
    return row


def _refuse(actor: Person, unclear: Unclear, task: Task) -> None:
    """Raises ValidationError where this person can say nothing about it now."""
    if not unclear.permits(actor, TaskPermission.ANSWER):
        raise ValidationError("You cannot answer this. Somebody else must.")
    if not unclear.answerable:
        raise ValidationError(_why_closed(unclear))
    if not unclear.ready:
        raise ValidationError(f"{task.agent} is still at this step. Try again in a moment.")


def _why_closed(unclear: Unclear) -> str:
    match unclear.state:
        case State.HAPPENED:
            return f"{unclear.answered_by} has said already that it happened."
        case State.AGAIN | State.NOT:
            return f"{unclear.answered_by} has said already that it did not happen."
        case State.SHOWN:
            return f"{unclear.call.connection} has shown already that it happened."
    return "Nobody answered in time, so the task went on without knowing."


def _answered(actor: Person, unclear: Unclear, row: Call, state: Unclear.State, way: str) -> Unclear:
    detail(way=way)
    return _close(actor, unclear, row, state, answered_by=actor, answered_at=timezone.now())


def _close(actor: Person, unclear: Unclear, row: Call, state: Unclear.State, **changes: object) -> Unclear:
    Unclear.objects.filter(pk=unclear.pk).update(state=state, **changes)
    settle(unclear)
    unclear.refresh_from_db()
    detail(**row.named, task=row.task_id, second_person=unclear.second_person)
    task = Task.objects.get(pk=row.task_id)
    if task.ended and row.counts:  # a task that goes on adds them up when it ends
        Task.objects.filter(pk=task.pk).update(counts=dict(Counter(task.counts) + Counter(row.counts)))
    go_on(actor, task)
    return unclear


def _bounded_look(row: Call) -> Result | Awaited | Stored:
    """In a thread that holds the call's lock: while a system hangs nobody asks it again, and nobody does the call."""
    found: list[Result | Awaited | Stored] = []

    def ask() -> None:
        try:
            with lock_call(row, wait=0):
                found.append(performing.look(row))
        except Lost:
            found.append(because("look_taken", name=str(row.connection)))
        except Exception:
            log.exception("%s could not be looked at", row)
            found.append(because("look_broke", name=str(row.connection)))
        finally:
            connections.close_all()

    looking = Thread(target=ask, daemon=True)
    looking.start()
    looking.join(WITHIN)
    return found[0] if found else because("look_slow", name=str(row.connection), within=WITHIN)


def _against_doing(row: Call) -> list[Reason]:
    decision = decide(Evaluation(request_of(row), facts_to_look(row)))
    return list(decision.reasons) if decision.verdict is Verdict.DENY else []


def _in_words(reasons: list[Reason]) -> str:
    return " ".join(render_reason(of_rules(reason)) for reason in reasons)
