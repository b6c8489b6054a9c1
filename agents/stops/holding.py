"""The lock between decisions and stops; which tasks a stop holds; when a stop is confirmed.

A decision holds the lock with others, setting a stop holds it alone. So every decision is either committed before the
stop looks for calls under way, or made with the stop in view. A worker that stands still in the middle of a decision
loses its database session, and with it the decision: a stop waits for nobody who does not answer.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from agents.events import Event
from agents.queue import claims
from agents.queue.models import Call, Task
from agents.queue.places import full_agents
from agents.queue.task_querysets import TaskQuerySet
from agents.stops.models import Stop
from metering.budgets.models import BudgetRefusal
from portal import way
from portal.audit.record import PORTAL, action, detail, on

LOCK = 0x53544F50  # "STOP": one number among the advisory locks of this database


P = ParamSpec("P")
R = TypeVar("R")


def stops(verb: Callable[P, R]) -> Callable[P, R]:
    """A verb that sets stops, with its transaction: who stands still in its way for a second is ended."""

    @wraps(verb)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with way.kept_free():
            return verb(*args, **kwargs)

    return wrapper


def while_deciding() -> None:
    """First in the transaction of a decision: no stop is being set until it commits."""
    _lock("pg_advisory_xact_lock_shared")


def while_stopping() -> None:
    """First in the transaction that sets a stop, before any row is locked: no decision is being made."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])


def call_closed() -> None:
    """A call that was under way has ended: if a stop waited for it, that is confirmed now.

    Looked at when the end is committed, so that of two that end at once the later sees both; and not before a stop
    that is being set is, which may have seen the call under way.
    """
    transaction.on_commit(_confirm_waiting)


def _confirm_waiting() -> None:
    while_deciding()
    if Stop.objects.unconfirmed().exists():
        confirm()


def confirm() -> None:
    """Every stop that waits for calls under way, and has none left, is confirmed."""
    for stop in Stop.objects.unconfirmed().for_reading():
        if not stop.under_way:
            try:
                confirmed(PORTAL, stop)
            except ValidationError:  # another worker's call was the last as well
                continue


@action(Event.STOP_CONFIRMED)
def confirmed(actor: str, stop: Stop) -> Stop:
    now = timezone.now()
    if not Stop.objects.filter(pk=stop.pk, confirmed_at__isnull=True).update(confirmed_at=now):
        raise ValidationError("This stop is confirmed already.")
    stop.confirmed_at = now
    if stop.about is not None:
        on(stop.about)
    detail(scope=stop.scope, stop=stop.pk)
    return stop


def free(tasks: TaskQuerySet, now: datetime | None = None) -> TaskQuerySet:
    """Those whose person may operate the agent, and that no stop, no spent budget and no limit on how many are at
    work holds back: the others wait.
    """
    spent = BudgetRefusal.objects.holding(now).filter(agent_id=OuterRef("agent_id"))
    found = tasks.authorised().filter(~Exists(Stop.objects.ending(OuterRef("agent_id"))), ~Exists(spent))
    return found.exclude(agent__in=full_agents().values("pk"), handed=False)


def held(task: Task) -> Stop | None:
    """The stop that keeps a task from being worked on."""
    return Stop.objects.ending(task.agent_id).for_reading().order_by("id").first()


def orphans() -> list[Call]:
    """Calls under way that a stop waits for and no worker will go on with: their task has ended or is held back.

    A worker that was stopped in the middle may still be at it, as long as it lives.
    """
    found = {}
    for stop in Stop.objects.unconfirmed().for_reading():
        rows = Call.objects.filter(stop.covers(), state=Call.State.STARTED).select_related("task__agent")
        for row in rows.select_related("connection"):
            task = row.task
            if (task.ended or held(task)) and not claims.held(task):
                found[row.pk] = row
    return list(found.values())
