"""For ``queue.py``, in its workers: the Celery task to compare with, and an offline model that says one word."""

from celery import shared_task
from django.db import connection, transaction

from agents.runtime.offline import model

model.answer = lambda conversation: "Done."


@shared_task(name="bench.small")
def small() -> None:
    """Three small transactions."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench.small (seen) VALUES (1) RETURNING id")
        (pk,) = cursor.fetchone()
    for seen in (2, 3):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE bench.small SET seen = %s WHERE id = %s", [seen, pk])
