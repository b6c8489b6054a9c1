"""Tells that there is work: a message to a pool's processes, a notice to those that await models."""

from django.db import connection

from agents.queue.models import Task
from portal.later import later

CHANNEL = "portal_models"  # where those listen; they also look by themselves, every second


def send(task: Task) -> None:
    """In the transaction after which the task can be taken."""
    if not task.asks_model:
        later("agents.run", task.pk)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
