"""Schedules without a reader: their person is told, and after a week without an answer the schedule is paused.

What pauses one is named by ``settings.PAUSE_SCHEDULE``, a function ``(person_id, agent_id, why) -> bool`` of the room
that keeps schedules: True when something was paused. Empty: there are none to pause, and notices stand.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from metering.rights.models import Objection
from metering.signals.models import QuietSchedule, Signal, TaskFact

log = logging.getLogger(__name__)

NOTICE = timedelta(days=7)  # from the notice to the pause
WHY = "Nobody opened its results for weeks. Its person was told a week ago."
AT_MOST = 500  # pauses of one night


def notice(person_id: int, found: Iterable[Signal], now: datetime) -> None:
    """Tell of each schedule once; one whose results were opened meanwhile is no longer to be paused."""
    agents = {one.agent_id: one.agent_name for one in found}
    standing = QuietSchedule.objects.filter(person=person_id, paused_at=None, kept_at=None)
    for row in standing.exclude(agent_id__in=agents):
        if _read_since(row):
            row.delete()
    QuietSchedule.objects.bulk_create(
        [
            QuietSchedule(
                person_id=person_id, agent_id=agent, agent_name=name, noticed_at=now, pause_at=now + NOTICE
            )
            for agent, name in agents.items()
        ],
        ignore_conflicts=True,
    )


def quiet_schedules(person_id: int) -> "list[QuietSchedule]":
    """Those that the person has been told of and has not answered, by the day on which they are paused."""
    rows = QuietSchedule.objects.filter(person=person_id, paused_at=None, kept_at=None)
    return list(rows.order_by("pause_at", "agent_id"))


def pause_due(now: datetime) -> int:
    """Pause what was told of long enough ago and not answered; how many. One that cannot be keeps no other.

    A pause follows from signals: nothing of whoever wants none is paused.
    """
    if not (name := settings.PAUSE_SCHEDULE):
        return 0
    pause, done = import_string(name), 0
    unwanted = Objection.objects.to_signals().values("person")
    due = QuietSchedule.objects.filter(pause_at__lte=now, paused_at=None, kept_at=None)
    due = due.exclude(person__in=unwanted)
    for row in due.order_by("pause_at", "pk")[:AT_MOST]:
        if _read_since(row):
            row.delete()
            continue
        try:
            with transaction.atomic():
                mine = QuietSchedule.objects.filter(pk=row.pk, paused_at=None, kept_at=None)
                if mine.update(paused_at=now) and pause(row.person_id, row.agent_id, WHY):
                    done += 1
        except Exception:
            log.exception("%s could not be paused; tomorrow again", row)
    return done


def _read_since(row: QuietSchedule) -> bool:
    """Has anybody opened a result of the schedule since the notice, or did one change anything?"""
    runs = TaskFact.objects.filter(person=row.person_id, agent_id=row.agent_id, trigger="schedule")
    opened = runs.filter(opened_at__gte=row.noticed_at) | runs.filter(opened_by_other_at__gte=row.noticed_at)
    return (opened | runs.filter(created_at__gte=row.noticed_at, effects__gt=0)).exists()
