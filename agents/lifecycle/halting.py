"""Sets and lifts any stop: cancels asks, notifies workers, sends waiting tasks again. A part of the verbs here."""

import json

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from agents.approvals.actions import cancel_asks
from agents.approvals.models import Approval
from agents.permissions import StopPermission
from agents.queue.models import Call, Task
from agents.queue.sending import send
from agents.queue.states import TaskState
from agents.stops.holding import confirmed, while_stopping
from agents.stops.models import Stop, StopQuerySet, reaches_all
from agents.stops.telling import tell_lifted, tell_stop
from portal.audit.record import PORTAL
from portal.notices.telling import settle
from portal.people.models import Person
from portal.reasons import because

CHANNEL = "portal_stops"  # where workers listen
AT_ONCE = 50  # tasks that are sent again at once when a stop is lifted; the sweep sends the others


def begin(actor: Person | str, stop: Stop) -> Stop:
    """Set ``stop``: cancel the asks under it and notify workers. Called inside a verb, which takes the lock first.

    What somebody stopped an admin may stop again, so that only admins lift it. Raises ValidationError where it is
    stopped already.
    """
    while_stopping()
    stop.why = stop.why.strip()
    if isinstance(actor, Person):
        stop.set_by, stop.by_role = actor, reaches_all(actor, stop.connection or stop.agent)
    if (before := _before(stop)) is not None:
        if stop.set_by is None:
            return before
        if before.by_role or not stop.by_role:
            raise ValidationError(f"{before.who} has already stopped this.")
        Stop.objects.filter(pk=before.pk).update(lifted_by=stop.set_by, lifted_at=timezone.now())
        settle(before)
    _save(stop)
    tell_stop(actor, stop)
    _cancel_asks(stop)
    if not Call.objects.filter(stop.covers(), state=Call.State.STARTED).exists():
        confirmed(PORTAL, stop)
    notify_workers(stop)
    return stop


def end(actor: Person, stop: Stop) -> Stop:
    """Lift it: tasks that waited are sent again. Raises ValidationError saying who may."""
    if stop.lifted_at is None and not stop.permits(actor, StopPermission.LIFT):
        raise ValidationError(stop.lifts)
    if not Stop.objects.active().filter(pk=stop.pk).update(lifted_by=actor, lifted_at=timezone.now()):
        raise ValidationError("This stop was lifted already.")
    stop.refresh_from_db()
    tell_lifted(actor, stop)
    notify_workers(stop)
    if stop.scope in (Stop.Scope.EVERYTHING, Stop.Scope.AGENT):
        _send_again(stop)
    return stop


def end_all(actor: Person, stops: StopQuerySet) -> None:
    """The thing that they stopped has ended for good."""
    settle(stops)
    stops.update(lifted_by=actor, lifted_at=timezone.now())


def notify_workers(stop: Stop) -> None:
    """Listening workers get it when this transaction commits."""
    told = {
        "scope": stop.scope,
        "agent": stop.agent_id,
        "task": stop.task_id,
        "stands": stop.lifted_at is None,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(told)])


def _before(stop: Stop) -> Stop | None:
    """An active stop of the same thing."""
    same = {"connection": stop.connection_id, "agent": stop.agent_id, "task": stop.task_id}
    rows = Stop.objects.active().filter(scope=stop.scope, capability=stop.capability, **same)
    return rows.for_reading().first()


def _save(stop: Stop) -> None:
    try:
        with transaction.atomic():
            stop.clean_fields(exclude=["connection", "agent", "task", "set_by", "lifted_by", "lifted_at"])
            stop.save()
    except IntegrityError:
        raise ValidationError("This is stopped already.") from None


def _cancel_asks(stop: Stop) -> None:
    """A stopped call needs no answer."""
    asks = Approval.objects.filter(stop.covers("call__"), state=Approval.State.OPEN)
    fact = stop.fact()
    cancel_asks(asks, why=because("ask_stopped", scope=fact.scope, who=fact.who, why=stop.reason))


def _send_again(stop: Stop) -> None:
    """The first of the tasks that waited; the sweep sends those that are not taken within its time."""
    queued = Task.objects.filter(state=TaskState.QUEUED)
    if stop.agent_id is not None:
        queued = queued.filter(agent=stop.agent_id)
    first = list(queued.order_by("id").only("asks_model")[:AT_ONCE])
    Task.objects.filter(pk__in=[task.pk for task in first]).update(sent_at=Now())
    for task in first:
        send(task)
