"""The portal's own queue, pgmq, on the tests' database: what is sent lands there, as it does in use."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from kombu import pools

from portal import broker, env
from portal.celery import app


@contextmanager
def on_the_tests_database() -> Iterator[None]:
    """For a whole session: the settings name the database beside which the tests' own was made."""
    place = env.conninfo({**connection.settings_dict, "USER": settings.DATABASE_ROLE, "OPTIONS": {}})
    app.conf.broker_transport_options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "conn_string": place}
    try:
        yield
    finally:
        pools.reset()


@contextmanager
def own_queue() -> Iterator[None]:
    """An empty queue. Only in tests that really commit."""
    broker.ensure()
    forget()
    yield


def forget() -> None:
    """Every message that is there is lost."""
    if _made():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pgmq.purge_queue('portal')")


def sent() -> list[tuple[str, list[object]]]:
    """The messages that wait: worker's name and arguments, in the order in which they were sent."""
    if not _made():
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT message FROM pgmq.q_portal ORDER BY msg_id")
        found = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor]
    return [
        (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[0]) for message in found
    ]


def _made() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.q_portal') IS NOT NULL")
        return bool(cursor.fetchone()[0])
