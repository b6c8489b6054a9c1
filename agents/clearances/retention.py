"""Removes the values of clearances whose night is long over. The rows stay."""

from django.utils import timezone

from agents.clearances.models import Clearance
from agents.queue.retention import content_kept

TEXTS = {"agents.Clearance": {"fixed"}}


def forget_texts() -> int:
    """How many clearances were emptied."""
    due = Clearance.objects.filter(until__lt=timezone.now() - content_kept()).exclude(fixed={})
    return due.update(fixed={})
