"""Room on a connection: how many calls may be under way there at once. Who has waited longer goes first.

A call without room is tried again in a moment, and its task waits for that without a worker.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from agents.connections.models import Connection
from agents.queue.models import Call, CallQuerySet, Task
from agents.queue.sending import send
from agents.queue.states import AT_WORK, TaskState
from portal.locking import lock_until_commit
from portal.reasons import Stored, because

FULL = "place_full"
# A call that waits keeps its turn for so long after the moment at which its task was to be tried again.
KEEPS_TURN = timedelta(seconds=10)


class NoRoom(Exception):
    """As many calls are under way there as may be. ``reason`` tells it."""

    def __init__(self, reason: Stored) -> None:
        super().__init__(reason["code"])
        self.reason = reason


def one_by_one(row: Call) -> int | None:
    """First in a decision's transaction: those on a connection with a limit follow each other. The limit."""
    most = Connection.objects.filter(pk=row.connection_id or 0).values_list("most_at_once", flat=True).first()
    if most is not None:
        lock_until_commit(f"room on connection {row.connection_id}")
    return most


def take(row: Call, most: int | None) -> None:
    """Raises NoRoom where the limit is reached by calls under way and those whose turn comes before."""
    if most is None:
        return
    others = Call.objects.filter(connection=row.connection_id).exclude(pk=row.pk or 0)
    ahead = _waiting(others)
    if row.state == Call.State.LATER and row.ending.get("code") == FULL:
        ahead = ahead.filter(pk__lt=row.pk)
    if others.filter(state=Call.State.STARTED).count() + ahead.count() >= most:
        raise NoRoom(because(FULL, name=str(row.connection), most=most))


def _waiting(calls: CallQuerySet) -> CallQuerySet:
    """Those that wait for room, and whose tasks will soon ask again."""
    soon = Q(task__state=TaskState.QUEUED, task__sent_at__gt=Now() - KEEPS_TURN)
    working = Q(task__state__in=AT_WORK)
    return calls.filter(soon | working, state=Call.State.LATER, ending__code=FULL)


def left(row: Call) -> None:
    """A call is over: the task that has waited longest for room there is tried again now, once this is committed."""
    connection = row.connection
    if connection is not None and connection.most_at_once is not None:
        transaction.on_commit(lambda: _wake(connection))


def _wake(connection: Connection) -> None:
    waiting = _waiting(Call.objects.filter(connection=connection)).filter(task__due_at__isnull=False)
    first = waiting.order_by("pk").select_related("task").first()
    if first and Task.objects.put_off().filter(pk=first.task_id).update(due_at=None, sent_at=Now()):
        send(first.task)
