"""Removes what ended schedules say, and events that were run, when their time is over. The rows stay."""

from django.db import transaction
from django.utils import timezone

from agents.queue.retention import content_kept
from agents.schedules.models import Arrival, Schedule

TEXTS = {"agents.Schedule": {"instruction", "place"}, "agents.Arrival": {"text"}}


@transaction.atomic
def forget_texts() -> int:
    """How many schedules ended so long ago that their instruction goes."""
    before = timezone.now() - content_kept()
    Arrival.objects.filter(at__lt=before).delete()
    due = Schedule.objects.filter(state=Schedule.State.ENDED, state_at__lt=before, texts_gone_at__isnull=True)
    return due.update(instruction="", place="", texts_gone_at=timezone.now())
