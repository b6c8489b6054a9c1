"""What people did with the things that an agent in shadow mode would have changed: looked at, never touched.

A first look when the call is written down says how the thing stood; later ones say what became of it since. The portal
looks only where the agent itself could: under a grant that is live, on a connection that nothing stops, for a person
who may operate it.
"""

import logging
import time
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from agents.authority import operating
from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.connectors.base import Observed
from agents.gate.contexts import call_context, connection_error
from agents.grants.models import Grant
from agents.policy.declarations import Role
from agents.queue.models import Call
from agents.queue.moves import fenced
from agents.queue.states import ENDED
from agents.stops.models import Stop
from agents.storable import storable

log = logging.getLogger(__name__)

FORGOTTEN = timedelta(days=14)  # older calls are not looked at any more
SETTLED = timedelta(days=7)  # what people have done by then is what they did
RESTS = timedelta(minutes=1)  # between two looks at the same call, whoever asks for one
AT_MOST = 1_000  # calls in one round
LONGEST = 60.0  # seconds of one round


def observe_first(row: Call) -> Call:
    """How the thing stands as the call is written down. What cannot be looked at is no trouble for the task."""
    try:
        assert row.connection is not None
        seen = row.connection.connector.observe(row.connection.context(), call_context(row))
    except Exception as error:
        log.info("%s was not looked at when it was written down: %s", row, error)
        return row
    if seen is not None:
        before = {"text": storable(seen.text), "same": seen.same}
        row.observed = {"text": before["text"], "same": None, "before": before}
    row.observed_at = timezone.now()
    with transaction.atomic():
        row.save(update_fields=["observed", "observed_at"])
        fenced(row.task)
    return row


def observe_due(agent: int | None = None) -> int:
    """One round over the calls that are due, of one agent or of all; how many were looked at.

    Two rounds at once do each other no harm: a look is stored only over the one that it was read with.
    """
    began, looked = time.monotonic(), 0
    by_place: dict[int | None, list[Call]] = defaultdict(list)
    for row in due(agent).select_related("connection", "task", "task__agent")[:AT_MOST]:
        by_place[row.connection_id].append(row)
    for of_one in by_place.values():
        looked += _connection(of_one, began + LONGEST)
    return looked


def due(agent: int | None = None) -> Any:
    """Calls only written down, their task over, not settled when last looked at; the longest unseen first."""
    now = timezone.now()
    unsettled = Q(observed_at__isnull=True) | Q(observed_at__lt=F("decided_at") + SETTLED)
    rested = Q(observed_at__isnull=True) | Q(observed_at__lt=now - RESTS)
    rows = Call.objects.filter(unsettled, rested, state=Call.State.WOULD, decided_at__gt=now - FORGOTTEN)
    rows = rows.filter(task__state__in=ENDED, grant__in=Grant.objects.live(now).values("pk"))
    place = Connection.objects.filter(pk=OuterRef("connection_id")).usable_by(OuterRef("task__person_id"))
    rows = rows.filter(operating("task__person_id", "task__agent_id"), Exists(place))
    rows = rows.filter(connection__state="active").exclude(_stopped())
    if agent is not None:
        rows = rows.filter(task__agent=agent)
    return rows.order_by(F("observed_at").asc(nulls_first=True), "id")


def _stopped() -> Q:
    standing = Stop.objects.active()
    if standing.filter(scope=Stop.Scope.EVERYTHING).exists():
        return Q(pk__isnull=False)
    places = standing.filter(scope=Stop.Scope.CONNECTION).values("connection_id")
    names = standing.filter(scope=Stop.Scope.CAPABILITY).values("capability")
    return Q(connection_id__in=places) | Q(capability__in=names)


def _connection(rows: list[Call], until: float) -> int:
    """The calls on one connection. One that is broken is left for the next round; one bad call is not the others'."""
    connection, looked = rows[0].connection, 0
    assert connection is not None
    try:
        context = connection.context()
        theirs = _by_agents(rows)
    except Exception as error:
        log.warning("%s was not looked at: %s", connection, error)
        return 0
    for row in rows:
        if time.monotonic() > until:
            break
        try:
            seen = connection.connector.observe(context, call_context(row))
        except Exception as error:
            if failure := connection_error(connection.connector, context):
                log.warning("%s was not looked at: %s", connection, failure)
                break
            log.warning("Call %s was not looked at: %s", row.pk, error)
            seen = None
        looked += _store(row, seen, by_agent=theirs.get(_thing(row), row.decided_at) > row.decided_at)
    return looked


def _store(row: Call, seen: Observed | None, *, by_agent: bool) -> int:
    changes: dict[str, Any] = {"observed_at": timezone.now()}
    if seen is not None:
        before = (row.observed or {}).get("before")
        text, same = storable(seen.text), seen.same
        if by_agent or (before and before["text"] == text):
            same = None  # nobody did anything since
        changes["observed"] = {"text": text, "same": same, "by_agent": by_agent}
        if before:
            changes["observed"]["before"] = before
    rows = Call.objects.filter(pk=row.pk, state=Call.State.WOULD, observed_at=row.observed_at)
    return rows.update(**changes)


def _by_agents(rows: list[Call]) -> dict[Any, datetime]:
    """The things among these that an agent really changed, and when last: that was nobody's hand."""
    done = Call.objects.filter(
        connection=rows[0].connection,
        capability__in={row.capability for row in rows},
        state=Call.State.DONE,
        finished_at__gt=min(row.decided_at for row in rows),
    ).order_by("finished_at")
    rows_done = done.only("capability", "arguments", "finished_at")
    return {_thing(call): call.finished_at for call in rows_done if call.finished_at}


def _thing(row: Call) -> Any:
    """What a call is about: its capability and the first existing thing that it names."""
    declared = catalogue().get(row.capability)
    arguments = declared.arguments if declared else ()
    name = next((argument.name for argument in arguments if argument.role is Role.OBJECT), "")
    return row.capability, str(row.arguments.get(name))
