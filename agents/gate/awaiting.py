"""Calls that go on in their system: parked with a wake, looked at by code, closed when they end or are barred.

A look is made only while the agent could make the call itself. What it took of its grant is no reason against that.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from agents.connectors import catalogue
from agents.connectors.base import ConnectorError
from agents.connectors.results import Awaited, Ended, Told
from agents.gate import room
from agents.gate.contexts import call_context
from agents.gate.facts import facts
from agents.policy.facts import Facts, Reason
from agents.policy.rules import against_everything, against_grant, against_holding
from agents.queue.models import Call
from agents.queue.moves import fenced
from agents.queue.pace import SHORTEST, grown
from agents.queue.wakes import LONGEST, Wake
from agents.stops.holding import call_closed
from agents.storable import storable
from portal.notices.telling import tell
from portal.people.models import Person

log = logging.getLogger(__name__)

PASSES = {"stopped", "outside_hours"}  # reasons that keep nobody from looking again later


def awaits(row: Call, awaited: Awaited) -> Call:
    """It began, and goes on there. Raises Lost."""
    row.state, row.summary = Call.State.AWAITED, ""
    within = max(SHORTEST, min(awaited.within, LONGEST))
    pause = _pause(awaited, 0.0)
    with transaction.atomic():
        row.save(update_fields=["state", "summary"])
        Wake.objects.create(
            call=row,
            **_seen(awaited),
            last=awaited.last,
            pause=pause,
            longest=max(SHORTEST, min(awaited.longest, LONGEST)),
            due_at=Now() + timedelta(seconds=min(pause, within)),
            until=Now() + timedelta(seconds=within),
        )
        fenced(row.task, ended=True)
        told(row, awaited.tells)
        call_closed()  # nothing of it is under way in this portal
        room.left(row)
    return row


def goes_on(wake: Wake, awaited: Awaited) -> None:
    """It was looked at, and has not ended."""
    pause = _pause(awaited, wake.pause, wake.longest)
    seen = {**_seen(awaited), "about": storable(awaited.about)[:200] or wake.about, "trouble": ""}
    _again(wake, pause, looked_at=Now(), **seen)


def not_seen(wake: Wake, why: str = "") -> None:
    """It could not be looked at, or may not be now."""
    _again(wake, grown(wake.pause, wake.longest), trouble=storable(why)[:300])


def look(row: Call, wake: Wake) -> Awaited | Ended:
    """Raises ConnectorError where it cannot be looked at now."""
    assert row.connection is not None
    connector = row.connection.connector
    try:
        return connector.look(row.connection.context(), call_context(row), wake.cursor)
    except ConnectorError:
        raise
    except Exception as error:
        log.exception("%s could not be looked at", row)
        raise ConnectorError(f"{row.connection} could not be looked at.") from error


def told(row: Call, tells: Iterable[Told]) -> None:
    """In the transaction of what happened."""
    for one in tells:
        people = Person.objects.active().filter(email__in=one.people).order_by("pk")
        tell(people, one.kind, row, one.link, key=one.key, **storable(dict(one.says)))


def against_look(row: Call, *, covered: bool = False) -> list[Reason]:
    """Could the agent look there itself now? The use that the call took of its grant is no reason not to.

    ``covered``: a grant must cover what the call names, too, for it may have been narrowed since.
    """
    now, declared = facts_to_look(row), catalogue().get(row.capability)
    if declared is None:
        return [Reason("unknown", {"capability": row.capability})]
    if against := list(against_everything(now)):
        return against
    held = []
    for grant in (replace(grant, uses_left=None, used_today=0) for grant in now.grants):
        rules = (
            against_grant(grant, declared, row.arguments, now)
            if covered
            else against_holding(grant, declared, now)
        )
        held.append(list(rules))
    return next(
        (against for against in held if not against),
        held[0] if held else [Reason("no_grant", {"capability": row.capability})],
    )


def facts_to_look(row: Call) -> Facts:
    """As a worker would find them: that the task waits, or has ended, is no reason here."""
    return replace(facts(row), task_state="running")


def _again(wake: Wake, pause: float, **seen: object) -> None:
    due = Now() + timedelta(seconds=pause)
    Wake.objects.open().filter(pk=wake.pk, looks=wake.looks).update(pause=pause, due_at=due, **seen)
    late = Wake.objects.open().filter(pk=wake.pk, looks=wake.looks, due_at__gt=F("until"))
    late.update(due_at=F("until"))


def _pause(awaited: Awaited, before: float, longest: float | None = None) -> float:
    most = max(SHORTEST, min(awaited.longest if longest is None else longest, LONGEST))
    return grown(before, most) if awaited.pause is None else max(SHORTEST, min(awaited.pause, most))


def _seen(awaited: Awaited) -> dict[str, object]:
    return {
        "says": storable(awaited.says)[:200],
        "about": storable(awaited.about)[:200],
        "cursor": storable(awaited.cursor),
    }
