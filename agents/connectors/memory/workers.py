"""Celery entry point: old notes go."""

from celery import shared_task

from agents.connectors.memory import actions
from agents.connectors.memory.models import Line, Note
from portal.audit.record import PORTAL


@shared_task(name="memory.sweep")
def sweep() -> None:
    if Note.objects.ended().exists() or Line.objects.ended().exists():
        actions.sweep(PORTAL)
