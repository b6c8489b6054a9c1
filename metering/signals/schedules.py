"""Schedules without a reader: their person gets a notice, and after a week without an answer a plug-in pauses them."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from metering.disputes.models import Objection
from metering.plugins import MeteringPlugin
from metering.signals.models import QuietSchedule, Signal, TaskFact
from metering.signals.rules import RUNS
from portal.plugins import of_kind

log = logging.getLogger(__name__)

NOTICE = timedelta(days=7)  # from the notice to the pause
WHY = "Nobody opened its results for weeks. Its person was told a week ago."
AT_MOST = 500  # pauses of one night


def notice(person_id: int, found: Iterable[Signal], now: datetime) -> None:
    """Give notice of each schedule once, and again after a pause; delete the notice of one that somebody reads."""
    mine = QuietSchedule.objects.filter(person=person_id)
    for row in mine.filter(paused_at=None, kept_at=None):
        if _read_since(person_id, row.agent_id, row.noticed_at):
            row.delete()
    told = {"noticed_at": now, "pause_at": now + NOTICE, "paused_at": None}
    for agent, (name, runs) in _runs(found).items():
        if not runs or _read_since(person_id, agent, max(runs)):
            continue
        row, new = mine.get_or_create(
            agent_id=agent, defaults={"person_id": person_id, "agent_name": name, **told}
        )
        since = row.paused_at
        if not new and since is not None and sum(at > since for at in runs) >= RUNS:
            mine.filter(pk=row.pk, kept_at=None).update(agent_name=name, **told)


def quiet_schedules(person_id: int) -> "list[QuietSchedule]":
    """Those that the person has been told of and has not answered, by the day on which they are paused."""
    rows = QuietSchedule.objects.filter(person=person_id, paused_at=None, kept_at=None)
    return list(rows.order_by("pause_at", "agent_id"))


def pause_due(now: datetime) -> int:
    """Pause what was not answered in time; how many. Nothing of people who want no signals."""
    found = [plugin.pause_schedule for plugin in of_kind(MeteringPlugin) if plugin.pause_schedule]
    if not found:
        return 0
    pause, done = found[0], 0
    unwanted = Objection.objects.to_signals().values("person")
    due = QuietSchedule.objects.filter(pause_at__lte=now, paused_at=None, kept_at=None)
    due = due.exclude(person__in=unwanted)
    for row in due.order_by("pause_at", "pk")[:AT_MOST]:
        if _read_since(row.person_id, row.agent_id, row.noticed_at):
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


def _runs(found: Iterable[Signal]) -> dict[int, tuple[str, list[datetime]]]:
    """By agent its name and when the runs began that nobody opened."""
    signals = list(found)
    facts = TaskFact.objects.filter(pk__in=[pk for signal in signals for pk in signal.tasks])
    began: dict[int, list[datetime]] = {}
    for agent, at in facts.values_list("agent_id", "created_at"):
        began.setdefault(agent, []).append(at)
    return {signal.agent_id: (signal.agent_name, began.get(signal.agent_id, [])) for signal in signals}


def _read_since(person_id: int, agent_id: int, moment: datetime) -> bool:
    """Has anybody opened a result of the schedule since ``moment``, or did a later run change anything?"""
    runs = TaskFact.objects.filter(person=person_id, agent_id=agent_id, trigger="schedule")
    opened = runs.filter(opened_at__gte=moment) | runs.filter(opened_by_other_at__gte=moment)
    return (opened | runs.filter(created_at__gte=moment, effects__gt=0)).exists()
