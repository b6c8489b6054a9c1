"""The queue's own tables: pgmq's SQL, where the broker is the portal's own PostgreSQL."""

from django.conf import settings
from django.db import connection, transaction


def ensure() -> bool:
    """Install the queue's SQL if the broker is pgmq and it is not there yet; says whether it had to."""
    if not settings.BROKER_URL.startswith("pgmq"):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        # Two starts at once on one database: the second waits, and finds it done.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('pgmq'))")
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        if cursor.fetchone():
            return False
        from pgmq.install import get_embedded_install_sql  # late: needed once in a database's life

        cursor.execute(get_embedded_install_sql())
    return True
