"""Work items at the gate: what a done call brought, and asking the systems what became of it.

The portal asks only where the agent could still look itself: under a grant that is live, on a connection that is
active and that nothing stops, for a person who may still use the agent.
"""

import logging
import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.authority import barred
from agents.connections.models import Connection
from agents.connectors.base import Result, Verification
from agents.gate.contexts import call_context, connection_error
from agents.grants.models import Grant
from agents.queue.models import Call
from agents.queue.outcomes import credited
from agents.stops.models import Stop
from agents.storable import storable
from metering.outcomes import actions
from metering.outcomes.claims import LONGEST_TITLE, Claim, wrong
from metering.outcomes.models import WorkItem
from portal.people.models import Person

log = logging.getLogger(__name__)

RECENT = timedelta(days=30)  # what nobody made use of by then was good for nothing
AGAIN = timedelta(minutes=50)  # between two looks at the same item
AT_MOST = 500  # items in one round
LONGEST = 60.0  # seconds of one round


def claims_of(row: Call, result: Result) -> list[Claim]:
    """The work items that a call brought, which has changed something then (the contract of ``items``).

    A connector that cannot name them is no trouble for the call.
    """
    assert row.connection is not None
    connector = row.connection.connector
    try:
        if not (found := connector.items(call_context(row), result)):
            return []
        system = connector.system(row.connection.context())
    except Exception:
        log.exception("What %s brought cannot be told", row)
        return []
    claims, task = [], replace(credited(row.task), changed=True)
    for item in found:
        claim = Claim(
            task,
            system,
            storable(item.external_id),
            title=storable(item.title)[:LONGEST_TITLE],
            system_name=str(row.connection),
            connection_id=row.connection_id,
        )
        if reason := wrong(claim.system, claim.external_id):
            log.error("%s names a work item that is none: %s", connector.title, reason)
        else:
            claims.append(claim)
    return claims


def verify_due() -> int:
    """One round over the items whose system is due to be asked; how many were answered for."""
    began, answered = time.monotonic(), 0
    rows = list(WorkItem.objects.to_ask(RECENT, AGAIN)[:AT_MOST])
    askable = _askable(rows)
    by_place: dict[int | None, list[WorkItem]] = defaultdict(list)
    for row in rows:
        by_place[row.connection_id].append(row)
    seen: list[int] = []
    for number, theirs in by_place.items():
        wanted = [row for row in theirs if (number, row.agent_id) in askable and _theirs(row)]
        if time.monotonic() - began > LONGEST:
            break
        seen += [row.pk for row in theirs]
        if wanted:
            assert number is not None  # no grant is for no connection
            answered += _connection(Connection.objects.get(pk=number), wanted, began + LONGEST)
    # Those that cannot be asked now wait their turn as well, so that they keep nobody from it.
    WorkItem.objects.filter(pk__in=seen).update(system_asked_at=timezone.now())
    return answered


def _askable(rows: list[WorkItem]) -> set[tuple[int | None, int | None]]:
    """(connection, agent) of those under whose grants the portal may look now."""
    standing = Stop.objects.active()
    if standing.filter(scope=Stop.Scope.EVERYTHING).exists():
        return set()
    stopped = standing.filter(scope=Stop.Scope.CONNECTION).values("connection_id")
    places = (
        Connection.objects.active().filter(pk__in={row.connection_id for row in rows}).exclude(pk__in=stopped)
    )
    grants = Grant.objects.live().filter(connection__in=places.values("pk"))
    return set(grants.values_list("connection_id", "agent_id"))


def _theirs(row: WorkItem) -> bool:
    """Nothing is looked up for who may not use the agent, nor in somebody's own connection that is closed to them."""
    if barred(row.person_id, row.agent_id or 0):
        return False
    return Connection.objects.whose(row.connection_id or 0, row.person_id) is None


def _connection(connection: Connection, rows: list[WorkItem], until: float) -> int:
    """The items on one connection. One that is broken is left for the next round; one bad item is not the others'."""
    answered, connector = 0, connection.connector
    try:
        context = connection.context()
    except Exception as error:
        log.warning("%s was not asked about work items: %s", connection, error)
        return 0
    for row in rows:
        if time.monotonic() > until:
            break
        try:
            said = connector.verified(context, row.external_id)
        except Exception as error:
            if failure := connection_error(connector, context):
                log.warning("%s was not asked about work items: %s", connection, failure)
                break
            log.warning("%s was not asked about: %s", row, error)
            continue
        if said is not None:
            answered += _store(str(connection), row, said)
    return answered


def _store(system: str, row: WorkItem, said: Verification) -> int:
    """What the system says, written down where it is news."""
    try:
        if row.verified_at is None:
            by = Person.objects.filter(email__iexact=said.by).first()
            actions.verify(system, row, at=said.since, by_id=by.pk if by else None)
        if said.reversed_at is not None and (row.reversed_at is None or said.reversed_at < row.reversed_at):
            actions.reverse(system, row, at=said.reversed_at, note=storable(said.note))
    except ValidationError as error:
        log.warning("%s: %s", row, " ".join(error.messages))
        return 0
    return 1
