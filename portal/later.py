"""Enqueue a worker by its name, when the transaction has committed (so it never looks for rows not there yet)."""

import logging
from functools import cache
from typing import Any

from celery import current_app
from django.db import transaction

from portal import broker

log = logging.getLogger(__name__)

CONFIRMED_WITHIN = 5.0  # seconds that a page waits at most for RabbitMQ to say that it has the message


def later(worker: str, *args: Any) -> None:
    """Send ``worker`` (``agents.run``) to the queue after commit. If the broker is away, the next sweep does."""

    def try_to() -> None:
        try:
            send(worker, *args)
        except Exception as error:
            # Each transport has its own, down to a missing schema or a wrong BROKER_URL.
            log.warning("The queue is away, %s%s waits for the next sweep: %r", worker, args, error)

    transaction.on_commit(try_to)


def send(worker: str, *args: Any) -> None:
    """Send it now. Raises what the transport raises."""
    _made()
    current_app.send_task(worker, args=args, retry=False, confirm_timeout=CONFIRMED_WITHIN)


@cache
def _made() -> bool:
    """The queue's own tables are there, in PostgreSQL; once in a process. A send without them leaks connections."""
    return broker.ensure()
