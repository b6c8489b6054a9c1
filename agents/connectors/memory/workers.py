"""Celery entry point: old notes go."""

from celery import shared_task

from agents.connectors.memory import actions
from agents.connectors.memory.models import DreamLine, MemoryNote
from portal.audit.record import PORTAL


@shared_task(name="memory.sweep")
def sweep() -> None:
    if MemoryNote.objects.ended().exists() or DreamLine.objects.ended().exists():
        actions.sweep(PORTAL)
