"""Deletes signals: those of people who want none, and old ones with their answers and the facts behind them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from metering.rollups.periods import midnight
from metering.signals.models import QuietSchedule, Signal, TaskFact
from portal.people.models import Person


def old(before: date) -> list[QuerySet[Any]]:
    """All of them in which nothing has happened since ``before``."""
    then = midnight(before)
    answered, paused, kept = (
        Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": then})
        for name in ("useful_at", "paused_at", "kept_at")
    )
    return [
        TaskFact.objects.filter(created_at__lt=then),
        Signal.objects.filter(answered, found_at__lt=then),
        QuietSchedule.objects.filter(paused, kept, noticed_at__lt=then),
    ]


def drop(before: date, most: int) -> int:
    """Delete them, ``most`` of each kind. How many rows that were."""
    gone = 0
    for rows in old(before):
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
        rows.model.objects.filter(pk__in=found).delete()
        gone += len(found)
    return gone


@transaction.atomic
def end_for(people: QuerySet[Person] | list[Person]) -> None:
    """Whoever wants no signals has none: what they have not answered goes, and no schedule of theirs will be paused."""
    Signal.objects.unanswered().filter(person__in=people).delete()
    QuietSchedule.objects.filter(person__in=people, paused_at=None, kept_at=None).delete()
