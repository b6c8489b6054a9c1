"""The broker: how many messages wait there, and the queue's own tables where it is the portal's own PostgreSQL."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from portal import database_roles
from portal.locking import lock_until_commit

log = logging.getLogger(__name__)

ASKED_WITHIN = 3.0  # seconds
READY = "SELECT count(*) FROM (SELECT FROM pgmq.q_portal WHERE vt <= clock_timestamp() LIMIT 100000) AS found"


def ready() -> int | None:
    """Messages that wait for a worker; None: the broker is away."""
    try:
        return _counted() if settings.BROKER_URL.startswith("pgmq") else _asked()
    except Exception as error:  # each transport has its own
        log.warning("The broker does not say how many messages it has: %r", error)
        return None


def _counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.q_portal') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(READY)
        return int(cursor.fetchone()[0])


def _asked() -> int:
    pool: Any = current_app.pool  # of connections
    with pool.acquire(block=True, timeout=ASKED_WITHIN) as place:
        place.ensure_connection(max_retries=1, timeout=ASKED_WITHIN)
        try:
            with place.channel() as channel:
                return int(
                    channel.queue_declare(settings.CELERY_TASK_DEFAULT_QUEUE, passive=True).message_count
                )
        except place.channel_errors:
            return 0  # no message was ever sent there


def ensure() -> bool:
    """Install the queue's SQL, as the plain role's own, if the broker is pgmq and lacks it; says whether it did."""
    if not settings.BROKER_URL.startswith("pgmq") or _made():
        return False
    with database_roles.making_schemas():
        return _install()


def _install() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        # Two starts at once on one database: the second waits, and finds it done.
        lock_until_commit("pgmq")
        if _made():
            return False
        from pgmq.install import get_embedded_install_sql  # late: needed once in a database's life

        cursor.execute(get_embedded_install_sql())
    return True


def _made() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        return cursor.fetchone() is not None
