"""Doing what was allowed, outside of any transaction, and finding out about what was interrupted."""

import json
import logging

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from agents.approvals.actions import ask_whether
from agents.clearances.models import ClearanceUse
from agents.connectors import catalogue
from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.results import Awaited, Result
from agents.events import Event
from agents.gate import outcomes, provenance_cache, room
from agents.gate.awaiting import awaits
from agents.gate.contexts import call_context, performing_context
from agents.grants.models import Grant
from agents.policy.declarations import Effect
from agents.queue.models import Call
from agents.queue.moves import fenced
from agents.stops.holding import call_closed
from agents.storable import storable
from metering.outcomes import actions as items
from portal.audit.record import PORTAL, Acting, action, detail
from portal.reasons import Stored, because

log = logging.getLogger(__name__)

# The bytes of a result that a model gets to see, and that are kept.
LARGEST_RESULT = 100_000


def perform(row: Call) -> Call:
    """Do what was allowed, outside of any transaction. The row said *started* before, and says how it went after."""
    assert row.connection is not None
    try:
        connector = row.connection.connector
        result = connector.perform(row.connection.context(), performing_context(row, connector))
    except Unavailable as error:
        row.retry_after = error.retry_after
        return _put_off(Acting(row.task.agent), row, str(error))
    except ConnectorError as error:
        return failed(Acting(row.task.agent), row, str(error))
    except (OperationalError, InterfaceError):
        raise  # a connector whose things are in our database: who takes the task over asks it what happened
    except Exception:
        log.exception("%s broke in the middle", row)
        return _broken(row)
    return happened(row, result)


def _broken(row: Call) -> Call:
    """Nobody knows how far it got, so its system is asked at once. A read has changed nothing, whatever it shows."""
    if _reads(row):
        return failed(Acting(row.task.agent), row, ending=because("call_broke"))
    found = look(row)
    if isinstance(found, Result | Awaited):
        return happened(row, found)
    return _unknown(PORTAL, row, shown=found)


def look(row: Call, *, patient: bool = False) -> Result | Awaited | Stored:
    """Ask its system whether it happened. Its result, or what the system shows instead, for people.

    ``patient``: raises Unavailable where its system is away for now, so that it is asked again.
    """
    assert row.connection is not None
    place = str(row.connection)
    try:
        result = row.connection.connector.reconcile(row.connection.context(), call_context(row))
    except ConnectorError as error:
        if patient and isinstance(error, Unavailable):
            raise
        return because("look_unclear", name=place, what=str(error)[:300])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%s could not be reconciled", row)
        return because("look_broke", name=place)
    return because("look_not_there", name=place) if result is None else result


def reconcile(row: Call, *, patient: bool = False) -> Call | None:
    """A call whose worker died between *started* and *done*. None: it did not happen, or only read, so it is made.

    ``patient``: as for ``look``.
    """
    found = look(row, patient=patient)
    if isinstance(found, Result | Awaited):
        return happened(row, found)
    if found["code"] == "look_not_there" or (found["code"] == "look_unclear" and _reads(row)):
        return None
    return _unknown(PORTAL, row, shown=found)


def _reads(row: Call) -> bool:
    declared = catalogue().get(row.capability)
    return declared is not None and declared.effect is Effect.READ


def happened(row: Call, found: Result | Awaited) -> Call:
    """It is done, or has begun and goes on there."""
    return awaits(row, found) if isinstance(found, Awaited) else done(row, found)


def done(row: Call, result: Result) -> Call:
    """It happened, as its system says: with its result, its counts and its work items."""
    data = storable(result.data)
    text = json.dumps(data)
    row.result = data if len(text) <= LARGEST_RESULT else {"shortened": True, "text": text[:LARGEST_RESULT]}
    row.counts = dict(result.counts)
    claims = outcomes.claims_of(row, result)
    claims.sort(key=lambda claim: claim.key)  # in the order in which an import locks them
    with transaction.atomic():  # a call that is done and its work items, or neither: then it is reconciled
        for claim in claims:
            items.claim(Acting(row.task.agent), claim)
        return close_call(row, Call.State.DONE, result.summary)


def close_call(row: Call, state: Call.State, summary: str = "", *, ending: Stored | None = None) -> Call:
    """``summary``: in its connector's words; ``ending``: the portal's own reason. Raises Lost."""
    row.state, row.summary, row.finished_at = state, storable(summary)[:300], timezone.now()
    row.ending = storable(ending or {})
    with transaction.atomic():
        row.save(update_fields=["state", "summary", "ending", "finished_at", "result", "counts"])
        fenced(row.task, ended=True)
        call_closed()
        room.left(row)
    provenance_cache.add_outcome(row)
    return row


@action(Event.CALL_PUT_OFF)
def _put_off(actor: str, row: Call, summary: str) -> Call:
    """It did not happen, and may in a moment: the use of its grant is given back until it is decided on anew."""
    detail(**row.named, task=row.task_id)
    Grant.objects.filter(pk=row.grant_id or 0, used__gt=0).update(used=F("used") - 1)
    row.state, row.summary, row.ending = Call.State.LATER, storable(summary)[:300], {}
    row.save(update_fields=["state", "summary", "ending"])
    fenced(row.task, ended=True)
    call_closed()
    room.left(row)
    return row


@action(Event.CALL_UNKNOWN)
def _unknown(actor: str, row: Call, *, shown: Stored) -> Call:
    """Nobody can tell whether it happened: a person is asked, and its task waits for them."""
    detail(**row.named, task=row.task_id)
    made = close_call(row, Call.State.UNKNOWN, ending=because("call_unclear"))
    cleared = ClearanceUse.objects.filter(call=row, clearance__second_person=True)
    ask_whether(row, shown, second_person=cleared.exists())
    return made


@action(Event.CALL_FAILED)
def failed(actor: str, row: Call, summary: str = "", *, ending: Stored | None = None) -> Call:
    """It did not happen, though the trail has that it was begun."""
    detail(**row.named, task=row.task_id)
    return close_call(row, Call.State.FAILED, summary, ending=ending)
