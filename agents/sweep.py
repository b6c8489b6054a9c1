"""The sweep: sends again what was lost, closes what is overdue. Run by the clock; safe to run twice at once.

One run has an end: so many rows of each kind, for so long. People take turns, so that nobody's many rows keep those of
others waiting.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now, RowNumber

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.telling import closing, tell_closes
from agents.approvals.unclear import Unclear
from agents.connections import health
from agents.gate import unclear_calls
from agents.gate.recovery import close_orphaned_calls
from agents.grants import actions as grants
from agents.grants.askers import lost, unfounded
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.grants import expire_grant, suspend_grant
from agents.lifecycle.tasks import cancel_barred
from agents.queue import actions as tasks
from agents.queue import claims
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.stops.holding import free
from portal import broker
from portal.audit.record import PORTAL
from portal.later import later
from portal.reasons import because

Rows = models.QuerySet[Any]
log = logging.getLogger(__name__)
LOST_AFTER = timedelta(seconds=10)
RECONNECTS = 2.0
AT_MOST = 500  # rows of each kind in one run
SECONDS = 10.0  # for each kind in one run; what is left is the next run's
NEXT = 50  # of the queue's first so many, messages are sent again


def sweep() -> None:
    """One run. A row that cannot be moved is logged and does not keep the others."""
    _each(Approval.objects.overdue(), "call__task__person", lambda ask: approvals.expire(PORTAL, ask))
    _each(
        Unclear.objects.overdue(), "call__task__person", lambda unclear: unclear_calls.expire(PORTAL, unclear)
    )
    _each(closing(Approval.objects.for_reading()), "call__task__person", tell_closes)
    _each(closing(Unclear.objects.for_reading()), "call__task__person", tell_closes)
    _each(Grant.objects.ended(), "agent__owner", lambda grant: expire_grant(PORTAL, grant))
    _each(Grant.objects.out_of_date(), "agent__owner", _suspend)
    _each(Grant.objects.to_remind().with_people(), "agent__owner", lambda grant: grants.remind(PORTAL, grant))
    _each(health.ending(), "pk", health.tell_ends)
    _each(Task.objects.barred(), "person", _cancel_barred)
    _each(unfounded(GrantRequest.objects.open()), "requested_by", _withdraw)
    _each(Task.objects.abandoned(), "person", _resume)


def _suspend(grant: Grant) -> None:
    suspend_grant(PORTAL, grant, cause=because("declared_anew"))


def _cancel_barred(task: Task) -> None:
    """It lost its authority in another way than by a verb."""
    with transaction.atomic():
        cancel_barred(Task.objects.filter(pk=task.pk))


def _withdraw(asked: GrantRequest) -> None:
    grants.withdraw(PORTAL, asked, cause=lost(asked.requested_by, asked.agent))


def rescue() -> None:
    """The short run: tasks whose worker is gone go on, and calls that it left behind under a stop are closed.

    A worker that lost only its session has ``RECONNECTS`` seconds to be back.
    """
    if seen := set(claims.orphans().values_list("pk", "claim")):
        time.sleep(RECONNECTS)
        still = claims.orphans().filter(pk__in=[pk for pk, _ in seen])
        _each(still.filter(claim__in={claim for _, claim in seen}), "person", _resume)
    close_orphaned_calls()


def send() -> None:
    """Messages: of tasks that waited for trouble to pass, and of those whose message was lost."""
    _send_due()
    _send_left()
    for pk in _send_again():
        later("agents.run", pk)


def _send_due() -> None:
    """Tasks that waited for trouble to pass. Their row says then that they wait no more, so that each is sent once."""
    over = Task.objects.put_off().due().for_hands().order_by("due_at")[:AT_MOST]
    for pk in list(over.values_list("pk", flat=True)):
        if Task.objects.put_off().due().filter(pk=pk).update(due_at=None, sent_at=Now()):
            later("agents.run", pk)


def _send_left() -> None:
    """Where nobody awaits models, a pool's processes ask them, or say why they cannot."""
    stale = free(Task.objects.unclaimed(LOST_AFTER).due().for_models()).in_order()
    left = list(stale.values_list("pk", flat=True)[:NEXT])
    claims.end_standing(left)
    if left and not claims.models_are_awaited():
        Task.objects.filter(pk__in=left, state=TaskState.QUEUED).update(sent_at=Now())
        for pk in left:
            later("agents.run", pk, True)


def _resume(task: Task) -> None:
    if not claims.acting(task):
        tasks.resume(PORTAL, task, why=because("worker_gone"))


def _send_again() -> list[int]:
    """Of the tasks that are next those whose message may be lost: a long queue is not sent again and again.

    While the broker has messages the queue only waits for workers, since any message brings whose turn it is. Those
    that a stop holds back are not next.
    """
    first = list(free(Task.objects.due().for_hands()).in_order().values_list("pk", flat=True)[:NEXT])
    found = list(Task.objects.unclaimed(LOST_AFTER).filter(pk__in=first).values_list("pk", flat=True))
    claims.end_standing(found)
    if not found or broker.ready() != 0:
        return []
    Task.objects.filter(pk__in=found, state=TaskState.QUEUED).update(sent_at=Now())
    return sorted(found, key=first.index)


def in_turns(rows: Rows, whose: str) -> Rows:
    """Everybody's first row, then everybody's second; ``whose``: the field that names the person."""
    number = models.Window(RowNumber(), partition_by=models.F(whose), order_by=models.F("pk").asc())
    found: Rows = rows.alias(number_of_theirs=number).order_by("number_of_theirs", "pk")
    return found


def _each(rows: Rows, whose: str, move: Callable[[Any], object]) -> None:
    end = time.monotonic() + SECONDS
    for row in in_turns(rows, whose)[:AT_MOST]:
        try:
            move(row)
        except (ValidationError, Lost) as error:
            log.info("Left %s as it is: %s", row, error)
        except Exception:
            log.exception("%s %s is broken; the others go on", type(row).__name__, row.pk)
        if time.monotonic() >= end:
            return
