"""Looks at what tasks wait for: when it is due, and as soon as a system tells of it. Safe to run twice at once.

Who looks takes the row's next number, so of two that look at once one stores what it saw. A process that dies in the
middle leaves a row that is due again soon. Nothing is locked while a system is asked.
"""

import logging
import time
from datetime import timedelta

from django.db import Error, models, transaction
from django.db.models import F
from django.db.models.functions import Now

from agents.approvals.waiting import locked
from agents.connectors.base import ConnectorError
from agents.connectors.results import Awaited, Ended
from agents.gate import awaiting
from agents.gate.performing import done, failed
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.queue.states import TaskState
from agents.queue.wakes import Wake
from agents.reasons import of_rules
from agents.watching import following
from portal.audit.record import Acting
from portal.reasons import Stored, because, render_reason

log = logging.getLogger(__name__)

LOOK = timedelta(minutes=2)  # after which another looks, where who began to has not stored anything
AT_MOST = 500  # in one round
SECONDS = 20.0  # of one round; what is left is the next one's

Found = Awaited | Ended | Stored  # a reason: it is looked at no more


def beat() -> int:
    """One round over what is due; how many were looked at."""
    return _each(Wake.objects.due().order_by("due_at"))


def heard(connection: int, about: str = "") -> int:
    """A system told that something happened there: what waits for that is looked at now."""
    return _each(Wake.objects.hears(connection, about).order_by("due_at"), now=True)


def _each(rows: models.QuerySet[Wake], *, now: bool = False) -> int:
    until, looked = time.monotonic() + SECONDS, 0
    for pk in list(rows.values_list("pk", flat=True)[:AT_MOST]):
        if time.monotonic() >= until:
            break
        try:
            looked += look(pk, now=now)
        except Lost as error:
            log.info("Wake %s was left: %s", pk, error)
        except Error:
            raise
        except Exception:
            log.exception("Wake %s is broken; the others go on", pk)
    return looked


def look(pk: int, *, now: bool = False) -> bool:
    """One look, where it is due (``now``: also where it is not yet). False: there was nothing to look at."""
    rows = (Wake.objects.open() if now else Wake.objects.due()).filter(pk=pk)
    if not rows.update(looks=F("looks") + 1, due_at=Now() + LOOK):
        return False
    wake = Wake.objects.annotate(
        over=models.Case(models.When(until__lte=Now(), then=True), default=False)
    ).get(pk=pk)
    row = Call.objects.select_related("connection", "task__agent__owner", "task__person").get(pk=wake.call_id)
    against = awaiting.against_look(row, covered=True)
    found: Found | str = ""
    if not against:
        try:
            found = awaiting.look(row, wake)
        except ConnectorError as error:
            found = str(error)
    elif against[0].code in awaiting.PASSES:
        found = render_reason(of_rules(against[0]))
    else:
        found = because("wake_barred", why=of_rules(against[0]))
    if wake.over and isinstance(found, str | Awaited):  # type: ignore[attr-defined]  # annotated above
        found = because("wake_over", until=wake.until.isoformat())
    _take_in(wake, row, found)
    return True


def _take_in(wake: Wake, row: Call, found: Found | str) -> None:
    """Under the task's row, as answers of people are; nothing where it ended, or was looked at again, meanwhile."""
    with transaction.atomic():
        (task,) = locked(Task.objects.filter(pk=row.task_id).select_related("agent", "person"))
        mine = Wake.objects.open().filter(pk=wake.pk, looks=wake.looks)
        if not mine.select_for_update(no_key=True).exists():
            return
        row.refresh_from_db(fields=["state"])
        row.task = task
        if isinstance(found, str):
            awaiting.not_seen(wake, found)
            _show(task)
        elif isinstance(found, Awaited):
            awaiting.goes_on(wake, found)
            awaiting.told(row, found.tells)
            _show(task)
        else:
            _end(wake, row, found)


def _show(task: Task) -> None:
    if task.watches:
        following.show(task)


def _end(wake: Wake, row: Call, found: Ended | Stored) -> None:
    wake.close()
    if not isinstance(found, Ended):
        failed(Acting(row.task.agent), row, ending=found)
        following.go_on(row.task)
        return
    done(row, found.result)
    awaiting.told(row, found.tells)
    if row.task.state == TaskState.WAITING:
        following.follow(row, wake, found)
