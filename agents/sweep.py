"""The sweep: what was lost is queued again, what is overdue is closed. Run by beat; safe to run twice at once."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.gate.recovery import settle
from agents.grants import actions as grants
from agents.grants.askers import lost, unfounded
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.grants import expire_grant, suspend_grant
from agents.lifecycle.tasks import cancel_barred
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.stops.holding import free
from portal.audit.record import PORTAL
from portal.later import later
from portal.reasons import because

log = logging.getLogger(__name__)
LOST_AFTER = timedelta(seconds=60)
AT_MOST = 500  # rows of each kind in one sweep
NEXT = 50  # of the queue's first so many, messages are sent again


def sweep() -> None:
    """One round. A row that cannot be moved is logged and does not keep the others."""
    _each(Approval.objects.overdue(), lambda row: approvals.expire(PORTAL, row))
    _each(Grant.objects.ended(), lambda row: expire_grant(PORTAL, row))
    _each(Grant.objects.out_of_date(), lambda row: suspend_grant(PORTAL, row, cause=because("declared_anew")))
    _each(Grant.objects.to_remind().with_people(), lambda row: grants.remind(PORTAL, row))
    _close_barred()
    _each(
        unfounded(GrantRequest.objects.open()),
        lambda row: grants.withdraw(PORTAL, row, cause=lost(row.requested_by, row.agent)),
    )
    _each(Task.objects.abandoned(), lambda row: tasks.resume(PORTAL, row, why=because("worker_gone")))
    settle()
    for pk in _send_again():
        later("agents.run", pk)


def _close_barred() -> None:
    """What lost its authority in another way than by a verb."""
    if found := list(Task.objects.barred().values_list("pk", flat=True)[:AT_MOST]):
        with transaction.atomic():
            cancel_barred(Task.objects.filter(pk__in=found))


def _send_again() -> list[int]:
    """Of the tasks that are next those whose message may be lost: a long queue is not sent again and again.

    Those that a stop holds back are not next.
    """
    queued = free(Task.objects.filter(state=TaskState.QUEUED)).order_by("id")
    first = list(queued.values_list("pk", flat=True)[:NEXT])
    stale = Task.objects.unclaimed(LOST_AFTER).filter(pk__in=first).order_by("id")
    found = list(stale.values_list("pk", flat=True))
    Task.objects.filter(pk__in=found, state=TaskState.QUEUED).update(sent_at=timezone.now())
    return found


def _each(rows: Iterable[Any], close: Callable[[Any], object]) -> None:
    for row in rows[:AT_MOST]:  # type: ignore[index]
        try:
            close(row)
        except (ValidationError, Lost) as error:
            log.info("Left %s as it is: %s", row, error)
        except Exception:
            log.exception("%s %s is broken; the others go on", type(row).__name__, row.pk)
