"""The sweep: what was lost is queued again, what is overdue is closed. Run by beat; safe to run twice at once."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.grants import actions as grants
from agents.grants.models import Grant
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import TaskState
from portal.audit.record import PORTAL
from portal.later import later

log = logging.getLogger(__name__)
LOST_AFTER = timedelta(seconds=60)
AT_MOST = 500  # rows of each kind in one sweep


def sweep() -> None:
    """One round. A row that cannot be moved is logged and does not keep the others."""
    _each(Approval.objects.overdue(), lambda row: approvals.expire(PORTAL, row))
    _each(Grant.objects.ended(), lambda row: grants.expire(PORTAL, row))
    _each(Task.objects.abandoned(), lambda row: tasks.resume(PORTAL, row, why="its worker is gone"))
    stale = list(Task.objects.unclaimed(LOST_AFTER).values_list("pk", flat=True)[:AT_MOST])
    Task.objects.filter(pk__in=stale, state=TaskState.QUEUED).update(sent_at=timezone.now())
    for pk in stale:
        later("agents.run", pk)


def _each(rows: Iterable[Any], close: Callable[[Any], object]) -> None:
    for row in rows[:AT_MOST]:  # type: ignore[index]
        try:
            close(row)
        except (ValidationError, tasks.Lost) as error:
            log.info("Left %s as it is: %s", row, error)
