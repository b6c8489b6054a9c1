"""The nightly search for signals in each person's tasks, and the end of old sketches."""

import logging
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from metering.disputes.models import Objection
from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.signals import forgetting, schedules
from metering.signals.calls import tasks_of
from metering.signals.models import Signal, TaskFact
from metering.signals.rules import PAST, WINDOW, Found, Kind, signals
from portal.people.models import Person

log = logging.getLogger(__name__)

SETTLED = timedelta(days=3)  # a result that is younger may still be opened: a weekend is no sign
SKETCHES_KEPT = timedelta(days=30)
AT_ONCE = 5_000  # rows of one statement
AT_MOST = 1_000  # statements of one night


def find_signals() -> None:
    """Everybody with tasks of the last weeks, one after the other; a person whose facts break keeps nobody else."""
    now = timezone.now()
    unwanted = Objection.objects.to_signals().values("person_id")
    lately = TaskFact.objects.filter(created_at__gte=now - SKETCHES_KEPT).exclude(person__in=unwanted)
    for person in list(lately.order_by("person_id").values_list("person_id", flat=True).distinct()):
        try:
            review(person, now=now)
        except Exception:
            log.exception("Signals of person %s could not be looked for; the others go on", person)
    forgetting.end_for(Person.objects.filter(pk__in=unwanted))  # also of who objected while this ran
    schedules.pause_due(now)
    forget_sketches(now)


@transaction.atomic
def review(person_id: int, *, now: datetime, all_of_it: bool = False) -> None:
    """Find the person's signals anew where sketches are kept (``all_of_it``: everywhere). Unanswered old ones go."""
    begin = None if all_of_it else (now - SKETCHES_KEPT).replace(hour=0, minute=0, second=0, microsecond=0)
    oldest = now - WINDOW * PAST - SKETCHES_KEPT
    tasks, facts = tasks_of(visibility.own(Viewer(person_id)), oldest, now - SETTLED)
    earlier = Signal.objects.filter(person=person_id)
    before = earlier.none() if begin is None else earlier.filter(since__lt=begin.date())
    told = {str(ref) for listed in before.values_list("tasks", flat=True) for ref in listed}
    found = signals(tasks, quiet=_quiet(person_id), told=frozenset(told), since=begin)
    rows = [_row(person_id, signal, facts[signal.tasks[0]].agent_name, now) for signal in found]
    current = earlier.unanswered().filter(**{} if begin is None else {"since__gte": begin.date()})
    current.exclude(pk__in=_kept(current, rows)).delete()
    Signal.objects.bulk_create(
        rows,
        AT_ONCE,
        update_conflicts=True,
        unique_fields=["person", "kind", "agent_id", "since"],
        update_fields=["tasks", "calls", "numbers", "agent_name"],
    )
    schedules.notice(person_id, [row for row in rows if row.kind == Kind.SCHEDULE], now)


def _quiet(person_id: int) -> frozenset[tuple[Kind, int]]:
    """The kinds that the person has called useful, by agent: they stay quiet for it."""
    answered = Signal.objects.filter(person=person_id, useful_at__isnull=False)
    return frozenset((Kind(kind), agent) for kind, agent in answered.values_list("kind", "agent_id"))


def _row(person_id: int, found: Found, agent_name: str, now: datetime) -> Signal:
    return Signal(
        person_id=person_id,
        kind=found.kind,
        agent_id=found.agent,
        agent_name=agent_name,
        since=found.since,
        tasks=[int(ref) for ref in found.tasks],
        calls=list(found.calls),
        numbers=found.numbers,
        found_at=now,
    )


def _kept(current: "models.QuerySet[Signal]", rows: list[Signal]) -> list[int]:
    wanted = {(row.kind, row.agent_id, row.since) for row in rows}
    return [
        pk for pk, *name in current.values_list("pk", "kind", "agent_id", "since") if tuple(name) in wanted
    ]


def forget_sketches(now: datetime) -> None:
    """Sketches go after thirty days, the oldest first, a bounded number in each statement."""
    old = TaskFact.objects.filter(created_at__lt=now - SKETCHES_KEPT, sketch__isnull=False)
    for _ in range(AT_MOST):  # the rest is for the night after
        found = list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE])
        if not TaskFact.objects.filter(pk__in=found).update(sketch=None):
            return
