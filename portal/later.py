"""Enqueue a worker by its name, when the transaction has committed (so it never looks for rows not there yet)."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def later(worker: str, *args: Any) -> None:
    """Send ``worker`` (``agents.run``) with ``args`` to the queue after commit.

    A broker that is away is no error: what is to be done stands in the database, and the sweep sends it again.
    """

    def send() -> None:
        try:
            current_app.send_task(worker, args=args, retry=False)
        except (
            Exception
        ) as error:  # each transport has its own, down to a missing schema or a wrong BROKER_URL
            log.warning("The queue is away, %s%s waits for the next sweep: %r", worker, args, error)

    transaction.on_commit(send)
